import type { EventStream } from '../engine.js';
import type { Exchange, ResponseHeaders } from './exchange.js';

/** How much may wait for a client that does not read, in bytes, before its stream is cut off. */
const MAX_WAITING = 1 << 20;

/** Sends a stream's events, each on a line of its own, until it ends or the client goes. */
export async function sendEvents(exchange: Exchange, headers: ResponseHeaders, stream: EventStream): Promise<void> {
  const gone = new AbortController();
  exchange.onClose(() => gone.abort());
  const body = exchange.open(stream.status, headers);
  for await (const event of stream.events(gone.signal)) {
    if (gone.signal.aborted) break;
    body.write(`${event}\n`);
    if (body.writableLength > MAX_WAITING) {
      body.destroy();
      break;
    }
  }
  body.end();
}
