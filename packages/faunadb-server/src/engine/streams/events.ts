import type { Change, ChangeLog, HistoryChange } from '../../model/base/changes.js';
import type { StoredVersion } from '../../model/base/stored-version.js';
import { shownData, shownVersion } from '../../model/documents/shown.js';
import { tuplesOf } from '../../model/indexes/terms.js';
import { MatchSet } from '../../model/sets/match.js';
import type { QueryContext } from '../../query/context.js';
import type { StoredValue } from '../../storage/data.js';
import { compareValues } from '../../storage/order.js';
import { sameValue } from '../../values/equality.js';
import { NATIVE } from '../../values/ids.js';
import { difference, objectOf } from '../../values/objects.js';
import { ObjectValue, Ref, type Value } from '../../values/values.js';
import type { EventField } from './fields.js';
import type { StreamSource } from './stream-source.js';

/** An event of a stream, before its reader's permissions are checked. */
export interface StreamEvent {
  readonly type: 'version' | 'set' | 'history_rewrite';
  /** The document that changed. */
  readonly ref: Ref;
  readonly fields: Readonly<Partial<Record<EventField, Value>>>;
}

const NOTHING = new ObjectValue(new Map());

/** The events of a transaction for a stream's source, in the order in which the stream reports them. */
export function eventsOf(context: QueryContext, source: StreamSource, log: ChangeLog): StreamEvent[] {
  const isSource = (ref: Ref) => source instanceof Ref && sameValue(source, ref);
  const events: StreamEvent[] = [];
  for (const change of log.changes) {
    if (!(source instanceof Ref)) events.push(...setEvents(context, source, change));
    else if (isSource(change.ref)) events.push(versionEvent(context, change, 'version'));
  }
  for (const history of log.histories) {
    if (!(source instanceof Ref)) events.push(...setRewrites(context, source, history));
    else if (isSource(history.ref)) events.push(...rewrites(context, history));
  }
  return events;
}

/**
 * What a changed history shows to a stream of its document: the versions that are gone, then those that are new, and the
 * one after each, because it changes another version now. The latest come first.
 */
function rewrites(context: QueryContext, { ref, before, after }: HistoryChange): StreamEvent[] {
  const events: StreamEvent[] = [];
  for (const [i, version] of before.entries()) {
    const remains = (other: StoredVersion) =>
      other.ts === version.ts && (other.deleted !== version.deleted || isSame(other, version));
    if (after.some(remains)) continue;
    const document = objectOf({ ref, ts: version.ts });
    events.push({ type: 'history_rewrite', ref, fields: { action: actionOf(before[i - 1], version), document } });
  }
  for (const [i, version] of [...after.entries()].reverse()) {
    const known = before.findIndex((other) => isSame(other, version));
    if (known >= 0 && isSame(before[known - 1], after[i - 1])) continue;
    events.push(versionEvent(context, { ref, before: after[i - 1], after: version }, 'history_rewrite'));
  }
  return events;
}

function setRewrites(
  context: QueryContext,
  source: Exclude<StreamSource, Ref>,
  { ref, before, after }: HistoryChange,
): StreamEvent[] {
  return after.flatMap((version, i) => {
    if (before.some((known) => isSame(known, version))) return [];
    return setEvents(context, source, { ref, before: after[i - 1], after: version });
  });
}

function isSame(a: StoredVersion | undefined, b: StoredVersion | undefined): boolean {
  if (!a || !b) return a === b;
  return a.ts === b.ts && a.deleted === b.deleted && (a.deleted || sameValue(a.data, b.data));
}

function actionOf(before: StoredVersion | undefined, after: StoredVersion): 'create' | 'update' | 'delete' {
  if (after.deleted) return 'delete';
  return before && !before.deleted ? 'update' : 'create';
}

function versionEvent(
  context: QueryContext,
  { ref, before, after }: Change,
  type: 'version' | 'history_rewrite',
): StreamEvent {
  const previous = before && !before.deleted ? before : undefined;
  const former = previous ? shownData(context, ref, previous.data) : NOTHING;
  const document = (ts: bigint, data: ObjectValue) =>
    new ObjectValue(new Map<string, Value>([['ref', ref], ['ts', ts], ...data.fields]));
  // As on the real server, a deletion shows the document as it was.
  const prev = document((previous ?? after).ts, former);
  const latter = after.deleted ? undefined : shownData(context, ref, after.data);
  return {
    type,
    ref,
    fields: {
      action: actionOf(before, after),
      document: latter ? document(after.ts, latter) : prev,
      diff: document(after.ts, latter ? difference(former, latter) : NOTHING),
      prev,
    },
  };
}

type Tuple = { readonly terms: readonly StoredValue[]; readonly values: readonly StoredValue[] };

function setEvents(context: QueryContext, source: Exclude<StreamSource, Ref>, change: Change): StreamEvent[] {
  const { ref, after } = change;
  const index = source instanceof MatchSet ? source.index.ref : new Ref(ref.scope, NATIVE.indexes, 0n);
  const before = tuples(context, source, ref, change.before);
  const now = tuples(context, source, ref, after);
  const event = (action: 'add' | 'remove', { terms, values }: Tuple): StreamEvent => ({
    type: 'set',
    ref,
    fields: {
      action,
      document: objectOf({ ref, ts: after.ts }),
      index: objectOf({ ref: index, terms, values }),
    },
  });
  return [
    ...before.filter((tuple) => !now.some((other) => sameTuple(tuple, other))).map((tuple) => event('remove', tuple)),
    ...now.filter((tuple) => !before.some((other) => sameTuple(tuple, other))).map((tuple) => event('add', tuple)),
  ];
}

/** A set's entries for a version of a document. */
function tuples(
  context: QueryContext,
  source: Exclude<StreamSource, Ref>,
  ref: Ref,
  version: StoredVersion | undefined,
): readonly Tuple[] {
  if (!version || version.deleted) return [];
  if (!(source instanceof MatchSet)) {
    const { collection } = source;
    const isMember = ref.scope === collection.scope && ref.collection === Number(collection.id);
    return isMember ? [{ terms: [collection], values: [] }] : [];
  }
  const { index, terms } = source;
  if (index.scope !== ref.scope || !index.bindingsFor(ref.collection)) return [];
  const all = tuplesOf(context, index, shownVersion(context, ref, version));
  return all.filter((tuple) => sameValues(tuple.terms, terms));
}

function sameTuple(a: Tuple, b: Tuple): boolean {
  return sameValues(a.values, b.values);
}

function sameValues(a: readonly StoredValue[], b: readonly StoredValue[]): boolean {
  return a.length === b.length && a.every((value, i) => compareValues(value, b[i]!) === 0);
}

/** Whether the reader of a stream may see an event. */
export function mayWatch(context: QueryContext, source: StreamSource, { type, ref }: StreamEvent): boolean {
  const { permissions } = context.auth;
  if (type === 'version') return permissions.mayRead(context, ref);
  if (source instanceof Ref) return permissions.mayReadHistory(context, ref);
  if (!(source instanceof MatchSet)) {
    return permissions.mayReadUnrestricted(context, source.collection, []) || permissions.mayRead(context, ref);
  }
  const { index, terms } = source;
  if (permissions.mayReadUnrestricted(context, index.ref, terms)) return true;
  return permissions.mayReadIndex(context, index.ref, terms) && permissions.mayRead(context, ref);
}
