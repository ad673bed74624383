import type { Delivery } from '@supertokens-faunadb/traffic';
import type { EventStream } from '../engine/engine.js';
import type { Exchange, ResponseHeaders } from './exchange.js';

/**
 * Sends a stream's events, each on its own line, terminated as the real server does, until the stream ends, the client
 * disconnects, or `end` is aborted. Takes the next event when the client has read the previous one.
 */
export async function sendEvents(
  exchange: Exchange,
  headers: ResponseHeaders,
  stream: EventStream,
  end: AbortController,
  delivery: Delivery,
): Promise<void> {
  exchange.onClose(() => end.abort());
  const parcel = exchange.open(200, headers, true);
  if (parcel === undefined) end.abort();
  for await (const event of stream.events(end.signal)) {
    if (end.signal.aborted || parcel === undefined) break;
    await delivery.sendPart(parcel, `${event}\r\n`);
  }
  parcel?.to.end();
}
