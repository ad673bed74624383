// Pages of events: of a feed, and of what a stream missed before it was opened.
import { timeText } from '@supertokens-faunadb/java/time';
import type { QueryContext } from '../../query/context.js';
import { changesAfter, earliestOf } from './changes.js';
import type { EventCursor } from './cursor.js';
import { type EventText, errorText, type Shown } from './event.js';

/** The part of a source's events to read. */
export interface Part {
  readonly from: EventCursor;
  /** The most events, or the most changes, if also those that cause no event count. */
  readonly size: number;
  readonly counted: 'events' | 'changes';
  /** The last transaction, in µs, unless everything so far is wanted. */
  readonly until: bigint | undefined;
  /** When to end the page, whatever has been found by then; as `performance.now` counts. */
  readonly deadline: number;
}

export interface EventPage {
  readonly events: readonly EventText[];
  /** Where to continue. */
  readonly next: EventCursor;
  readonly hasNext: boolean;
}

/** A page ends when its events have this many characters. */
const MAX_LENGTH = 8 * 1024 * 1024;

/** Reads events in the order of their transactions. */
export function readEvents(
  host: QueryContext,
  shown: Shown,
  { from, size, counted, until, deadline }: Part,
): EventPage {
  if (from.time < earliestOf(host, shown.origin)) {
    const time = timeText(from.time * 1000n);
    const message = `Stream start time ${time} is too far in the past. Recreate the stream and try again.`;
    const text = errorText('invalid_stream_start_time', message);
    return { events: [{ text, isError: true }], next: from, hasNext: false };
  }
  const events: EventText[] = [];
  let length = 0;
  let last: EventCursor | undefined;
  let isFull = false;
  let changes = 0;
  for (const change of changesAfter(host, shown.origin, from, until)) {
    if (isFull) return { events, next: last ?? from, hasNext: true };
    last = change.cursor;
    changes++;
    const event = shown.event(host, change);
    if (event !== undefined) {
      events.push(event);
      length += event.text.length;
    }
    isFull =
      (counted === 'events' ? events.length : changes) >= size ||
      length > MAX_LENGTH ||
      event?.isError === true ||
      performance.now() > deadline;
  }
  return { events, next: { time: host.snapshotTime, ordinal: 0 }, hasNext: false };
}
