import type {
  Action,
  Bytes,
  Cursor,
  DateValue,
  DocumentEvent,
  Lambda,
  ObjectValue,
  Page,
  Ref,
  SetEvent,
  SetValue,
  Time,
  TransactionTime,
  UnresolvedRef,
  Uuid,
  Value,
  Version,
} from './values.js';

/** The type of the values of each kind. */
export interface ValuesByKind {
  readonly null: null;
  readonly boolean: boolean;
  readonly integer: bigint;
  readonly double: number;
  readonly string: string;
  readonly array: readonly Value[];
  readonly object: ObjectValue;
  readonly bytes: Bytes;
  readonly uuid: Uuid;
  readonly time: Time;
  readonly date: DateValue;
  readonly transactionTime: TransactionTime;
  readonly ref: Ref;
  readonly unresolvedRef: UnresolvedRef;
  readonly set: SetValue;
  readonly lambda: Lambda;
  readonly page: Page;
  readonly version: Version;
  readonly documentEvent: DocumentEvent;
  readonly setEvent: SetEvent;
  readonly cursor: Cursor;
  readonly action: Action;
}

export type Kind = keyof ValuesByKind;

/** The kind of a value. */
export function kindOf(value: Value): Kind {
  // Check objects first: they are the most common.
  if (typeof value === 'object' && value !== null) {
    return Array.isArray(value) ? 'array' : (value as Exclude<typeof value, readonly Value[]>).kind;
  }
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'bigint':
      return 'integer';
    case 'number':
      return 'double';
    case 'boolean':
      return 'boolean';
  }
  return 'null';
}

/** A function for each kind of value, with two optional further arguments. */
export type Cases<Result, A = undefined, B = undefined> = {
  readonly [K in Kind]: (value: ValuesByKind[K], a: A, b: B) => Result;
};

/**
 * Calls the case for a value's kind. A missing case does not compile.
 *
 * @param a passed to the case, as is `b`, so that `cases` can be a constant.
 * @example
 * const NAMES: Cases<string> = { null: () => 'Null', boolean: () => 'Boolean', … };
 * match(value, NAMES);
 */
export function match<Result>(value: Value, cases: Cases<Result>): Result;
export function match<Result, A>(value: Value, cases: Cases<Result, A>, a: A): Result;
export function match<Result, A, B>(value: Value, cases: Cases<Result, A, B>, a: A, b: B): Result;
export function match<Result, A, B>(value: Value, cases: Cases<Result, A, B>, a?: A, b?: B): Result {
  return (cases[kindOf(value)] as (value: Value, a?: A, b?: B) => Result)(value, a, b);
}

/** A function for two values of the same kind. */
export type PairCases<Result, A = undefined> = {
  readonly [K in Kind]: (value: ValuesByKind[K], other: ValuesByKind[K], a: A) => Result;
};

/** Calls the case for two values of one kind; returns `otherwise` if their kinds differ. */
export function matchPair<Result, A>(
  value: Value,
  other: Value,
  cases: PairCases<Result, A>,
  otherwise: Result,
  a: A,
): Result {
  const kind = kindOf(value);
  if (kind !== kindOf(other)) return otherwise;
  return (cases[kind] as (value: Value, other: Value, a: A) => Result)(value, other, a);
}
