import type { Budget } from './budget.js';
import { matchPair, type PairCases } from './match.js';
import { Action, type ObjectValue, type UnresolvedRef, type Value, type Version } from './values.js';

/** Whether two values are equal for `equals`: an integer equals the nearest double, and NaN equals itself. */
export function valuesEqual(a: Value, b: Value, budget: Budget): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Object.is(a, b);
  if (typeof a === 'bigint' && typeof b === 'number') return Object.is(Number(a), b);
  if (typeof a === 'number' && typeof b === 'bigint') return Object.is(a, Number(b));
  return sameValue(a, b, budget);
}

/**
 * Whether two values are equal inside others: there, an integer never equals a double, NaN differs from itself, and
 * -0 is 0.
 *
 * @param budget of the query, unless the values are known to be small.
 */
export function sameValue(a: Value, b: Value, budget?: Budget): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') {
    if (a instanceof Action) return isNamed(a, b);
    return b instanceof Action && isNamed(b, a);
  }
  budget?.visit();
  return matchPair(a, b, SAME, false, budget);
}

/** `===` compares JavaScript's own values. */
const never = () => false;

/** Whether a value equals another of its kind. */
const SAME: PairCases<boolean, Budget | undefined> = {
  null: never,
  boolean: never,
  integer: never,
  double: never,
  string: never,
  array: sameElements,
  object: sameFields,
  bytes: (a, b) => Buffer.compare(a.bytes, b.bytes) === 0,
  uuid: (a, b) => a.text === b.text,
  time: (a, b) => a.nanos === b.nanos,
  date: (a, b) => a.day === b.day,
  transactionTime: () => true,
  ref: (a, b) => a.scope === b.scope && a.collection === b.collection && a.id === b.id,
  unresolvedRef: (a, b) => sameUnresolved(a, b),
  set: (a, b) => sameValue(a.parts(), b.parts()),
  lambda: (a, b) => a.isSame(b),
  page: (a, b, budget) =>
    sameElements(a.elements, b.elements, budget) &&
    sameElements(a.unmapped, b.unmapped, budget) &&
    sameMaybe(a.before, b.before) &&
    sameMaybe(a.after, b.after),
  version: sameVersion,
  documentEvent: (a, b) => sameValue(a.ref, b.ref) && a.ts === b.ts && a.action === b.action,
  setEvent: (a, b) =>
    sameValue(a.ref, b.ref) && a.ts === b.ts && a.action === b.action && sameElements(a.values, b.values),
  cursor: (a, b) => sameValue(a.position as Value, b.position as Value),
  action: isNamed,
};

/** An action equals the string of its name; `add` also equals `create`, and `remove` equals `delete`. */
function isNamed({ name }: Action, other: Value): boolean {
  if (other instanceof Action) return other.name === name;
  return other === name || (name === 'add' && other === 'create') || (name === 'remove' && other === 'delete');
}

/** The result of `create` differs from the document it made, as long as that is read in the same query. */
function sameVersion(a: Version, b: Version): boolean {
  return (
    sameValue(a.ref, b.ref) &&
    a.ts === b.ts &&
    a.isNew === b.isNew &&
    (a.action === 'delete') === (b.action === 'delete') &&
    sameValue(a.data, b.data)
  );
}

function sameElements(a: readonly Value[], b: readonly Value[], budget?: Budget): boolean {
  if (a.length !== b.length) return false;
  budget?.work(a.length);
  return a.every((element, i) => sameValue(element, b[i] as Value, budget));
}

function sameFields({ fields: a }: ObjectValue, { fields: b }: ObjectValue, budget?: Budget): boolean {
  if (a.size !== b.size) return false;
  for (const [name, value] of a) {
    const other = b.get(name);
    if (other === undefined || !sameValue(value, other, budget)) return false;
  }
  return true;
}

/** Whether two unresolved refs are written alike. */
export function sameUnresolved(a: UnresolvedRef | undefined, b: UnresolvedRef | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.id === b.id && sameUnresolved(a.collection, b.collection) && sameUnresolved(a.database, b.database);
}

function sameMaybe(a: Value | undefined, b: Value | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameValue(a, b);
}
