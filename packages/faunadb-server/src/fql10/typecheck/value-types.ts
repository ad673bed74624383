// The types of a query's arguments.
import {
  Bytes,
  DateValue,
  Doc,
  Double,
  EventSource,
  Id,
  isArray,
  Module,
  Null,
  SetCursor,
  SetValue,
  Struct,
  Time,
  TransactionTime,
  Uuid,
  type Value,
} from '../evaluate/values.js';
import { NULL_SPAN } from '../parse/span.js';
import { any, booleanType, lit, named, nullType, rec, type Term, tup } from '../types/terms.js';

/**
 * The type of a value. `documentType` returns the type name of a collection's documents, or `undefined` if it was deleted.
 */
export function typeOfGiven(
  value: Value,
  documentType: (document: Doc) => string | undefined,
  isCollection: (module: Module) => boolean,
): Term {
  const go = (each: Value): Term => typeOfGiven(each, documentType, isCollection);
  if (typeof value === 'string') return lit({ kind: 'string', value }, NULL_SPAN);
  if (typeof value === 'number' || typeof value === 'bigint')
    return lit({ kind: 'integer', value: BigInt(value) }, NULL_SPAN);
  if (typeof value === 'boolean') return booleanType();
  if (value instanceof Double) {
    const { value: number } = value;
    if (!Number.isFinite(number)) return named('Double');
    const text = String(number);
    return lit({ kind: 'double', text: /[.e]/.test(text) ? text : `${text}.0` }, NULL_SPAN);
  }
  if (isArray(value)) return tup(value.map(go), NULL_SPAN);
  if (value instanceof Struct)
    return rec(new Map([...value.fields].map(([name, each]) => [name, go(each)])), NULL_SPAN);
  if (value instanceof Doc) {
    const type = documentType(value);
    return type === undefined ? nullType() : named(type);
  }
  if (value instanceof Null) return nullType();
  if (value instanceof Id) return named('ID');
  if (value instanceof Time) return named('Time');
  if (value instanceof TransactionTime) return named('TransactionTime');
  if (value instanceof DateValue) return named('Date');
  if (value instanceof Bytes) return named('Bytes');
  if (value instanceof Uuid) return named('UUID');
  if (value instanceof SetValue) return named('Set', [any()]);
  if (value instanceof SetCursor) return named('SetCursor');
  if (value instanceof EventSource) return named('EventSource', [any()]);
  if (value instanceof Module) return named(`${value.name}${isCollection(value) ? 'Collection' : 'Module'}`);
  return any();
}
