import { doubleText } from '@supertokens-faunadb/java/numbers';
import { boundsError } from '../../../values/errors.js';
import { number } from '../../evaluate/casts.js';
import { type Form, form } from '../../evaluate/form.js';

/**
 * A function with a correctly rounded result counts as much as creating this many characters: it is computed with many more
 * digits than are shown.
 */
export const ROUNDED = 400;

/** A function of one number that returns a double; `domain` gives the accepted numbers and their description in errors. */
export function ofDouble(
  key: string,
  apply: (x: number) => number,
  domain?: { readonly contains: (x: number) => boolean; readonly predicate: string },
  units = 0,
): Form {
  return form('pure', { [key]: number }, ({ [key]: value }, { budget }, position) => {
    budget.work(units);
    const x = Number(value);
    if (domain === undefined || domain.contains(x)) return apply(x);
    throw boundsError(typeof value === 'bigint' ? String(value) : doubleText(x), domain.predicate, position);
  });
}
