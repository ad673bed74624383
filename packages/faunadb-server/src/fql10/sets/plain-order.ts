// The order of sorting: total, with the usual order of lists.
import { compareNumbers, compareTexts } from '../evaluate/order.js';
import {
  Bytes,
  DateValue,
  Doc,
  EventSource,
  Id,
  isArray,
  isNumeric,
  LambdaValue,
  Module,
  NamedFunction,
  SetCursor,
  SetValue,
  Struct,
  Time,
  TransactionTime,
  Uuid,
  type Value,
} from '../evaluate/values.js';

function rank(value: Value): number {
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

const sign = (a: bigint | number, b: bigint | number): number => (a < b ? -1 : a > b ? 1 : 0);

/** The order of two values. */
export function plainCompare(a: Value, b: Value): number {
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b);
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Id && b instanceof Id) return sign(a.value, b.value);
  if (a instanceof Bytes && b instanceof Bytes) return Buffer.compare(a.bytes, b.bytes);
  if (a instanceof Time && b instanceof Time) return sign(a.nanos, b.nanos);
  if (a instanceof DateValue && b instanceof DateValue) return sign(a.day, b.day);
  if (a instanceof Uuid && b instanceof Uuid) return compareTexts(a.text, b.text);
  if (a instanceof Doc && b instanceof Doc) {
    const order = a.ref.collection - b.ref.collection;
    if (order !== 0) return order;
    return a.name !== undefined && b.name !== undefined ? compareTexts(a.name, b.name) : sign(a.ref.id, b.ref.id);
  }
  if (isArray(a) && isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const order = plainCompare(a[i] as Value, b[i] as Value);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  if (a instanceof Struct && b instanceof Struct) {
    const sorted = ({ fields }: Struct) => [...fields].sort(([x], [y]) => compareTexts(x, y));
    const [left, right] = [sorted(a), sorted(b)];
    for (let i = 0; i < Math.min(left.length, right.length); i++) {
      const [[nameA, valueA], [nameB, valueB]] = [left[i] as [string, Value], right[i] as [string, Value]];
      const order = compareTexts(nameA, nameB) || plainCompare(valueA, valueB);
      if (order !== 0) return order;
    }
    return left.length - right.length;
  }
  if (a instanceof Module && b instanceof Module) return compareTexts(a.name, b.name);
  return rank(a) - rank(b);
}
