import { documentExists, getDocument } from '../../model/documents/access.js';
import { existsInSet, firstOf, getFromSet } from '../../model/pagination/set-elements.js';
import { nativeSet } from '../../model/sets/native.js';
import type { QueryContext } from '../../query/context.js';

import { emptyArray, emptySet, wrongType } from '../../values/errors.js';
import { isUserCollection, NATIVE } from '../../values/ids.js';
import { at } from '../../values/position.js';
import { Ref, SetValue, type Time, UnresolvedRef, type Value } from '../../values/values.js';
import { identifier, setOrArray, transactionTime } from '../evaluate/casts.js';
import { type Cast, type Form, form, only, optional } from '../evaluate/form.js';

/** The time of a read: the argument `ts`, cast to `undefined` for the transaction's own time. */
export function atTime(context: QueryContext, ts: Given | undefined): QueryContext {
  if (ts === undefined) return context;
  const validTime = ts.time === undefined || ts.time === context.snapshotTime ? undefined : ts.time;
  return validTime === context.validTime ? context : context.with({ validTime });
}

/** A given argument `ts`: in µs, `undefined` for the transaction's own time. */
export interface Given {
  readonly time: bigint | undefined;
}

/** The argument `ts` of reads. */
export const readTime: Cast<Given> = (value, position, context) => {
  const time = transactionTime(value, position, context) as Time | undefined;
  return { time: time && floorMicros(time) };
};

function floorMicros({ nanos }: Time): bigint {
  return nanos >= 0n ? nanos / 1000n : -((-nanos + 999n) / 1000n);
}

const get = form('read', { get: identifier, ts: optional(readTime) }, ({ get, ts }, context, position) => {
  const reading = atTime(context, ts);
  return get instanceof Ref
    ? getDocument(reading, get, reading.validTime, position)
    : getFromSet(reading, get, position);
});

/** A ref or a set; the ref may be dangling. */
const anyIdentifier: Cast<Ref | SetValue | UnresolvedRef> = (value, position) => {
  if (value instanceof Ref || value instanceof SetValue || value instanceof UnresolvedRef) return value;
  throw wrongType(['Ref', 'Set'], value, position);
};

const exists = form('read', { exists: anyIdentifier, ts: optional(readTime) }, ({ exists, ts }, context, position) => {
  if (exists instanceof UnresolvedRef) return false;
  const reading = atTime(context, ts);
  const set = exists instanceof SetValue ? exists : hasMembers(exists) ? nativeSet(exists) : undefined;
  if (set) return existsInSet(reading, set, position);
  return documentExists(reading, exists as Ref, reading.validTime);
});

/** Native collections exist if they have documents, except roles and access providers. */
function hasMembers(ref: Ref): boolean {
  const id = Number(ref.id);
  return (
    ref.collection === NATIVE.collections &&
    !isUserCollection(id) &&
    id !== NATIVE.roles &&
    id !== NATIVE.access_providers
  );
}

/** The first or the last element of an array or a set. */
function end(key: 'first' | 'last'): Form {
  return form('read', { [key]: setOrArray }, (args, context, position) => {
    const collection = args[key] as readonly Value[] | SetValue;
    const place = at(position, key);
    if (Array.isArray(collection)) {
      if (collection.length === 0) throw emptyArray(place);
      return collection.at(key === 'first' ? 0 : -1) as Value;
    }
    const found = firstOf(context, collection as SetValue, key === 'first', position, place);
    if (found === undefined) throw emptySet(place);
    return found;
  });
}

export const readFunctions: readonly Form[] = [
  get,
  exists,
  only({ since: '4' }, end('first')),
  only({ since: '4' }, end('last')),
];
