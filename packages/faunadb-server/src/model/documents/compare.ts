import { storable } from '../../model/documents/storable.js';
import { compareValues } from '../../storage/order.js';
import type { Value } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';

/** Comparing a character of a long string takes as long as making one. Most strings are short. */
const SHORT = 256;
const COLLATED = 16;

/** FaunaDB's order of any two values: the order of an index. */
export function compare(context: ModelContext, a: Value, b: Value): number {
  for (const value of [a, b]) {
    if (typeof value === 'string' && value.length > SHORT) context.budget.work(COLLATED * value.length);
  }
  return compareValues(storable(context, a), storable(context, b));
}
