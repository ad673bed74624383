import type { QueryContext } from '../../query/context.js';
import type { Position } from '../../values/position.js';
import type { Effect, Value } from '../../values/values.js';
import type { Availability } from '../wire/language-version.js';

/** Converts an evaluated argument to a parameter's type, or throws a `Failure` that says what was expected. */
export type Cast<T> = (value: Value, position: Position | undefined, context: QueryContext) => T;

/**
 * A parameter of a form: its cast, whether it may be omitted, and its syntax: any expression, only a lambda in its wire
 * form (`lambda`), or preferably a lambda (`lambda or expression`).
 */
export interface Parameter<T> {
  readonly cast: Cast<T>;
  readonly optional: boolean;
  readonly syntax: 'expression' | 'lambda' | 'lambda or expression';
  /** Whether a lambda written here is kept as a value; other functions apply theirs. */
  readonly isKept?: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: stands for the parameters of any form; each form's own are checked.
type Parameters = Readonly<Record<string, Cast<any> | Parameter<any> | OptionalParameter<any>>>;

/** A parameter that may be omitted. */
export interface OptionalParameter<T> extends Parameter<T> {
  readonly optional: true;
}

export type Arguments<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends Cast<infer T>
    ? T
    : P[K] extends OptionalParameter<infer T>
      ? T | undefined
      : P[K] extends Parameter<infer T>
        ? T
        : never;
};

/** A function of the language in its wire form: `{ "findstr": …, "find": …, "start": … }`. */
export interface Form extends Availability {
  /** Its keys; the first is its name. */
  readonly parameters: readonly (readonly [name: string, Parameter<unknown>])[];
  readonly effect: Effect;
  readonly apply: (args: never, context: QueryContext, position: Position | undefined) => Value;
}

/** Declares an optional argument. */
export function optional<T>(cast: Cast<T>): OptionalParameter<T> {
  return { cast, optional: true, syntax: 'expression' };
}

/**
 * Declares a function whose arguments are all evaluated, then cast, before it is applied. Evaluation errors of several
 * arguments are collected in one `Failure`; an argument's position is the form's plus its key.
 *
 * @example
 * export const findStr = form('pure', { findstr: string, find: string, start: optional(integer) },
 *   ({ findstr, find, start }, context, position) => …);
 */
export function form<P extends Parameters>(
  effect: Effect,
  parameters: P,
  apply: (args: Arguments<P>, context: QueryContext, position: Position | undefined) => Value,
): Form {
  return {
    effect,
    parameters: Object.entries(parameters).map(([name, p]) => [
      name,
      typeof p === 'function' ? { cast: p, optional: false, syntax: 'expression' } : p,
    ]),
    apply: apply as Form['apply'],
  };
}

/** Declares which versions of the language have a function. */
export function only(availability: Availability, form: Form): Form {
  return { ...form, ...availability };
}
