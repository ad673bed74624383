import { any, iterable, writtenLambda } from '../casts.js';
import { elementsOf, foldResult } from '../elements.js';
import { type Form, form } from '../form.js';
import { at } from '../position.js';
import type { Value } from '../values.js';

const reduce = form(
  'read',
  { reduce: writtenLambda, initial: any, collection: iterable },
  ({ reduce, initial, collection }, context, position) => {
    const place = at(position, 'reduce');
    let result: Value = initial;
    for (const element of elementsOf(context, collection, place)) {
      result = context.apply(reduce, [result, element], place);
    }
    return foldResult(collection, result);
  },
);

/** The general fold; those with names of their own are in `folds.ts`. */
export const reduceFunctions: readonly Form[] = [reduce];
