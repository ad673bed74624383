import { number } from '../../casts.js';
import { boundsError } from '../../errors.js';
import { type Form, form } from '../../form.js';
import { doubleText } from '../../numbers/double-text.js';

/** A function of one number that gives a double; `domain` says which numbers it takes, and how an error words that. */
export function ofDouble(
  key: string,
  apply: (x: number) => number,
  domain?: { readonly contains: (x: number) => boolean; readonly predicate: string },
): Form {
  return form('pure', { [key]: number }, ({ [key]: value }, _, position) => {
    const x = Number(value);
    if (domain === undefined || domain.contains(x)) return apply(x);
    throw boundsError(typeof value === 'bigint' ? String(value) : doubleText(x), domain.predicate, position);
  });
}
