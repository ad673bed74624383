import type { QueryContext } from '../../query/context.js';
import { invalidEffect } from '../../values/errors.js';
import { objectOf } from '../../values/objects.js';
import { at, type Position } from '../../values/position.js';
import type { Effect, Value } from '../../values/values.js';
import { allows, type Bindings, type Expression, type FreeVariables, freeOf, strongest } from './expression.js';
import type { Form } from './form.js';
import { LambdaExpression } from './lambda.js';

/** A call of a built-in function: its arguments are evaluated and cast in the order of the form's keys. */
export class Call implements Expression {
  readonly free: FreeVariables;
  readonly effect: Effect;
  readonly #places: readonly (Position | undefined)[];

  /** @param args one for each of the form's parameters; `undefined` if it is omitted. */
  constructor(
    readonly form: Form,
    readonly args: readonly (Expression | undefined)[],
    readonly position: Position | undefined,
  ) {
    const given = args.filter((a) => a !== undefined);
    this.free = freeOf(given);
    const effects = args.map((a, i) => {
      if (a === undefined) return 'pure';
      const isApplied = a instanceof LambdaExpression && !form.parameters[i]![1].isKept;
      return isApplied ? a.body.effect : a.effect;
    });
    this.effect = strongest([form.effect, ...effects]);
    this.#places = form.parameters.map(([name]) => at(position, name));
  }

  evaluate(context: QueryContext, bindings: Bindings | undefined): Value {
    const { form, args } = this;
    if (!allows(context.effectLimit.effect, form.effect)) {
      throw invalidEffect(form.effect as 'read' | 'write', context.effectLimit.reason, this.position);
    }
    context.budget.spend();
    const values: Record<string, unknown> = {};
    for (let i = 0; i < args.length; i++) {
      const arg = args[i];
      if (arg === undefined) continue;
      const [name, { cast }] = form.parameters[i]!;
      values[name] = cast(arg.evaluate(context, bindings), this.#places[i], context);
    }
    return form.apply(values as never, context, this.position);
  }

  literal(): Value {
    return objectOf(Object.fromEntries(this.form.parameters.map(([name], i) => [name, this.args[i]?.literal()])));
  }
}
