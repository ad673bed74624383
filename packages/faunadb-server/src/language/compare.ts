import { storable } from '../model/documents/storable.js';
import { compareValues } from '../storage/order.js';
import type { EvalContext } from './context.js';
import type { Value } from './values.js';

/** FaunaDB's order of any two values: that in which an index would hold them. */
export function compare(context: EvalContext, a: Value, b: Value): number {
  return compareValues(storable(context, a), storable(context, b));
}
