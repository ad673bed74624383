import type { QueryContext } from '../../../query/context.js';

import type { Position } from '../../../values/position.js';
import type { Form } from '../../evaluate/form.js';

/** A function whose work is counted: a given amount for each character of its strings. */
export function perCharacter(units: number, form: Form): Form {
  const apply = (args: Readonly<Record<string, unknown>>, context: QueryContext, position: Position | undefined) => {
    let size = 0;
    for (const arg of Object.values(args)) size += sizeOf(arg);
    context.budget.work(units * size);
    return form.apply(args as never, context, position);
  };
  return { ...form, apply: apply as Form['apply'] };
}

function sizeOf(arg: unknown): number {
  if (typeof arg === 'string') return arg.length;
  if (!Array.isArray(arg)) return 0;
  return (arg as readonly unknown[]).reduce<number>((size, e) => size + (typeof e === 'string' ? e.length : 0), 0);
}
