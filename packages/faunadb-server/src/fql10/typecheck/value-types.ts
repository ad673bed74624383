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
import type { Literal } from '../parse/ast.js';
import { NULL_SPAN } from '../parse/span.js';
import { any, booleanType, lit, literalKey, named, nullType, rec, type Term, tup } from '../types/terms.js';

/** Finds the type names of documents and modules. */
export interface TypeNames {
  /** Of a collection's documents; `undefined` if it was deleted. */
  documentType(document: Doc): string | undefined;
  isCollection(module: Module): boolean;
}

/** The types of a query's arguments, by name. */
export interface Given {
  readonly types: ReadonlyMap<string, Term>;
  /** The literals in them that stand for others. */
  readonly standIns: ReadonlySet<string>;
}

/** The types of values. */
export const typesOf = (values: ReadonlyMap<string, Value>, names: TypeNames): Given => ({
  types: mapped(values, (value) => typeOf(value, names, (literal) => literal)),
  standIns: new Set(),
});

/** The types of values regardless of their literals: others stand for them, which have the same primary types. */
export function similarTypesOf(values: ReadonlyMap<string, Value>, names: TypeNames): Given {
  const standIns = new Set<string>();
  const standIn = (literal: Literal): Literal => {
    const other = similar(literal, standIns.size);
    standIns.add(literalKey(other));
    return other;
  };
  return { types: mapped(values, (value) => typeOf(value, names, standIn)), standIns };
}

/** Equal texts for equal types. */
export const keyOf = ({ types }: Given): string =>
  [...types].map(([name, type]) => `${name}\0${termKey(type)}`).join('\0');

const mapped = (values: ReadonlyMap<string, Value>, f: (value: Value) => Term): ReadonlyMap<string, Term> =>
  new Map([...values].map(([name, value]) => [name, f(value)]));

function similar(literal: Literal, i: number): Literal {
  switch (literal.kind) {
    case 'string':
      return { kind: 'string', value: `\u{10fffd}${i}` };
    case 'double':
      return { kind: 'double', text: `${i}.001953125` };
    case 'integer': {
      const { value } = literal;
      const bits = BigInt.asIntN(32, value) === value ? 0n : BigInt.asIntN(64, value) === value ? 16n : 64n;
      return { kind: 'integer', value: BigInt(1_953_125_000 + i) << bits };
    }
    default:
      return literal;
  }
}

function termKey(term: Term): string {
  switch (term.k) {
    case 'lit':
      return JSON.stringify(literalKey(term.literal));
    case 'rec':
      return `{${[...term.fields].map(([name, each]) => `${JSON.stringify(name)}:${termKey(each)}`).join()}}`;
    case 'tup':
      return `[${term.elements.map(termKey).join()}]`;
    case 'named':
      return `${term.name}<${term.arguments.map(termKey).join()}>`;
    default:
      return term.k;
  }
}

function typeOf(value: Value, names: TypeNames, literalOf: (literal: Literal) => Literal): Term {
  const go = (each: Value): Term => typeOf(each, names, literalOf);
  const literal = (of: Literal): Term => lit(literalOf(of), NULL_SPAN);
  if (typeof value === 'string') return literal({ kind: 'string', value });
  if (typeof value === 'number' || typeof value === 'bigint') return literal({ kind: 'integer', value: BigInt(value) });
  if (typeof value === 'boolean') return booleanType();
  if (value instanceof Double) {
    const { value: number } = value;
    if (!Number.isFinite(number)) return named('Double');
    const text = String(number);
    return literal({ kind: 'double', text: /[.e]/.test(text) ? text : `${text}.0` });
  }
  if (isArray(value)) return tup(value.map(go), NULL_SPAN);
  if (value instanceof Struct) return rec(mapped(value.fields, go), NULL_SPAN);
  if (value instanceof Doc) {
    const type = names.documentType(value);
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
  if (value instanceof Module) return named(`${value.name}${names.isCollection(value) ? 'Collection' : 'Module'}`);
  return any();
}
