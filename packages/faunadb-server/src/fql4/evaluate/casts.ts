import { identifierOf, nativeSet, setOf } from '../../model/sets/native.js';
import type { Budget } from '../../values/budget.js';
import { emptyArray, invalidArgument, unresolvedRef, wrongType } from '../../values/errors.js';
import { Failure, type FqlError } from '../../values/failure.js';
import { NATIVE } from '../../values/ids.js';
import { at, type Position } from '../../values/position.js';
import {
  Action,
  Bytes,
  DateValue,
  Lambda,
  ObjectValue,
  Page,
  Ref,
  SetValue,
  Time,
  TransactionTime,
  UnresolvedRef,
  Uuid,
  type Value,
} from '../../values/values.js';
import type { Cast, Parameter } from './form.js';

/** Makes a cast from a test. The error names `types`; if they include refs, a dangling ref has its own error. */
function castTo<T extends Value>(types: readonly string[], is: (value: Value) => value is T): Cast<T> {
  const takesRefs = types.some((type) => type === 'Set' || type === 'Identifier' || type.endsWith('Ref'));
  return (value, position) => {
    if (is(value)) return value;
    if (takesRefs && value instanceof UnresolvedRef) throw unresolvedRef(value, position);
    throw wrongType(types, value, position);
  };
}

export const any: Cast<Value> = (value) => value;
export const integer = castTo(['Integer'], (v): v is bigint => typeof v === 'bigint');
export const number = castTo(['Number'], (v): v is bigint | number => typeof v === 'bigint' || typeof v === 'number');
export const boolean = castTo(['Boolean'], (v): v is boolean => typeof v === 'boolean');
export const string = castTo(['String'], (v): v is string => typeof v === 'string');
export const nothing = castTo(['Null'], (v): v is null => v === null);
const lambda = castTo(['Lambda'], (v): v is Lambda => v instanceof Lambda);
const isObject = castTo(['Object'], (v): v is ObjectValue => v instanceof ObjectValue);
/** What is stored in a document. All of it is counted, since values that contain each other repeatedly may be huge. */
export const object: Cast<ObjectValue> = (value, position, context) => {
  visitAll(value, context.budget);
  return isObject(value, position, context);
};
export const array = castTo(['Array'], (v): v is readonly Value[] => Array.isArray(v));

/** Numbers, strings, times, refs…: everything except arrays, objects and values composed of them. */
export type Scalar = Exclude<Value, readonly Value[] | ObjectValue | Page | SetValue | Lambda>;
export const scalar = castTo(
  ['Scalar'],
  (v): v is Scalar =>
    v === null ||
    typeof v !== 'object' ||
    v instanceof Ref ||
    v instanceof UnresolvedRef ||
    v instanceof Time ||
    v instanceof DateValue ||
    v instanceof TransactionTime ||
    v instanceof Bytes ||
    v instanceof Uuid ||
    v instanceof Action,
);

const refIn = (types: readonly string[], collection: number) =>
  castTo(types, (v): v is Ref => v instanceof Ref && v.collection === collection);

export const ref = castTo(['Ref'], (v): v is Ref => v instanceof Ref);
export const collectionRef = refIn(['Collection Ref'], NATIVE.collections);
export const databaseRef = refIn(['Database Ref'], NATIVE.databases);

/** A name, or a ref; `collection` narrows it to refs of one native collection. */
const nameOrRef = (collection?: number) =>
  castTo(
    ['Identifier'],
    (v): v is string | Ref =>
      typeof v === 'string' || (v instanceof Ref && (collection === undefined || v.collection === collection)),
  );

export const stringOrRef = nameOrRef();
export const stringOrIndexRef = nameOrRef(NATIVE.indexes);
export const stringOrFunctionRef = nameOrRef(NATIVE.functions);

/** A ref or a set; the ref of a native collection stands for the set of its documents. */
export const identifier: Cast<Ref | SetValue> = identifierOf;

export const set: Cast<SetValue> = setOf;

/** Anything that can be iterated: an array, a page or a set. */
export const iterable: Cast<readonly Value[] | Page | SetValue> = (value, position) => {
  if (Array.isArray(value)) return value as readonly Value[];
  if (value instanceof Page || value instanceof SetValue) return value;
  const found = value instanceof Ref ? nativeSet(value) : undefined;
  if (found) return found;
  if (value instanceof UnresolvedRef) throw unresolvedRef(value, position);
  throw wrongType(['Array, Set, or Page'], value, position);
};

export const setOrArray: Cast<readonly Value[] | SetValue> = (value, position, context) => {
  const found = iterable(value, position, context);
  if (found instanceof Page) throw wrongType(['Set', 'Array'], value, position);
  return found;
};

/** µs since 1970 or a time; `undefined` is the transaction's own time. */
export const transactionTime: Cast<Time | undefined> = (value, position) => {
  if (value instanceof TransactionTime) return undefined;
  if (value instanceof Time) return value;
  if (typeof value === 'bigint') return new Time(value * 1000n);
  throw wrongType(['Time'], value, position);
};

/** µs since 1970 or a time. `Time("now")` is the transaction's time. */
export const timestamp: Cast<Time> = (value, position, _context) => {
  if (value instanceof Time) return value;
  if (typeof value === 'bigint') return new Time(value * 1000n);
  throw wrongType(['Time'], value, position);
};

export const temporal: Cast<Time | DateValue> = (value, position, _context) => {
  if (value instanceof Time || value instanceof DateValue) return value;
  throw wrongType(['Temporal'], value, position);
};

/** One step of a path into a value: a field's name, or an element's index. */
export const path: Cast<readonly (string | bigint)[]> = (value, position, context) =>
  zeroOrMore(
    castTo(['String', 'Integer'], (v): v is string | bigint => typeof v === 'string' || typeof v === 'bigint'),
  )(value, position, context);

/** A list of values, or a single value. Errors of its elements are collected. */
export function zeroOrMore<T>(cast: Cast<T>): Cast<readonly T[]> {
  return (value, position, context) => {
    if (!Array.isArray(value)) return [cast(value, position, context)];
    return collect(value as readonly Value[], (element, i) => cast(element, at(position, i), context));
  };
}

/** The same, but not empty. */
export function oneOrMore<T>(cast: Cast<T>): Cast<readonly T[]> {
  const zero = zeroOrMore(cast);
  return (value, position, context) => {
    const values = zero(value, position, context);
    if (values.length === 0) throw emptyArray(position);
    return values;
  };
}

/** Null, or what `cast` accepts; the error then says that null is allowed too. */
export function nullable<T>(cast: Cast<T>): Cast<T | null> {
  return (value, position, context) => {
    if (value === null) return null;
    try {
      return cast(value, position, context);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw new Failure(
        error.errors.map((e) =>
          e.code === 'invalid argument'
            ? { ...e, description: e.description.replace(/^(.*) expected, /, '$1 or Null expected, ') }
            : e,
        ),
      );
    }
  };
}

/** A lambda in its wire form, not one that an expression returns. */
export const writtenLambda: Parameter<Lambda> = { cast: lambda, optional: false, syntax: 'lambda' };

function visitAll(value: Value, budget: Budget): void {
  budget.visit();
  if (Array.isArray(value)) for (const element of value as readonly Value[]) visitAll(element, budget);
  else if (value instanceof ObjectValue) for (const field of value.fields.values()) visitAll(field, budget);
}

/** Maps all values and throws all their errors together. */
export function collect<T, R>(values: readonly T[], map: (value: T, index: number) => R): R[] {
  const results: R[] = new Array(values.length);
  let errors: FqlError[] | undefined;
  for (let i = 0; i < values.length; i++) {
    try {
      results[i] = map(values[i] as T, i);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      errors = errors === undefined ? [...error.errors] : [...errors, ...error.errors];
    }
  }
  if (errors !== undefined) throw new Failure(errors);
  return results;
}

/** Rejects a lambda whose number of parameters differs from the number of arguments. */
export function arityMismatch(expected: number, provided: number, position: Position | undefined): Failure {
  return invalidArgument(`Lambda expects an array with ${expected} elements. Array contains ${provided}.`, position);
}
