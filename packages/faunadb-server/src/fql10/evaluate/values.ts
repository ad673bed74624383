import type { StoredVersion } from '../../model/base/stored-version.js';
import { Bytes, DateValue, Ref, Time, TransactionTime, Uuid } from '../../values/values.js';
import type { Expression, Name } from '../parse/ast.js';
import type { Span } from '../parse/span.js';
import type { Context } from './context.js';
import type { Covering } from './coverage.js';
import type { Table } from './members.js';

/**
 * The values of FQL v10 in this server. Documents are stored as values of FQL v4 (`values/`), which has only one kind of
 * integer; `stored.ts` converts between them.
 *
 * | FQL                   | here                                            |
 * | --------------------- | ----------------------------------------------- |
 * | Int (32 bit)          | `number`, always whole and within [-2^31, 2^31) |
 * | Long (64 bit)         | `bigint`, always within [-2^63, 2^63)           |
 * | Double                | {@link Double}                                  |
 * | Boolean, String, Array| `boolean`, `string`, `readonly Value[]`         |
 * | the rest              | a class, distinguished by `instanceof`             |
 *
 * Values are immutable.
 */
export type Value =
  | Null
  | boolean
  | number
  | bigint
  | Double
  | string
  | readonly Value[]
  | Struct
  | Bytes
  | Uuid
  | Time
  | DateValue
  | TransactionTime
  | Id
  | Doc
  | SetValue
  | SetCursor
  | EventSource
  | Module
  | FunctionValue;

export type Numeric = number | bigint | Double;

/** A double, including whole ones. */
export class Double {
  constructor(readonly value: number) {}
}

/** The id of a document: 64 bits. It equals strings and numbers with the same value. */
export class Id {
  constructor(readonly value: bigint) {}
}

/** Why a value is null, and where it became null. */
export type NullCause =
  | { readonly kind: 'literal'; readonly span: Span }
  | { readonly kind: 'invalidNumber'; readonly text: string; readonly span: Span }
  | { readonly kind: 'missingField'; readonly of: Value; readonly field: Name; readonly span: Span }
  | { readonly kind: 'noElement'; readonly reason: string; readonly span: Span }
  | { readonly kind: 'notFound' | 'deleted'; readonly document: Doc; readonly collection: string; readonly span: Span }
  | { readonly kind: 'collectionDeleted'; readonly document: Doc; readonly span: Span }
  | { readonly kind: 'forbidden'; readonly document: Doc; readonly span: Span };

/** Null, with its origin. */
export class Null {
  constructor(readonly cause: NullCause) {}

  static at(span: Span): Null {
    return new Null({ kind: 'literal', span });
  }
  static missing(of: Value, field: Name): Null {
    return new Null({ kind: 'missingField', of, field, span: field.span });
  }
  static noElement(reason: string, span: Span): Null {
    return new Null({ kind: 'noElement', reason, span });
  }
}

/** An object: its fields in insertion order. */
export class Struct {
  constructor(readonly fields: ReadonlyMap<string, Value>) {}

  static of(fields: Readonly<Record<string, Value>>): Struct {
    return new Struct(new Map(Object.entries(fields)));
  }
}

/**
 * A document by reference: its fields are read on demand. Schema documents are identified by `name`; a missing one has the
 * id -1.
 */
export class Doc {
  constructor(
    readonly ref: Ref,
    readonly name?: string | undefined,
    /** When it was read, in µs, if not now. */
    readonly readTime?: bigint | undefined,
    /** The version to show instead of the stored one: of a deleted document, or the argument of a role's predicate. */
    readonly version?: StoredVersion | undefined,
    /** Where a query that requests hints found it. */
    readonly covering?: Covering | undefined,
  ) {}
}

/** The id of a missing schema document. */
export const NO_ID = -1n;

/** A set, described but not read. Each kind is a class in `sets/`. */
export abstract class SetValue {
  abstract readonly kind: string;
}

/** The end of a page, at which `paginate` continues. `time` is when the set was first read, in µs. */
export class SetCursor {
  constructor(
    readonly set: SetValue,
    readonly position: readonly Value[] | undefined,
    readonly time: bigint | undefined,
    readonly pageSize: number,
  ) {}
}

/** The source that a stream or a feed is opened with. */
export class EventSource {
  constructor(
    readonly set: SetValue,
    readonly start: bigint | undefined,
    readonly watched: readonly (readonly (string | number)[])[],
  ) {}
}

/** A module, such as `Math`, `String` or a collection, found by its name. */
export abstract class Module {
  abstract readonly name: string;
  /** The enclosing module, if it is not global. */
  readonly parent: Module | undefined;
  abstract readonly table: Table;
  /** Whether a value is of this module's type, as tested by `isa`. */
  abstract contains(value: Value): boolean;
}

/** The number of parameters of a function. */
export interface Arity {
  /** The accepted numbers, or the minimum if it is variadic. */
  readonly counts: readonly number[];
  readonly variable: boolean;
}

/** A callable value. */
export abstract class FunctionValue {
  abstract readonly arity: Arity;
  abstract call(context: Context, args: readonly Value[]): Value;
}

export type Variables = Scope | undefined;
/** A variable and the enclosing variables. */
export interface Scope {
  readonly name: string;
  readonly value: Value;
  readonly outer: Variables;
}

/** A named function, from the library or user-defined. */
export abstract class NamedFunction extends FunctionValue {
  abstract readonly name: string;
  /** The value that it belongs to. */
  abstract readonly callee: Value | undefined;
}

/** An anonymous function. */
export class LambdaValue extends FunctionValue {
  readonly arity: Arity;
  constructor(
    readonly parameters: readonly (string | undefined)[],
    readonly variadic: { readonly name: string | undefined } | undefined,
    readonly body: Expression,
    readonly closure: Variables,
  ) {
    super();
    this.arity = { counts: [parameters.length], variable: variadic !== undefined };
  }

  override call(context: Context, args: readonly Value[]): Value {
    return context.evaluateBody(this, args);
  }
}

export const accepts = ({ counts, variable }: Arity, count: number): boolean =>
  variable ? count >= (counts[0] as number) : counts.includes(count);

/** The number of parameters of a function, as in errors. */
export function arityText({ counts, variable }: Arity, word = 'argument'): string {
  const [first] = counts as [number];
  if (variable) {
    if (first === 0) return `any number of ${word}s`;
    return `at least ${first} ${word}${first === 1 ? '' : 's'}`;
  }
  if (counts.length > 1) {
    const sorted = [...counts].sort((a, b) => a - b);
    return `${sorted.slice(0, -1).join(', ')} or ${sorted.at(-1)} ${word}s`;
  }
  if (first === 0) return `no ${word}s`;
  return `exactly ${first} ${word}${first === 1 ? '' : 's'}`;
}

export const isNumeric = (value: Value): value is Numeric =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof Double;

export const isArray = (value: Value): value is readonly Value[] => Array.isArray(value);

const MIN_INT = -(2 ** 31);
const MAX_INT = 2 ** 31 - 1;
const MIN_LONG = -(2n ** 63n);
const MAX_LONG = 2n ** 63n - 1n;

/** An integer of any size as an Int, a Long or a Double, the first that fits. */
export function integerValue(value: bigint): Numeric {
  if (value >= BigInt(MIN_INT) && value <= BigInt(MAX_INT)) return Number(value);
  return value >= MIN_LONG && value <= MAX_LONG ? value : new Double(Number(value));
}

export const isInt = (value: number): boolean => Number.isInteger(value) && value >= MIN_INT && value <= MAX_INT;

export const toDouble = (value: Numeric): number =>
  typeof value === 'number' ? value : value instanceof Double ? value.value : Number(value);

/** The name of a value's type in errors. */
export function typeName(value: Value): string {
  switch (typeof value) {
    case 'number':
      return 'Int';
    case 'bigint':
      return 'Long';
    case 'string':
      return 'String';
    case 'boolean':
      return 'Boolean';
  }
  if (isArray(value)) return 'Array<Any>';
  if (value instanceof Double) return 'Double';
  if (value instanceof Null) return 'Null';
  if (value instanceof Struct) return '{ *: Any }';
  if (value instanceof Doc) return 'Doc';
  if (value instanceof Id) return 'ID';
  if (value instanceof Time) return 'Time';
  if (value instanceof DateValue) return 'Date';
  if (value instanceof TransactionTime) return 'TransactionTime';
  if (value instanceof Bytes) return 'Bytes';
  if (value instanceof Uuid) return 'UUID';
  if (value instanceof SetValue) return 'Set<Any>';
  if (value instanceof SetCursor) return 'SetCursor';
  if (value instanceof EventSource) return 'EventSource<Any>';
  if (value instanceof Module) return value.name;
  if (value instanceof LambdaValue) return 'Lambda';
  return 'Function';
}

export { Bytes, DateValue, Ref, Time, TransactionTime, Uuid };
