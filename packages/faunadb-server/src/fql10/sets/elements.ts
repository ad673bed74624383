import type { Context } from '../evaluate/context.js';
import type { SetValue, Value } from '../evaluate/values.js';
import { elementsOf, type PagedValue } from './set.js';

/** The elements of a set as values, one after another. */
export function* elements(context: Context, set: SetValue): Generator<Value> {
  for (const { value } of elementsOf(context, set as PagedValue)) yield value;
}
