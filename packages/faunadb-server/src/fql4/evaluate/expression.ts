import type { QueryContext } from '../../query/context.js';
import { Failure, type FqlError } from '../../values/failure.js';
import { objectOf } from '../../values/objects.js';
import type { Position } from '../../values/position.js';
import type { Effect } from '../../values/values.js';
import { ObjectValue, type UnresolvedRef, type Value } from '../../values/values.js';

/** The variables in scope, the innermost first. */
export interface Bindings {
  readonly name: string;
  readonly value: Value;
  readonly outer: Bindings | undefined;
}

/** The free variables of an expression, each with the places of its use. */
export type FreeVariables = ReadonlyMap<string, readonly (Position | undefined)[]>;

export const NO_VARIABLES: FreeVariables = new Map();

/** A node of a parsed query. It is immutable and independent of any evaluation. */
export interface Expression {
  readonly free: FreeVariables;
  /** The strongest effect that its evaluation may have. */
  readonly effect: Effect;
  evaluate(context: QueryContext, bindings: Bindings | undefined): Value;
  /** Its wire form as data: how a stored or returned lambda shows its body. */
  literal(): Value;
}

const STRENGTH: Readonly<Record<Effect, number>> = { pure: 0, read: 1, write: 2 };

/** Whether a limit permits an effect. */
export function allows(limit: Effect, effect: Effect): boolean {
  return STRENGTH[limit] >= STRENGTH[effect];
}

export function strongest(effects: Iterable<Effect>): Effect {
  let result: Effect = 'pure';
  for (const effect of effects) if (!allows(result, effect)) result = effect;
  return result;
}

export function strongestOf(expressions: readonly Expression[]): Effect {
  return strongest(expressions.map((e) => e.effect));
}

/** The free variables of several expressions, except those in `bound`. */
export function freeOf(expressions: readonly Expression[], bound?: ReadonlySet<string>): FreeVariables {
  let result: Map<string, readonly (Position | undefined)[]> | undefined;
  for (const { free } of expressions) {
    for (const [name, places] of free) {
      if (bound?.has(name)) continue;
      result ??= new Map();
      result.set(name, [...(result.get(name) ?? []), ...places]);
    }
  }
  return result ?? NO_VARIABLES;
}

/** A literal value in the query. */
export class Constant implements Expression {
  readonly free = NO_VARIABLES;
  readonly effect = 'pure';

  constructor(readonly value: Value) {}

  evaluate(): Value {
    return this.value;
  }

  literal(): Value {
    return this.value;
  }
}

/** A ref written as `@ref`. It is resolved when it is evaluated. */
export class RefLiteral implements Expression {
  readonly free = NO_VARIABLES;
  readonly effect = 'pure';

  constructor(
    readonly ref: UnresolvedRef,
    readonly resolve: (context: QueryContext, ref: UnresolvedRef) => Value,
  ) {}

  evaluate(context: QueryContext): Value {
    return this.resolve(context, this.ref);
  }

  literal(): Value {
    return this.ref;
  }
}

export class ArrayExpression implements Expression {
  readonly free: FreeVariables;
  readonly effect: Effect;

  constructor(readonly elements: readonly Expression[]) {
    this.free = freeOf(elements);
    this.effect = strongestOf(elements);
  }

  evaluate(context: QueryContext, bindings: Bindings | undefined): Value {
    return evaluateAll(this.elements, context, bindings);
  }

  literal(): Value {
    return this.elements.map((e) => e.literal());
  }
}

export type Field = readonly [name: string, value: Expression];

/** `{ object: { … } }`; or, with `quoted`, the data of a `quote`, an `@obj` or another escape, which is its own literal. */
export class ObjectExpression implements Expression {
  readonly free: FreeVariables;
  readonly effect: Effect;

  readonly #values: readonly Expression[];

  constructor(
    readonly fields: readonly Field[],
    readonly quoted = false,
  ) {
    this.#values = fields.map(([, value]) => value);
    this.free = freeOf(this.#values);
    this.effect = strongestOf(this.#values);
  }

  evaluate(context: QueryContext, bindings: Bindings | undefined): Value {
    const values = evaluateAll(this.#values, context, bindings);
    const fields = new Map<string, Value>();
    for (let i = 0; i < values.length; i++) fields.set(this.fields[i]![0], values[i] as Value);
    return new ObjectValue(fields);
  }

  literal(): Value {
    const fields = new ObjectValue(new Map(this.fields.map(([name, value]) => [name, value.literal()])));
    return this.quoted ? fields : objectOf({ object: fields });
  }
}

/**
 * Evaluates several expressions and reports the errors of all. Written without callbacks, since nested queries recurse here
 * and every stack frame counts.
 */
function evaluateAll(
  expressions: readonly Expression[],
  context: QueryContext,
  bindings: Bindings | undefined,
): readonly Value[] {
  const values: Value[] = new Array(expressions.length);
  for (let i = 0; i < expressions.length; i++) {
    try {
      values[i] = expressions[i]!.evaluate(context, bindings);
    } catch (error) {
      if (!(error instanceof Failure) || isUnreadable(error)) throw error;
      throw new Failure([...error.errors, ...errorsOf(expressions.slice(i + 1), context, bindings)]);
    }
  }
  return values;
}

/** Evaluates expressions only for their errors. @throws {Failure} the first that makes the query unreadable. */
function errorsOf(
  expressions: readonly Expression[],
  context: QueryContext,
  bindings: Bindings | undefined,
): readonly FqlError[] {
  const errors: FqlError[] = [];
  for (const expression of expressions) {
    try {
      expression.evaluate(context, bindings);
    } catch (error) {
      if (!(error instanceof Failure) || isUnreadable(error)) throw error;
      errors.push(...error.errors);
    }
  }
  return errors;
}

/** Whether an error found only here makes the query unreadable. The real server reports such errors first. */
function isUnreadable({ errors }: Failure): boolean {
  return errors.some(({ rank }) => rank === 'parse');
}
