import { wrap } from '@supertokens-faunadb/java/numbers';
import { number } from '../../evaluate/casts.js';
import { type Form, form } from '../../evaluate/form.js';

/** The absolute value and the sign. */
export const signFunctions: readonly Form[] = [
  form('pure', { abs: number }, ({ abs }) => {
    if (typeof abs === 'number') return Math.abs(abs);
    return wrap(abs < 0n ? -abs : abs);
  }),
  // A double that is not negative has the sign 1, including zero and NaN.
  form('pure', { sign: number }, ({ sign }) => {
    if (typeof sign === 'number') return sign < 0 ? -1n : 1n;
    return sign === 0n ? 0n : sign < 0n ? -1n : 1n;
  }),
];
