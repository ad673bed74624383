import { storable } from '../../model/documents/storable.js';
import type { PagePosition } from '../../model/pagination/page-position.js';
import type { ModelSet } from '../../model/sets/set.js';
import type { QueryContext } from '../../query/context.js';
import type { StoredValue } from '../../storage/data.js';
import { invalidArgument, unresolvedRef, wrongType } from '../../values/errors.js';
import { at, type Position } from '../../values/position.js';
import {
  Action,
  Cursor,
  DateValue,
  DocumentEvent,
  ObjectValue,
  Ref,
  SetEvent,
  Time,
  UnresolvedRef,
  type Value,
} from '../../values/values.js';
import { any, collect, integer, ref as refCast, zeroOrMore } from './casts.js';

const MAX_ID = (1n << 63n) - 1n;
const MAX_COLLECTION = 32767;
const DAY = 86_400_000_000n;

/** The last instant, in µs. */
const END_OF_TIME = (1n << 63n) - 1n;

/** Reads a cursor given as `after`, `before` or a bound of `range`. As in FaunaDB, an event itself is not a cursor. */
export function readCursor(
  context: QueryContext,
  set: ModelSet,
  cursor: Value,
  position: Position | undefined,
): PagePosition {
  if (cursor instanceof UnresolvedRef) throw unresolvedRef(cursor, position);
  if (set.shape.historical) {
    const event = readEvent(context, cursor, position);
    return { kind: 'events', shown: new Cursor(event), event };
  }
  const terms = boundTerms(context, cursor, position);
  return { kind: 'elements', shown: new Cursor(terms), bound: set.bound(terms) };
}

/** The values of a cursor over elements, or of a bound. */
export function boundTerms(context: QueryContext, cursor: Value, position: Position | undefined): StoredValue[] {
  if (cursor instanceof UnresolvedRef) throw unresolvedRef(cursor, position);
  return zeroOrMore(any)(cursor, position, context).map((term, i) => {
    if (term instanceof UnresolvedRef) throw unresolvedRef(term, at(position, i));
    return storable(context, term);
  });
}

/** The values and the ref of a bound of a set of events; null for an omitted ref. */
export function eventTerms(context: QueryContext, cursor: Value, position: Position | undefined): StoredValue[] {
  if (cursor instanceof UnresolvedRef) throw unresolvedRef(cursor, position);
  const event = readEvent(context, cursor, position);
  const { ref } = event;
  const isTold = ref.collection !== 0 && ref.collection !== MAX_COLLECTION;
  return [...(event instanceof SetEvent ? (event.values as StoredValue[]) : []), isTold ? ref : null];
}

/** Reads a cursor object, `{ after: … }` or `{ before: … }`. */
export function readCursorObject(
  context: QueryContext,
  set: ModelSet,
  cursor: Value,
  position: Position | undefined,
): { readonly at: PagePosition | undefined; readonly ascending: boolean } {
  if (cursor === null) return { at: undefined, ascending: true };
  if (cursor instanceof ObjectValue && cursor.fields.size === 1) {
    for (const side of ['after', 'before']) {
      const given = cursor.fields.get(side);
      if (given === undefined) continue;
      return { at: readCursor(context, set, given, at(position, side)), ascending: side === 'after' };
    }
  }
  throw invalidArgument(
    "Invalid cursor object. Expected an object with either 'before' or 'after' key in it.",
    position,
  );
}

/** The keys that a cursor into a history may have, in any order. */
const EVENT_KEYS: readonly (readonly string[])[] = [
  ['ts'],
  ['ts', 'action'],
  ['ts', 'action', 'resource'],
  ['ts', 'action', 'resource', 'values'],
  ['ts', 'action', 'instance'],
  ['ts', 'action', 'document'],
  ['ts', 'action', 'instance', 'data'],
  ['ts', 'action', 'document', 'data'],
];

function readEvent(context: QueryContext, cursor: Value, position: Position | undefined): DocumentEvent | SetEvent {
  const { scope } = context.auth;
  const atTime = (ts: bigint) => new SetEvent(ts, 'add', new Ref(scope, 0, 0n), []);
  if (typeof cursor === 'bigint') return atTime(cursor);
  if (cursor instanceof Time) return atTime(cursor.nanos / 1000n);
  if (cursor instanceof DateValue) return atTime(BigInt(cursor.day) * DAY);
  if (cursor === null) return atTime(END_OF_TIME);
  if (!(cursor instanceof ObjectValue)) throw wrongType(['Object', 'Integer', 'Time', 'Date'], cursor, position);
  const { fields } = cursor;
  if (!EVENT_KEYS.some((keys) => keys.length === fields.size && keys.every((key) => fields.has(key)))) {
    throw invalidArgument(`Cannot create event cursor with keys ${[...fields.keys()].join(', ')}`, position);
  }
  const document = ['resource', 'instance', 'document'].find((key) => fields.has(key)) ?? '';
  const data = fields.has('values') ? 'values' : 'data';
  const readers = [
    () => integer(fields.get('ts')!, at(position, 'ts'), context),
    () =>
      document === ''
        ? new Ref(scope, MAX_COLLECTION, MAX_ID)
        : refCast(fields.get(document)!, at(position, document), context),
    () => (fields.has('action') ? readAction(fields.get('action')!, at(position, 'action')) : 'add'),
    () => (fields.has(data) ? boundTerms(context, fields.get(data)!, at(position, data)) : []),
  ] as const;
  const [ts, ref, action, values] = collect(readers as readonly (() => unknown)[], (read) => read()) as [
    bigint,
    Ref,
    'add' | 'remove' | 'update',
    StoredValue[],
  ];
  return action === 'update' ? new DocumentEvent(ts, action, ref, undefined) : new SetEvent(ts, action, ref, values);
}

function readAction(value: Value, position: Position | undefined): 'add' | 'remove' | 'update' {
  const action = value instanceof Action ? value.name : value;
  if (action === 'add' || action === 'create') return 'add';
  if (action === 'remove' || action === 'delete') return 'remove';
  if (action === 'update') return 'update';
  throw wrongType(["String 'create', 'update', or 'delete'"], value, position);
}
