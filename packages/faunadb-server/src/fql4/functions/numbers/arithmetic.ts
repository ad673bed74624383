import { wrap } from '@supertokens-faunadb/java/numbers';
import { divideByZero } from '../../../values/errors.js';
import type { Position } from '../../../values/position.js';
import { number, oneOrMore } from '../../evaluate/casts.js';
import { type Form, form } from '../../evaluate/form.js';

type Numeric = bigint | number;
type OfIntegers = (a: bigint, b: bigint) => bigint;
type OfDoubles = (a: number, b: number) => number;

/**
 * A function that folds numbers from the left: the result is an integer, wrapped to 64 bits, while all are integers, and a
 * double from the first double on.
 */
function arithmetic(key: string, ofIntegers: OfIntegers, ofDoubles: OfDoubles, isDivision = false): Form {
  const combine = (a: Numeric, b: Numeric, position: Position | undefined): Numeric => {
    if (isDivision && Number(b) === 0) throw divideByZero(position);
    return typeof a === 'bigint' && typeof b === 'bigint' ? wrap(ofIntegers(a, b)) : ofDoubles(Number(a), Number(b));
  };
  return form('pure', { [key]: oneOrMore(number) }, ({ [key]: numbers }, _, position) =>
    numbers!.reduce((a, b) => combine(a, b, position)),
  );
}

/** Addition, subtraction, multiplication, division and remainder of any number of numbers, from the left. */
export const arithmeticFunctions: readonly Form[] = [
  arithmetic(
    'add',
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  arithmetic(
    'subtract',
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  arithmetic(
    'multiply',
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  arithmetic(
    'divide',
    (a, b) => a / b,
    (a, b) => a / b,
    true,
  ),
  arithmetic(
    'modulo',
    (a, b) => a % b,
    (a, b) => a % b,
    true,
  ),
];
