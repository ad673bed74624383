import type { EventStream } from '../engine/engine.js';
import type { Exchange, ResponseHeaders } from './exchange.js';

/** How much may wait for a client that does not read, in bytes, before its stream is cut off. */
const MAX_WAITING = 1 << 20;

/** Sends a stream's events, each on a line of its own that ends as the real server ends it, until it ends, the client goes, or `end` is aborted. */
export async function sendEvents(
  exchange: Exchange,
  headers: ResponseHeaders,
  stream: EventStream,
  end: AbortController,
): Promise<void> {
  exchange.onClose(() => end.abort());
  const body = exchange.open(stream.status, headers);
  try {
    for await (const event of stream.events(end.signal)) {
      if (end.signal.aborted) break;
      body.write(`${event}\r\n`);
      if (body.writableLength > MAX_WAITING) {
        body.destroy();
        break;
      }
    }
  } finally {
    body.end();
  }
}
