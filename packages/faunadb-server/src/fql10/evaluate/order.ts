// Equality and order of values.

import type { Budget } from '../../values/budget.js';
import type { Context } from './context.js';
import { documentExists } from './documents.js';
import { hashOf } from './identity.js';
import { parseLong } from './members.js';
import { doubleCompare } from './numbers.js';
import {
  Bytes,
  DateValue,
  Doc,
  EventSource,
  Id,
  integerValue,
  isArray,
  isNumeric,
  LambdaValue,
  Module,
  NamedFunction,
  Null,
  type Numeric,
  SetCursor,
  SetValue,
  Struct,
  Time,
  TransactionTime,
  toDouble,
  Uuid,
  type Value,
} from './values.js';

export const sign = (a: bigint | number, b: bigint | number): number => (a < b ? -1 : a > b ? 1 : 0);
/** Compares texts by UTF-16 units, as Java does. */
export const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Compares numbers by value; NaN is last. */
export function compareNumbers(a: Numeric, b: Numeric): number {
  if (typeof a === 'number' && typeof b === 'number') return sign(a, b);
  if (typeof a !== 'object' && typeof b !== 'object') return sign(a, b);
  return doubleCompare(toDouble(a), toDouble(b));
}

/** The order of two scalar values of one kind, `undefined` for others. */
export function compareScalars(a: Value, b: Value): number | undefined {
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b);
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Id && b instanceof Id) return sign(a.value, b.value);
  if (a instanceof Bytes && b instanceof Bytes) return Buffer.compare(a.bytes, b.bytes);
  if (a instanceof Time && b instanceof Time) return sign(a.nanos, b.nanos);
  if (a instanceof DateValue && b instanceof DateValue) return sign(a.day, b.day);
  if (a instanceof Uuid && b instanceof Uuid) return compareTexts(a.text, b.text);
  return undefined;
}

/** The rank of each kind of value. */
export function rank(value: Value): number {
  if (isNumeric(value)) return 0;
  if (value instanceof Bytes) return 1;
  if (typeof value === 'string') return 2;
  if (isArray(value)) return 3;
  if (value instanceof Struct) return 4;
  if (value instanceof Id) return 5;
  if (value instanceof Doc) return 6;
  if (value instanceof Time) return 7;
  if (value instanceof TransactionTime) return 8;
  if (value instanceof DateValue) return 9;
  if (value instanceof Uuid) return 10;
  if (typeof value === 'boolean') return 11;
  if (value instanceof Module) return 12;
  if (value instanceof SetValue) return 13;
  if (value instanceof SetCursor) return 14;
  if (value instanceof LambdaValue) return 15;
  if (value instanceof NamedFunction) return 16;
  if (value instanceof EventSource) return 17;
  return 18;
}

// As on the real server: of two lists with a common prefix, the one that ends first is less. If both end together, each is
// less than the other.
function compareLists<T>(a: readonly T[], b: readonly T[], compareElements: (a: T, b: T) => number): number {
  for (let i = 0; ; i++) {
    if (i >= a.length) return -1;
    if (i >= b.length) return 1;
    const order = compareElements(a[i] as T, b[i] as T);
    if (order !== 0) return order;
  }
}

/** The fields of an object by their names. */
export function sortedFields(budget: Budget, { fields }: Struct): [string, Value][] {
  for (const _ of fields) budget.visit();
  return [...fields].sort(([a], [b]) => compareTexts(a, b));
}

/** The order of two comparable values, `undefined` for others. */
export function compare(context: Context, a: Value, b: Value): number | undefined {
  const { budget } = context.host;
  budget.visit();
  if (typeof a === 'object' && a === b) return 0;
  const order = compareScalars(a, b);
  if (order !== undefined) return order;
  if (a instanceof Struct && b instanceof Struct) {
    return compareLists(sortedFields(budget, a), sortedFields(budget, b), ([nameA, valueA], [nameB, valueB]) =>
      nameA === nameB ? totalCompare(context, valueA, valueB) : compareTexts(nameA, nameB),
    );
  }
  if (isArray(a) && isArray(b)) return compareLists(a, b, (x, y) => totalCompare(context, x, y));
  if (a instanceof Null && b instanceof Null) return 0;
  if (a instanceof Id) {
    if (isNumeric(b)) return compareNumbers(integerValue(a.value), b);
    const id = typeof b === 'string' ? parseLong(b) : undefined;
    return id === undefined ? undefined : sign(a.value, id);
  }
  if (b instanceof Id) {
    if (isNumeric(a)) return compareNumbers(a, integerValue(b.value));
    const id = typeof a === 'string' ? parseLong(a) : undefined;
    return id === undefined ? undefined : sign(id, b.value);
  }
  if (a instanceof Doc && b instanceof Doc) {
    const order = sign(a.ref.id, b.ref.id) || a.ref.collection - b.ref.collection;
    if (order !== 0) return order;
    return a.name !== undefined && b.name !== undefined ? compareTexts(a.name, b.name) : 0;
  }
  if (a instanceof Module && b instanceof Module) {
    if (a.parent && b.parent) return compare(context, a.parent, b.parent) || compareTexts(a.name, b.name);
    if (a.parent || b.parent) return a.parent ? 1 : -1;
    return compareTexts(a.name, b.name);
  }
  if (a instanceof NamedFunction && b instanceof NamedFunction) {
    const order = a.callee === undefined || b.callee === undefined ? 0 : totalCompare(context, a.callee, b.callee);
    return order || compareTexts(a.name, b.name);
  }
  if (a instanceof LambdaValue && b instanceof LambdaValue) {
    return compareLists(a.parameters, b.parameters, (x, y) => {
      if (x === undefined || y === undefined) return Number(x !== undefined) - Number(y !== undefined);
      return compareTexts(x, y);
    });
  }
  for (const kind of [SetValue, SetCursor, EventSource]) {
    if (a instanceof kind && b instanceof kind) return compareTexts(hashOf(context, a), hashOf(context, b));
  }
  return undefined;
}

/** The order of any two values: by kind if they are not comparable. */
export function totalCompare(context: Context, a: Value, b: Value): number {
  return compare(context, a, b) ?? rank(a) - rank(b);
}

/** Whether two values are equal by `==`. */
export function equals(context: Context, a: Value, b: Value): boolean {
  context.host.budget.visit();
  if (typeof a === 'object' && a === b) return true;
  if (isArray(a))
    return isArray(b) && a.length === b.length && a.every((each, i) => equals(context, each, b[i] as Value));
  if (a instanceof Struct) {
    if (!(b instanceof Struct) || a.fields.size !== b.fields.size) return false;
    for (const [name, value] of a.fields) {
      const other = b.fields.get(name);
      if (other === undefined || !equals(context, value, other)) return false;
    }
    return true;
  }
  if (a instanceof Doc && b instanceof Null) return !documentExists(context, a);
  if (a instanceof Null && b instanceof Doc) return !documentExists(context, b);
  if (a instanceof TransactionTime && b instanceof TransactionTime) return true;
  return compare(context, a, b) === 0;
}
