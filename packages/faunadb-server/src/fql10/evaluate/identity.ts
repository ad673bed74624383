// Equality as in data structures, which differs from `==`: for an array's `indexOf`, `includes` and `distinct`.
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
export function isSame(a: Value, b: Value): boolean {
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
  if (isArray(a)) return isArray(b) && a.length === b.length && a.every((each, i) => isSame(each, b[i] as Value));
  if (a instanceof Null) return b instanceof Null;
  if (a instanceof Struct) {
    if (!(b instanceof Struct) || a.fields.size !== b.fields.size) return false;
    for (const [name, value] of a.fields) {
      const other = b.fields.get(name);
      if (other === undefined || !isSame(value, other)) return false;
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
    return a.callee === b.callee || (a.callee !== undefined && b.callee !== undefined && isSame(a.callee, b.callee));
  }
  return a === b;
}

/** Removes values that are identical to an earlier one; here numbers and ids of different kinds differ. */
export function distinct(values: Iterable<Value>): Value[] {
  const seen = new Map<string, Value[]>();
  const kept: Value[] = [];
  for (const value of values) {
    const key = keyOf(value);
    const same = seen.get(key);
    if (same?.some((each) => isSame(each, value) && shapeKey(each) === shapeKey(value))) continue;
    if (same) same.push(value);
    else seen.set(key, [value]);
    kept.push(value);
  }
  return kept;
}

// The kinds of a value and of nested values, as far as values of different kinds can be identical.
function shapeKey(value: Value): string {
  if (typeof value === 'number') return 'i';
  if (typeof value === 'bigint') return 'l';
  if (value instanceof Double) return 'd';
  if (value instanceof Id) return 'id';
  if (isArray(value)) return `[${value.map(shapeKey).join()}]`;
  if (value instanceof Struct)
    return `{${[...value.fields]
      .map(([name, each]) => name + shapeKey(each))
      .sort()
      .join()}}`;
  return '';
}

// Equal for identical values.
function keyOf(value: Value): string {
  if (typeof value === 'string') return `s${parseLong(value) ?? value}`;
  if (value instanceof Id) return `s${value.value}`;
  if (typeof value === 'number' || typeof value === 'bigint') return `n${Number(value)}`;
  if (value instanceof Double) return `n${value.value + 0}`;
  if (typeof value === 'boolean') return String(value);
  if (isArray(value)) return `a${value.length}`;
  if (value instanceof Struct) return `o${[...value.fields.keys()].sort().join()}`;
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
        ? (setKey(value) ?? `${++objects}`)
        : value instanceof LambdaValue
          ? `${++objects}`
          : `${debugText(context, value)}${++objects}`;
    hashes.set(value, hash);
  }
  return hash;
}
