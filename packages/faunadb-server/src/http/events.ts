import type { Delivery } from '@supertokens-faunadb/traffic';
import type { EventStream } from '../engine/engine.js';
import type { Exchange, ResponseHeaders } from './exchange.js';

/**
 * Sends a stream's events, each on a line of its own that ends as the real server ends it, until it ends, the client goes, or
 * `end` is aborted. An event is taken out of the stream when its client has taken the one before.
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
