// Equality as in data structures, which differs from `==`: for an array's `indexOf`, `includes` and `distinct`.
import type { Budget } from '../../values/budget.js';
import type { Context } from './context.js';
import { parseLong } from './members.js';
import { setKey } from './tables.js';
import { debugText } from './text.js';
import {
  Bytes,
  DateValue,
  Doc,
  Double,
  Id,
  isArray,
  LambdaValue,
  Module,
  NamedFunction,
  Null,
  SetValue,
  Struct,
  Time,
  TransactionTime,
  Uuid,
  type Value,
} from './values.js';

/** Whether two values are identical: numbers by value except NaN, all nulls, ids and strings with the same text. */
export function isSame(budget: Budget, a: Value, b: Value): boolean {
  budget.visit();
  if (typeof a === 'number' || typeof a === 'bigint' || a instanceof Double) {
    const left = a instanceof Double ? a.value : a;
    if (b instanceof Double) return Number(left) === b.value;
    if (typeof b !== 'number' && typeof b !== 'bigint') return false;
    return typeof left === typeof b || a instanceof Double
      ? Number(left) === Number(b) && (typeof left !== 'bigint' || left === b)
      : BigInt(left as number | bigint) === BigInt(b);
  }
  if (typeof a === 'boolean') return a === b;
  if (typeof a === 'string') return typeof b === 'string' ? a === b : b instanceof Id && parseLong(a) === b.value;
  if (a instanceof Id) return b instanceof Id ? a.value === b.value : typeof b === 'string' && parseLong(b) === a.value;
  if (isArray(a))
    return isArray(b) && a.length === b.length && a.every((each, i) => isSame(budget, each, b[i] as Value));
  if (a instanceof Null) return b instanceof Null;
  if (a instanceof Struct) {
    if (!(b instanceof Struct) || a.fields.size !== b.fields.size) return false;
    for (const [name, value] of a.fields) {
      const other = b.fields.get(name);
      if (other === undefined || !isSame(budget, value, other)) return false;
    }
    return true;
  }
  if (a instanceof Time) return b instanceof Time && a.nanos === b.nanos;
  if (a instanceof DateValue) return b instanceof DateValue && a.day === b.day;
  if (a instanceof Bytes) return b instanceof Bytes && Buffer.compare(a.bytes, b.bytes) === 0;
  if (a instanceof Uuid) return b instanceof Uuid && a.text === b.text;
  if (a instanceof TransactionTime) return b instanceof TransactionTime;
  if (a instanceof Doc) {
    if (!(b instanceof Doc) || a.ref.collection !== b.ref.collection) return false;
    return a.name !== undefined && b.name !== undefined ? a.name === b.name : a.ref.id === b.ref.id;
  }
  if (a instanceof Module) return b instanceof Module && a.name === b.name;
  if (a instanceof NamedFunction) {
    if (!(b instanceof NamedFunction) || a.name !== b.name) return false;
    return (
      a.callee === b.callee || (a.callee !== undefined && b.callee !== undefined && isSame(budget, a.callee, b.callee))
    );
  }
  return a === b;
}

/** Removes values that are identical to an earlier one; here numbers and ids of different kinds differ. */
export function distinct(budget: Budget, values: Iterable<Value>): Value[] {
  const seen = new Map<string, Value[]>();
  const kept: Value[] = [];
  for (const value of values) {
    const key = keyOf(budget, value);
    const same = seen.get(key);
    if (same?.some((each) => isSame(budget, each, value) && hasSameShape(budget, each, value))) continue;
    if (same) same.push(value);
    else seen.set(key, [value]);
    kept.push(value);
  }
  return kept;
}

/** Whether two identical values are of the same kinds, as are those nested in them. */
function hasSameShape(budget: Budget, a: Value, b: Value): boolean {
  budget.visit();
  if (isArray(a)) return isArray(b) && a.every((each, i) => hasSameShape(budget, each, b[i] as Value));
  if (a instanceof Struct) {
    return (
      b instanceof Struct &&
      [...a.fields].every(([name, each]) => hasSameShape(budget, each, b.fields.get(name) as Value))
    );
  }
  return typeof a === typeof b && a instanceof Double === b instanceof Double && a instanceof Id === b instanceof Id;
}

/** How many elements of an array, and how deep, its key depends on. */
const KEYED = 8;
const KEYED_DEPTH = 2;

const keysOf = (budget: Budget, values: readonly Value[], depth: number): string =>
  depth < KEYED_DEPTH
    ? values
        .slice(0, KEYED)
        .map((each) => keyOf(budget, each, depth + 1))
        .join()
    : '';

// Equal for identical values.
function keyOf(budget: Budget, value: Value, depth = 0): string {
  budget.visit();
  if (typeof value === 'string') return `s${parseLong(value) ?? value}`;
  if (value instanceof Id) return `s${value.value}`;
  if (typeof value === 'number' || typeof value === 'bigint') return `n${Number(value)}`;
  if (value instanceof Double) return `n${value.value + 0}`;
  if (typeof value === 'boolean') return String(value);
  if (isArray(value)) return `a${value.length} ${keysOf(budget, value, depth)}`;
  if (value instanceof Struct) {
    const names = [...value.fields.keys()].sort().slice(0, KEYED);
    const values = names.map((name) => value.fields.get(name) as Value);
    return `o${value.fields.size} ${names.join()} ${keysOf(budget, values, depth)}`;
  }
  if (value instanceof Time) return `t${value.nanos}`;
  if (value instanceof DateValue) return `d${value.day}`;
  if (value instanceof Doc) return `r${value.ref.collection} ${value.name ?? value.ref.id}`;
  return value.constructor.name;
}

const hashes = new WeakMap<object, string>();
let objects = 0;

/** A text that identifies a value without an order of its own, for as long as it lives. */
export function hashOf(context: Context, value: Value & object): string {
  let hash = hashes.get(value);
  if (hash === undefined) {
    hash =
      value instanceof SetValue
        ? (setKey(context.host.budget, value) ?? `${++objects}`)
        : value instanceof LambdaValue
          ? `${++objects}`
          : `${debugText(context, value)}${++objects}`;
    hashes.set(value, hash);
  }
  return hash;
}
