import { toInteger } from '@supertokens-faunadb/java/numbers';
import { number, oneOrMore } from '../../evaluate/casts.js';
import { type Form, form } from '../../evaluate/form.js';

type Numeric = bigint | number;

/** A bitwise function of integers; doubles are converted to integers, but make the result a double. */
function bitwise(key: string, combine: (a: bigint, b: bigint) => bigint): Form {
  return form('pure', { [key]: oneOrMore(number) }, ({ [key]: numbers }) =>
    numbers!.reduce((a: Numeric, b: Numeric) => {
      const bits = combine(integerOf(a), integerOf(b));
      return typeof a === 'bigint' && typeof b === 'bigint' ? bits : Number(bits);
    }),
  );
}

function integerOf(value: Numeric): bigint {
  return typeof value === 'bigint' ? value : toInteger(value);
}

/** Bitwise and, or, exclusive or, and complement. */
export const bitFunctions: readonly Form[] = [
  bitwise('bitand', (a, b) => a & b),
  bitwise('bitor', (a, b) => a | b),
  bitwise('bitxor', (a, b) => a ^ b),
  form('pure', { bitnot: number }, ({ bitnot }) => ~integerOf(bitnot)),
];
