import { CallableLambda, type QueryContext } from '../../query/context.js';
import type { ApiVersion } from '../../values/api-version.js';
import { sameValue } from '../../values/equality.js';
import { objectOf } from '../../values/objects.js';
import { at, type Position } from '../../values/position.js';
import type { Effect } from '../../values/values.js';
import { type Lambda, ObjectValue, type Value } from '../../values/values.js';
import { arityMismatch } from './casts.js';
import { type Bindings, type Expression, type FreeVariables, freeOf } from './expression.js';
import { sameExpression } from './expression-equality.js';

/** A parameter list: one name, or an array of names; `undefined` is `_`, which binds nothing. */
export type Pattern = string | undefined | readonly (string | undefined)[];

/** A lambda in its wire form. Evaluation closes over the variables in scope. */
export class LambdaExpression implements Expression {
  readonly free: FreeVariables;
  readonly effect = 'pure';

  constructor(
    readonly pattern: Pattern,
    readonly body: Expression,
    readonly apiVersion: ApiVersion,
  ) {
    const bound = new Set(typeof pattern === 'object' ? pattern : [pattern]);
    bound.delete(undefined);
    this.free = freeOf([body], bound as Set<string>);
  }

  evaluate(_context: QueryContext, bindings: Bindings | undefined): Value {
    return new Closure(this, bindings);
  }

  literal(): Value {
    return objectOf({ lambda: patternLiteral(this.pattern), expr: this.body.literal() });
  }
}

function patternLiteral(pattern: Pattern): Value {
  return typeof pattern === 'object' ? pattern.map((name) => name ?? '_') : (pattern ?? '_');
}

/** An anonymous function with the variables that it closed over. */
export class Closure extends CallableLambda {
  constructor(
    readonly expression: LambdaExpression,
    readonly captured: Bindings | undefined,
  ) {
    super();
  }

  override get arity(): number {
    const { pattern } = this.expression;
    return typeof pattern === 'object' ? pattern.filter((p) => p !== undefined).length : pattern === undefined ? 0 : 1;
  }

  override get takesArray(): boolean {
    return typeof this.expression.pattern === 'object';
  }

  override get effect(): Effect {
    return this.expression.body.effect;
  }

  override literal(): ObjectValue {
    const { pattern, body, apiVersion, free } = this.expression;
    const captured = [...free.keys()].map((name) => [name, lookUp(this.captured, name)] as const);
    const expr =
      captured.length === 0
        ? body.literal()
        : objectOf({ let: new ObjectValue(new Map(captured)), in: body.literal() });
    return objectOf({ api_version: apiVersion, lambda: patternLiteral(pattern), expr });
  }

  /** All variables in scope count here, whether or not the body uses them. */
  override isSame(other: Lambda): boolean {
    if (this === other) return true;
    if (!(other instanceof Closure)) return sameValue(this.literal(), other.literal());
    const [a, b] = [this.expression, other.expression];
    return (
      sameValue(patternLiteral(a.pattern), patternLiteral(b.pattern)) &&
      sameExpression(a.body, b.body) &&
      (this.captured === other.captured || sameValue(valuesOf(this.captured), valuesOf(other.captured)))
    );
  }

  /** The variables that the body sees for an argument. */
  bind(argument: Value, position: Position | undefined): Bindings | undefined {
    const { pattern } = this.expression;
    let outer = this.captured;
    const bind = (name: string | undefined, value: Value) => {
      if (name !== undefined) outer = { name, value, outer };
    };
    if (typeof pattern !== 'object') {
      bind(pattern, argument);
    } else if (Array.isArray(argument)) {
      if (argument.length !== pattern.length) throw arityMismatch(pattern.length, argument.length, position);
      for (const [i, name] of pattern.entries()) bind(name, argument[i] as Value);
    } else if (pattern.length === 1) {
      bind(pattern[0], argument);
    } else {
      throw arityMismatch(pattern.length, 1, position);
    }
    return outer;
  }

  override run(context: QueryContext, argument: Value, position: Position | undefined): Value {
    return this.expression.body.evaluate(context, this.bind(argument, at(position, 'lambda')));
  }
}

function valuesOf(bindings: Bindings | undefined): ObjectValue {
  const values = new Map<string, Value>();
  for (let b = bindings; b !== undefined; b = b.outer) if (!values.has(b.name)) values.set(b.name, b.value);
  return new ObjectValue(values);
}

function lookUp(bindings: Bindings | undefined, name: string): Value {
  for (let b = bindings; b !== undefined; b = b.outer) if (b.name === name) return b.value;
  throw new Error(`the variable ${name} was not captured`);
}
