import type { QueryContext } from '../../query/context.js';
import { at, type Position } from '../../values/position.js';
import type { Effect } from '../../values/values.js';
import { ObjectValue, SetValue, type Value } from '../../values/values.js';
import {
  any,
  collectionRef,
  identifier,
  oneOrMore,
  ref,
  set,
  stringOrIndexRef,
  zeroOrMore,
} from '../evaluate/casts.js';
import type { Bindings, Expression, FreeVariables } from '../evaluate/expression.js';
import { NO_VARIABLES } from '../evaluate/expression.js';
import type { Cast } from '../evaluate/form.js';
import { joinKeys } from '../evaluate/form-table.js';
import { formTable } from '../functions/index.js';
import { asParseError } from './as-parse-error.js';

/** The form of a lambda in a set: `{ lambda, expr, api_version? }`, not an escaped value. */
export const LAMBDA = Symbol('lambda');

/**
 * The kinds of sets that can be written out. The casts of their parts are stricter than those of the functions with the
 * same names.
 */
export const SETS: ReadonlyMap<string, readonly (readonly [string, Cast<unknown> | typeof LAMBDA])[]> = new Map(
  (
    [
      [
        ['match', zeroOrMore(any)],
        ['index', stringOrIndexRef],
      ],
      [
        ['match', stringOrIndexRef],
        ['terms', zeroOrMore(any)],
      ],
      [['match', stringOrIndexRef]],
      [['singleton', ref]],
      [['events', identifier]],
      [['documents', collectionRef]],
      [['union', oneOrMore(set)]],
      [['intersection', oneOrMore(set)]],
      [['difference', oneOrMore(set)]],
      [['distinct', set]],
      [['reverse', set]],
      [
        ['range', set],
        ['from', any],
        ['to', any],
      ],
      [
        ['join', set],
        ['with', LAMBDA],
      ],
      [
        ['filter', LAMBDA],
        ['collection', set],
      ],
    ] as [string, Cast<unknown> | typeof LAMBDA][][]
  ).map((parameters) => [joinKeys(parameters.map(([name]) => name)), parameters]),
);

/** A set written as `@set`: the parts of one of these kinds, as expressions. */
export class SetLiteral implements Expression {
  readonly free: FreeVariables = NO_VARIABLES;
  readonly effect: Effect = 'pure';

  constructor(
    readonly parameters: readonly (readonly [string, Cast<unknown> | typeof LAMBDA])[],
    readonly parts: readonly Expression[],
    readonly position: Position | undefined,
  ) {}

  evaluate(context: QueryContext, bindings: Bindings | undefined): Value {
    return asParseError(() => {
      const args = this.parameters.map(([name, cast], i) => {
        const value = this.parts[i]!.evaluate(context, bindings);
        return [name, cast === LAMBDA ? value : cast(value, at(this.position, name), context)] as const;
      });
      const form = formTable().get(joinKeys(this.parameters.map(([name]) => name)))!;
      return form.apply(Object.fromEntries(args) as never, context, this.position);
    });
  }

  literal(): Value {
    return new WrittenSet(
      new ObjectValue(new Map(this.parameters.map(([name], i) => [name, this.parts[i]!.literal()]))),
    );
  }
}

/** A set in the text of a lambda, whose refs are not resolved yet. */
class WrittenSet extends SetValue {
  readonly #parts: ObjectValue;

  constructor(parts: ObjectValue) {
    super();
    this.#parts = parts;
  }

  override parts(): ObjectValue {
    return this.#parts;
  }
}
