import { collect } from './casts.js';
import type { EvalContext } from './context.js';
import { invalidEffect } from './errors.js';
import {
  allows,
  type Bindings,
  type Expression,
  type FreeVariables,
  freeOf,
  objectOf,
  strongest,
} from './expression.js';
import type { Effect, Form } from './form.js';
import { at, type Position } from './position.js';
import type { Value } from './values.js';

/** A call of one of the language's own functions. All its arguments are evaluated, then cast in the order of their keys. */
export class Call implements Expression {
  readonly free: FreeVariables;
  readonly effect: Effect;
  readonly #given: readonly Expression[];

  /** @param args one for each of the form's parameters; `undefined` where it was left out. */
  constructor(
    readonly form: Form,
    readonly args: readonly (Expression | undefined)[],
    readonly position: Position | undefined,
  ) {
    this.#given = args.filter((a) => a !== undefined);
    this.free = freeOf(this.#given);
    // A lambda given as an argument is applied by the function it is given to.
    const effects = this.#given.map((a) => ('body' in a && 'pattern' in a ? (a.body as Expression).effect : a.effect));
    this.effect = strongest([form.effect, ...effects]);
  }

  evaluate(context: EvalContext, bindings: Bindings | undefined): Value {
    const { form, position } = this;
    if (!allows(context.effectLimit.effect, form.effect)) {
      throw invalidEffect(form.effect as 'read' | 'write', context.effectLimit.reason, position);
    }
    context.budget.spend();
    const values = collect(this.#given, (a) => a.evaluate(context, bindings));
    const args: Record<string, unknown> = {};
    let next = 0;
    for (let i = 0; i < form.parameters.length; i++) {
      if (this.args[i] === undefined) continue;
      const [name, { cast }] = form.parameters[i]!;
      args[name] = cast(values[next++] as Value, at(position, name), context);
    }
    return form.apply(args as never, context, position);
  }

  literal(): Value {
    return objectOf(Object.fromEntries(this.form.parameters.map(([name], i) => [name, this.args[i]?.literal()])));
  }
}
