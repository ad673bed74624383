// How transactions change what a stream begins with: a document, a collection or the part of an index with some terms.
import type { ChangeLog } from '../../model/base/changes.js';
import type { StoredVersion } from '../../model/base/stored-version.js';
import { shownVersion } from '../../model/documents/shown.js';
import { tuplesOf } from '../../model/indexes/terms.js';
import type { QueryContext } from '../../query/context.js';
import { sameStored } from '../../values/objects.js';
import { Doc, Ref } from '../evaluate/values.js';
import type { IndexSet, Source } from '../sets/index-set.js';
import type { Origin } from '../sets/streams.js';
import { type EventCursor, isAfter, LAST_ORDINAL } from './cursor.js';

/** A transaction's change of a document in the origin of a stream. */
export interface Change {
  readonly ref: Ref;
  readonly action: 'create' | 'update' | 'delete';
  /** The version before it, unless the document was not there. */
  readonly before: StoredVersion | undefined;
  /** The version after it, unless the document is no longer there. */
  readonly after: StoredVersion | undefined;
  readonly cursor: EventCursor;
}

type Found = Omit<Change, 'cursor'> & { readonly isMoved: boolean };

/** How many changes are found in one pass through the origin. */
const PASS = 4_096;

/** The changes of a transaction that has just been committed. */
export function changesOf(host: QueryContext, origin: Origin, log: ChangeLog, time: bigint): Change[] {
  const found: Found[] = [];
  for (const { ref, before, after } of log.changes) {
    if (!mayHold(host, origin, ref)) continue;
    const change = changeOf(host, origin, ref, before, after);
    if (change) found.push(change);
  }
  return inOrder(found, time);
}

/** The changes after a position, of transactions until a time in µs, in order. */
export function* changesAfter(
  host: QueryContext,
  origin: Origin,
  from: EventCursor,
  until: bigint | undefined,
): Generator<Change> {
  for (let position: EventCursor | undefined = from; position; ) {
    const { writes, rest } = writesAfter(host, origin, position.time, until);
    for (let i = 0; i < writes.length; ) {
      const { time } = writes[i] as Write;
      const found: Found[] = [];
      for (; i < writes.length && writes[i]?.time === time; i++) {
        const { ref } = writes[i] as Write;
        host.budget.spend();
        const { before, version } = host.model.documents.written(ref, time);
        const change = version && changeOf(host, origin, ref, before, version);
        if (change) found.push(change);
      }
      for (const change of inOrder(found, time)) if (isAfter(change.cursor, position)) yield change;
    }
    position = rest === undefined ? undefined : { time: rest, ordinal: LAST_ORDINAL };
  }
}

interface Write {
  readonly ref: Ref;
  readonly time: bigint;
}

/** The earliest writes from a time on, by time; `rest` is the time after which there are more. */
function writesAfter(host: QueryContext, origin: Origin, from: bigint, until: bigint | undefined) {
  let writes: Write[] = [];
  let rest: bigint | undefined;
  for (const write of writesOf(host, origin, from)) {
    if (until !== undefined && write.time > until) continue;
    if (rest !== undefined && write.time > rest) continue;
    if (writes.push(write) < 2 * PASS) continue;
    writes.sort(byTime);
    rest = (writes[PASS - 1] as Write).time;
    const last = rest;
    writes = writes.filter(({ time }) => time <= last);
  }
  return { writes: writes.sort(byTime), rest };
}

const byTime = (a: Write, b: Write): number => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0);

function* writesOf(host: QueryContext, origin: Origin, from: bigint): Generator<Write> {
  const { documents } = host.model;
  for (const ref of candidates(host, origin, from)) {
    for (const time of documents.writesSince(ref, from)) yield { ref, time };
  }
}

/** The documents that may have changed in the origin from a time on. */
function* candidates(host: QueryContext, origin: Origin, from: bigint): Generator<Ref> {
  if (origin instanceof Doc) {
    yield origin.ref;
    return;
  }
  const { documents, entries, keys } = host.model;
  const recent = keys.recent?.idsSince(host.auth.scope, origin.collection.id, from);
  if (recent) {
    for (const id of recent) yield new Ref(host.auth.scope, origin.collection.id, id);
    return;
  }
  const before = keys.usage.bytesRead;
  if (origin.source.kind === 'all') {
    for (const [ref, latest] of documents.scan(host.auth.scope, origin.collection.id)) {
      if (latest.ts >= from) yield ref;
    }
  } else {
    const known = new Set<bigint>();
    for (const { ref, added, removed } of entries.history(origin.source.index, origin.source.terms)) {
      if (ref.collection !== origin.collection.id || known.has(ref.id)) continue;
      if (added < from && (removed === undefined || removed < from)) continue;
      known.add(ref.id);
      yield ref;
    }
  }
  keys.usage.endRead(before);
}

/** Whether a document can be in the origin at all. */
function mayHold({ auth }: QueryContext, origin: Origin, ref: Ref): boolean {
  if (origin instanceof Doc) {
    return origin.ref.scope === ref.scope && origin.ref.collection === ref.collection && origin.ref.id === ref.id;
  }
  return ref.scope === auth.scope && ref.collection === origin.collection.id;
}

function changeOf(
  host: QueryContext,
  origin: Origin,
  ref: Ref,
  previous: StoredVersion | undefined,
  version: StoredVersion,
): Found | undefined {
  // The end of an expired document is no event.
  const before = previous?.isLive(version.ts) ? previous : undefined;
  const after = version.deleted ? undefined : version;
  const source = origin instanceof Doc ? undefined : origin.source;
  if (source === undefined || source.kind === 'all') {
    const action = actionOf(before !== undefined, after !== undefined);
    return action && { ref, action, before, after, isMoved: before !== undefined };
  }
  const left = rowsOf(host, source, ref, before);
  const entered = rowsOf(host, source, ref, after);
  const lasting = left.filter((row) => entered.some((other) => isSameRow(row, other))).length;
  if (lasting === left.length && lasting === entered.length) return undefined;
  // What several entries of one document say together, its own change says.
  const hasSeveral = source.index.values.some(({ mva }) => mva);
  const action = hasSeveral
    ? actionOf(before !== undefined, after !== undefined)
    : actionOf(left.length > 0, entered.length > 0);
  return action && { ref, action, before, after, isMoved: lasting < left.length };
}

function actionOf(wasThere: boolean, isThere: boolean): Change['action'] | undefined {
  if (isThere) return wasThere ? 'update' : 'create';
  return wasThere ? 'delete' : undefined;
}

interface Row {
  readonly values: readonly unknown[];
  readonly ttl: bigint | undefined;
}

/** The entries of a version under the origin's terms. */
function rowsOf(
  host: QueryContext,
  { index, terms }: Source & { kind: 'index' },
  ref: Ref,
  version: StoredVersion | undefined,
): Row[] {
  if (version === undefined) return [];
  return tuplesOf(host, index, shownVersion(host, ref, version))
    .filter((tuple) => isSameList(tuple.terms, terms))
    .map(({ values }) => ({ values, ttl: version.ttl }));
}

const isSameRow = (a: Row, b: Row): boolean => a.ttl === b.ttl && isSameList(a.values, b.values);

const isSameList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((value, i) => sameStored(value as never, b[i] as never));

/** The changes of one transaction: first of documents that were there, then of new ones, each by id. */
function inOrder(found: Found[], time: bigint): Change[] {
  found.sort((a, b) => Number(b.isMoved) - Number(a.isMoved) || (a.ref.id < b.ref.id ? -1 : 1));
  return found.map(({ isMoved: _, ...change }, ordinal) => ({ ...change, cursor: { time, ordinal } }));
}

/** The earliest time from which the changes of an origin are known, in µs. */
export function earliestOf({ auth, model }: QueryContext, origin: Doc | IndexSet): bigint {
  return model.documents.minValidTime(
    origin instanceof Doc ? origin.ref : { scope: auth.scope, collection: origin.collection.id },
  );
}
