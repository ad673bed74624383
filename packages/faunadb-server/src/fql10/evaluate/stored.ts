// Conversion between stored values, which are those of FQL v4, and values of FQL v10.

import type { StoredValue } from '../../storage/data.js';
import { Lambda, ObjectValue, Ref } from '../../values/values.js';
import { isIdentifier } from '../parse/lexical.js';
import { NULL_SPAN, type Span } from '../parse/span.js';
import type { Context } from './context.js';
import { quoted } from './quoted.js';
import {
  Bytes,
  DateValue,
  Doc,
  Double,
  integerValue,
  isArray,
  LambdaValue,
  Null,
  Struct,
  Time,
  TransactionTime,
  typeName,
  Uuid,
  type Value,
} from './values.js';

/** A function in FQL v4, which is opaque here. */
const OPAQUE = new LambdaValue(
  [],
  undefined,
  { kind: 'literal', literal: { kind: 'null' }, span: NULL_SPAN },
  undefined,
);

/**
 * The FQL v10 value of a stored value.
 *
 * @param readTime when its references are read, in µs, if not now
 * @param now the transaction's own time, in ns, which is unknown until it ends
 */
export function fromStored(stored: StoredValue, span: Span = NULL_SPAN, readTime?: bigint, now?: bigint): Value {
  if (stored instanceof Time && stored.nanos === now) return new TransactionTime();
  if (stored === null || stored === undefined) return Null.at(span);
  if (typeof stored === 'bigint') return integerValue(stored);
  if (typeof stored === 'number') return new Double(stored);
  if (typeof stored === 'string' || typeof stored === 'boolean') return stored;
  if (Array.isArray(stored))
    return (stored as readonly StoredValue[]).map((each) => fromStored(each, span, readTime, now));
  if (stored instanceof ObjectValue) {
    const fields = new Map<string, Value>();
    for (const [name, value] of stored.fields) fields.set(name, fromStored(value as StoredValue, span, readTime, now));
    return new Struct(fields);
  }
  if (stored instanceof Ref) return new Doc(stored, undefined, readTime);
  if (stored instanceof Lambda) return OPAQUE;
  return stored as Value;
}

/** A path into a document, as errors write it: `a.b[0]`. */
export const pathText = (path: readonly (string | number)[]): string =>
  path
    .map((key, i) =>
      typeof key === 'number' ? `[${key}]` : isIdentifier(key) ? (i === 0 ? key : `.${key}`) : `[${quoted(key)}]`,
    )
    .join('');

// Without quotes, whatever the names are.
const plainPathText = (path: readonly (string | number)[]): string =>
  path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');

/** A value that cannot be stored, and its path. */
export class NotStorable extends Error {
  static override stackTraceLimit = 0;
  constructor(
    readonly path: readonly (string | number)[],
    readonly value: Value,
  ) {
    super(
      value instanceof LambdaValue
        ? 'Anonymous functions cannot be stored. Use a string of FQL instead.'
        : `Value at \`${plainPathText(path)}\` has type ${typeName(value)}, which cannot be persisted.`,
    );
  }
}

/**
 * The stored form of a value.
 *
 * @throws {NotStorable}
 */
export function toStored(context: Context, value: Value, path: readonly (string | number)[] = []): StoredValue {
  context.host.budget.visit();
  if (value instanceof Null) return null;
  if (typeof value === 'number') return BigInt(value);
  if (typeof value === 'bigint' || typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof Double) return value.value;
  if (isArray(value)) return value.map((each, i) => toStored(context, each, [...path, i]));
  if (value instanceof Struct) {
    const fields = new Map<string, StoredValue>();
    for (const [name, each] of value.fields) fields.set(name, toStored(context, each, [...path, name]));
    return new ObjectValue(fields);
  }
  // A document found by its name cannot be stored, though the same document found otherwise can.
  if (value instanceof Doc && value.name === undefined) return value.ref;
  if (value instanceof TransactionTime) return new Time(context.host.model.keys.writeTime * 1000n);
  if (value instanceof Time || value instanceof DateValue || value instanceof Bytes || value instanceof Uuid)
    return value;
  throw new NotStorable(path, value);
}
