import { at } from '../../values/position.js';
import type { Value } from '../../values/values.js';
import { any, iterable, writtenLambda } from '../evaluate/casts.js';
import { elementsOf, foldResult } from '../evaluate/elements.js';
import { type Form, form } from '../evaluate/form.js';

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

/** The general fold; folds with names of their own are in `folds.ts`. */
export const reduceFunctions: readonly Form[] = [reduce];
