import type { Delivery } from '@supertokens-faunadb/traffic';
import type { EventStream } from '../engine/engine.js';
import type { Exchange, ResponseHeaders } from './exchange.js';

/** How many events a stream sends before others get a turn, and how many streams have theirs at once. */
const EVENTS_AT_ONCE = 16;
const STREAMS_AT_ONCE = 8;

const waiting: (() => void)[] = [];

/** Waits until other streams that have many events, and requests, have had their turn. */
const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(giveTurns);
  });

function giveTurns(): void {
  for (const go of waiting.splice(0, STREAMS_AT_ONCE)) go();
  if (waiting.length > 0) setImmediate(giveTurns);
}

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
  let sent = 0;
  for await (const event of stream.events(end.signal)) {
    if (end.signal.aborted || parcel === undefined) break;
    await delivery.sendPart(parcel, `${event}\r\n`);
    if (++sent % EVENTS_AT_ONCE === 0) await nextTurn();
  }
  parcel?.to.end();
}
