// Events as clients receive them: a change of a document, as whoever opened the stream may see it.
import type { StoredVersion } from '../../model/base/stored-version.js';
import type { QueryContext } from '../../query/context.js';
import { Failure } from '../../values/failure.js';
import type { Context } from '../evaluate/context.js';
import { documentField } from '../evaluate/documents.js';
import { isSame } from '../evaluate/identity.js';
import { Absent } from '../evaluate/members.js';
import { outermostContext } from '../evaluate/outermost-context.js';
import { Doc, type EventSource, isArray, Null, Struct, type Value } from '../evaluate/values.js';
import { settledFailure } from '../fql10.js';
import { WhereSet } from '../sets/kinds.js';
import type { PagedValue } from '../sets/set.js';
import { type Origin, originOf, type Step } from '../sets/streams.js';
import { encodeReady, makeReady } from '../wire/encode.js';
import type { Change } from './changes.js';
import { type EventCursor, encodeEventCursor } from './cursor.js';
import { Meter, NO_STATS } from './stats.js';

/** A text to send. After an error, the stream or page ends. */
export interface EventText {
  readonly text: string;
  readonly isError: boolean;
}

const NO_WRITES = { effect: 'read', reason: 'Writes are disallowed in stream subscriptions.' } as const;

/** The context in which what a stream does is evaluated: it may only read. */
export const streamContext = (host: QueryContext, systemTime?: bigint): Context =>
  outermostContext(host, NO_WRITES, { systemTime });

/** A source of events, ready to show changes. */
export class Shown {
  readonly origin: Origin;
  readonly #steps: readonly Step[];
  readonly #watched: EventSource['watched'];

  constructor({ set, watched }: EventSource) {
    const { origin, steps } = originOf(set as PagedValue);
    this.origin = origin;
    this.#steps = steps;
    this.#watched = watched;
  }

  /** A change as an event; `undefined` if there is nothing to show. */
  event(host: QueryContext, change: Change): EventText | undefined {
    const meter = new Meter(host);
    try {
      if (!this.#isKept(host, change)) return undefined;
      const found = this.#seen(host, change);
      if (found === undefined) return undefined;
      const data = encodeReady(makeReady(found.context, found.value), 'tagged', change.cursor.time);
      return { text: eventText(found.type, change.cursor, `"data":${data},`, meter.stats()), isError: false };
    } catch (thrown) {
      const failure = errorOf(streamContext(host, change.cursor.time), thrown, change.cursor.time);
      return { text: failure(meter.stats()), isError: true };
    }
  }

  /** Whether the reader may read the document now, or could before the change; and whether the change is watched. */
  #isKept(host: QueryContext, change: Change): boolean {
    const { permissions } = host.auth;
    const { ref, action, cursor } = change;
    const could = () => permissions.mayReadAt(host, ref, cursor.time - 1n);
    const mayRead =
      action === 'create'
        ? permissions.mayRead(host, ref)
        : action === 'delete'
          ? could()
          : permissions.mayRead(host, ref) || could();
    return mayRead && this.#isWatched(host, change);
  }

  #isWatched(host: QueryContext, change: Change): boolean {
    if (this.#watched.length === 0) return true;
    const before = version(host, change, 'before');
    const after = version(host, change, 'after');
    const valueIn = (from: Version | undefined, path: readonly (string | number)[]) =>
      from && fieldAt(from.context, from.document, path);
    if (change.action === 'delete') return this.#watched.every((path) => valueIn(before, path) !== undefined);
    return this.#watched.some((path) => {
      const [now, then] = [valueIn(after, path), valueIn(before, path)];
      return now === undefined || then === undefined ? now !== then : !isSame(host.budget, now, then);
    });
  }

  /** What the reader sees of a change: an update of what it may read only before is a removal, for example. */
  #seen(host: QueryContext, change: Change): Transformed | undefined {
    const { action } = change;
    const now = action === 'delete' ? undefined : this.#transformed(host, change, 'after');
    if (action === 'create') return now && { ...now, type: 'add' };
    const then = this.#transformed(host, change, 'before');
    if (now === undefined) return then && { ...then, type: 'remove' };
    return { ...now, type: then === undefined ? 'add' : 'update' };
  }

  #transformed(host: QueryContext, change: Change, side: 'before' | 'after'): Omit<Transformed, 'type'> | undefined {
    const found = version(host, change, side);
    if (found === undefined || !host.auth.permissions.mayReadAt(host, change.ref, found.time)) return undefined;
    const { context } = found;
    let value: Value = found.document;
    for (const step of this.#steps) {
      if (step instanceof WhereSet) {
        if (!step.holds(context, value)) return undefined;
      } else value = context.call(step.mapper, [value]);
    }
    return { context, value };
  }
}

type EventType = 'add' | 'update' | 'remove';

interface Transformed {
  readonly type: EventType;
  readonly context: Context;
  readonly value: Value;
}

interface Version {
  readonly document: Doc;
  readonly context: Context;
  readonly time: bigint;
}

/** A document before or after a change, with the context of that time. */
function version(host: QueryContext, { ref, cursor, before, after }: Change, side: 'before' | 'after') {
  const stored: StoredVersion | undefined = side === 'before' ? before : after;
  if (stored === undefined) return undefined;
  const time = side === 'before' ? cursor.time - 1n : cursor.time;
  // Nobody can read a document that has expired meanwhile.
  const isThere = stored.isLive(host.snapshotTime);
  return {
    document: isThere ? new Doc(ref, undefined, undefined, stored) : new Doc(ref),
    context: streamContext(host, isThere ? time : undefined),
    time,
  };
}

/** A value in a document, without following references to others. */
function fieldAt(context: Context, document: Doc, [field, ...rest]: readonly (string | number)[]): Value | undefined {
  if (typeof field !== 'string') return undefined;
  let value: Value | Absent | undefined = documentField(context, document, field, context.span);
  for (const key of rest) {
    if (typeof key === 'number') value = isArray(value as Value) ? (value as readonly Value[])[key] : undefined;
    else value = value instanceof Struct ? value.fields.get(key) : undefined;
  }
  return value === undefined || value instanceof Absent || value instanceof Null ? undefined : value;
}

function eventText(type: EventType | 'status', cursor: EventCursor, data: string, stats: string): string {
  return `{"type":"${type}",${data}"txn_ts":${cursor.time},"cursor":"${encodeEventCursor(cursor)}","stats":${stats}}`;
}

/** The event that says how far a stream is when it has nothing else to say. */
export const statusText = (time: bigint, stats = NO_STATS): string =>
  eventText('status', { time, ordinal: 0 }, '', stats);

/** The last event of a stream that fails. */
export function errorText(code: string, message: string, stats = NO_STATS, abort = ''): string {
  const error = `{"code":${JSON.stringify(code)},"message":${JSON.stringify(message)}${abort}}`;
  return `{"type":"error","error":${error},"stats":${stats}}`;
}

/** The error event for an exception. One that is a bug is thrown again. */
function errorOf(context: Context, thrown: unknown, time: bigint): (stats: string) => string {
  if (thrown instanceof Failure) return (stats) => errorText('invalid_request', thrown.message, stats);
  const { failure, abort } = settledFailure(context, thrown, 'tagged', time);
  const given = abort === undefined ? '' : `,"abort":${abort}`;
  return (stats) => errorText(failure.code, failure.message, stats, given);
}
