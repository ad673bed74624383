import { valueAt } from '../../model/documents/select.js';
import type { QueryContext } from '../../query/context.js';
import { unresolvedRef, valueNotFound, wrongType } from '../../values/errors.js';
import { objectOf } from '../../values/objects.js';
import { at, type Position } from '../../values/position.js';
import type { Effect } from '../../values/values.js';
import { ObjectValue, UnresolvedRef, type Value } from '../../values/values.js';
import { boolean, path as pathCast, transactionTime } from './casts.js';
import {
  type Bindings,
  type Expression,
  type Field,
  type FreeVariables,
  freeOf,
  strongest,
  strongestOf,
} from './expression.js';

// The forms that decide which of their parts are evaluated, or in which context.

export class Variable implements Expression {
  readonly free: FreeVariables;
  readonly effect = 'pure';

  constructor(
    readonly name: string,
    position: Position | undefined,
  ) {
    this.free = new Map([[name, [position]]]);
  }

  evaluate(_context: QueryContext, bindings: Bindings | undefined): Value {
    for (let b = bindings; b !== undefined; b = b.outer) if (b.name === this.name) return b.value;
    throw new Error(`the variable ${this.name} was not bound, though parsing found it so`);
  }

  literal(): Value {
    return objectOf({ var: this.name });
  }
}

/** Binds names one after the other; each value may use the earlier ones. */
export class Let implements Expression {
  readonly free: FreeVariables;
  readonly effect: Effect;

  constructor(
    readonly bindings: readonly Field[],
    readonly body: Expression,
  ) {
    const parts: { free: FreeVariables; effect: Effect }[] = [];
    const bound = new Set<string>();
    for (const [name, value] of bindings) {
      parts.push({ free: freeOf([value], bound), effect: value.effect });
      bound.add(name);
    }
    parts.push({ free: freeOf([body], bound), effect: body.effect });
    this.free = freeOf(parts as Expression[]);
    this.effect = strongest(parts.map((p) => p.effect));
  }

  evaluate(context: QueryContext, outer: Bindings | undefined): Value {
    let bindings = outer;
    for (const [name, value] of this.bindings) {
      bindings = { name, value: value.evaluate(context, bindings), outer: bindings };
    }
    return this.body.evaluate(context, bindings);
  }

  literal(): Value {
    const bindings = this.bindings.map(([name, value]) => [name, value.literal()] as const);
    const byName = new Map(bindings);
    // If a name is bound twice, bindings must be written in their other form.
    const written =
      byName.size === bindings.length
        ? new ObjectValue(byName)
        : bindings.map(([name, value]) => objectOf({ [name]: value }));
    return objectOf({ let: written, in: this.body.literal() });
  }
}

export class If implements Expression {
  readonly free: FreeVariables;
  readonly effect: Effect;

  constructor(
    readonly condition: Expression,
    readonly yes: Expression,
    readonly no: Expression,
    readonly position: Position | undefined,
  ) {
    this.free = freeOf([condition, yes, no]);
    this.effect = strongestOf([condition, yes, no]);
  }

  evaluate(context: QueryContext, bindings: Bindings | undefined): Value {
    const condition = boolean(this.condition.evaluate(context, bindings), at(this.position, 'if'), context);
    return (condition ? this.yes : this.no).evaluate(context, bindings);
  }

  literal(): Value {
    return new ObjectValue(
      new Map([
        ['if', this.condition.literal()],
        ['then', this.yes.literal()],
        ['else', this.no.literal()],
      ]),
    );
  }
}

/** `and` and `or`, which stop at the first decisive operand. */
export class Junction implements Expression {
  readonly free: FreeVariables;
  readonly effect: Effect;

  constructor(
    readonly kind: 'and' | 'or',
    readonly operands: readonly Expression[],
    readonly position: Position | undefined,
  ) {
    this.free = freeOf(operands);
    this.effect = strongestOf(operands);
  }

  evaluate(context: QueryContext, bindings: Bindings | undefined): Value {
    const decisive = this.kind === 'or';
    for (const [i, operand] of this.operands.entries()) {
      const value = operand.evaluate(context, bindings);
      if (typeof value !== 'boolean') throw wrongType(['Boolean'], value, at(at(this.position, this.kind), i));
      if (value === decisive) return decisive;
    }
    return !decisive;
  }

  literal(): Value {
    return objectOf({ [this.kind]: this.operands.map((o) => o.literal()) });
  }
}

export class Do implements Expression {
  readonly free: FreeVariables;
  readonly effect: Effect;

  constructor(readonly expressions: readonly Expression[]) {
    this.free = freeOf(expressions);
    this.effect = strongestOf(expressions);
  }

  evaluate(context: QueryContext, bindings: Bindings | undefined): Value {
    let last: Value = null;
    for (const expression of this.expressions) last = expression.evaluate(context, bindings);
    return last;
  }

  literal(): Value {
    return objectOf({ do: this.expressions.map((e) => e.literal()) });
  }
}

/** Evaluates an expression on the state at another time. */
export class At implements Expression {
  readonly free: FreeVariables;
  readonly effect: Effect;

  constructor(
    readonly time: Expression,
    readonly body: Expression,
    readonly position: Position | undefined,
  ) {
    this.free = freeOf([time, body]);
    this.effect = strongestOf([time, body]);
  }

  evaluate(context: QueryContext, bindings: Bindings | undefined): Value {
    const time = transactionTime(this.time.evaluate(context, bindings), at(this.position, 'at'), context);
    const micros = time === undefined ? undefined : floorMicros(time.nanos);
    // A future time means the current state.
    if (micros !== undefined && micros > context.snapshotTime) return this.body.evaluate(context, bindings);
    const validTime = micros === context.snapshotTime ? undefined : micros;
    return this.body.evaluate(context.with({ validTime }), bindings);
  }

  literal(): Value {
    return objectOf({ at: this.time.literal(), expr: this.body.literal() });
  }
}

function floorMicros(nanos: bigint): bigint {
  return (nanos - (((nanos % 1000n) + 1000n) % 1000n)) / 1000n;
}

/** `select`, whose default is evaluated only if nothing is found. */
export class Select implements Expression {
  readonly free: FreeVariables;
  readonly effect: Effect;

  constructor(
    readonly name: 'select' | 'select_all' | 'select_as_index',
    readonly path: Expression,
    readonly from: Expression,
    readonly all: Expression | undefined,
    readonly fallback: Expression | undefined,
    readonly position: Position | undefined,
  ) {
    const parts = [path, from, all, fallback].filter((p) => p !== undefined);
    this.free = freeOf(parts);
    this.effect = strongestOf(parts);
  }

  evaluate(context: QueryContext, bindings: Bindings | undefined): Value {
    const path = this.path.evaluate(context, bindings);
    const from = this.from.evaluate(context, bindings);
    const all = this.all === undefined ? this.name !== 'select' : this.all.evaluate(context, bindings);
    const steps = pathCast(path, at(this.position, this.name), context);
    const collects = boolean(all, at(this.position, 'all'), context);
    if (from instanceof UnresolvedRef) throw unresolvedRef(from, at(this.position, 'from'));
    const found = valueAt(context, from, steps, collects);
    if (collects) return found === undefined ? [] : Array.isArray(found) ? found : [found];
    if (found !== undefined) return found;
    if (this.fallback !== undefined) return this.fallback.evaluate(context, bindings);
    throw valueNotFound(steps, at(this.position, 'from'));
  }

  literal(): Value {
    return objectOf({
      [this.name]: this.path.literal(),
      from: this.from.literal(),
      all: this.all?.literal(),
      default: this.fallback?.literal(),
    });
  }
}
