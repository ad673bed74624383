// Java's arithmetic on Int, Long and Double.
import { pow, toInteger } from '@supertokens-faunadb/java/numbers';
import { Double, integerValue, type Numeric, toDouble } from './values.js';

/** Java's order of doubles: NaN last, -0 before 0. */
export function doubleCompare(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b && a !== 0) return 0;
  const rank = (x: number) => (Number.isNaN(x) ? 2 : Object.is(x, -0) ? 0 : 1);
  return rank(a) - rank(b);
}

const isDouble = (a: Numeric, b: Numeric): boolean => a instanceof Double || b instanceof Double;
const double = (value: number): Double => new Double(value);
const long = (value: Numeric): bigint => (value instanceof Double ? toInteger(value.value) : BigInt(value));
const fitsLong = (value: bigint): boolean => BigInt.asIntN(64, value) === value;

function arithmetic(
  a: Numeric,
  b: Numeric,
  whole: (a: bigint, b: bigint) => bigint,
  real: (a: number, b: number) => number,
): Numeric {
  if (isDouble(a, b)) return double(real(toDouble(a), toDouble(b)));
  if (typeof a === 'number' && typeof b === 'number') {
    const result = real(a, b);
    if (Number.isSafeInteger(result))
      return result >= -2147483648 && result <= 2147483647 ? result + 0 : BigInt(result);
  }
  const result = whole(BigInt(a as number | bigint), BigInt(b as number | bigint));
  // Operands beyond the range of Long are converted to doubles.
  return fitsLong(result) ? integerValue(result) : double(real(toDouble(a), toDouble(b)));
}

export const add = (a: Numeric, b: Numeric): Numeric =>
  arithmetic(
    a,
    b,
    (x, y) => x + y,
    (x, y) => x + y,
  );
export const subtract = (a: Numeric, b: Numeric): Numeric =>
  arithmetic(
    a,
    b,
    (x, y) => x - y,
    (x, y) => x - y,
  );
export const multiply = (a: Numeric, b: Numeric): Numeric =>
  arithmetic(
    a,
    b,
    (x, y) => x * y,
    (x, y) => x * y,
  );

/** The quotient, truncated for integers; `undefined` for a division by zero. */
export function divide(a: Numeric, b: Numeric): Numeric | undefined {
  if (isDouble(a, b)) return double(toDouble(a) / toDouble(b));
  const divisor = long(b);
  return divisor === 0n ? undefined : integerValue(BigInt.asIntN(64, long(a) / divisor));
}

/** The remainder, with the sign of the dividend. */
export function remainder(a: Numeric, b: Numeric): Numeric | undefined {
  if (isDouble(a, b)) return double(toDouble(a) % toDouble(b));
  const divisor = long(b);
  return divisor === 0n ? undefined : integerValue(long(a) % divisor);
}

/** A power of integers with more bits than this cannot be a Long. */
const MAX_POWER_BITS = 1100;

export function power(a: Numeric, b: Numeric): Numeric {
  if (isDouble(a, b)) return double(pow(toDouble(a), toDouble(b)));
  const [base, exponent] = [long(a), long(b)];
  if (exponent === 0n || base === 1n) return 1;
  if (base === -1n) return exponent % 2n === 0n ? 1 : -1;
  if (base === 0n && exponent > 0n) return 0;
  if (exponent > 0n && exponent <= 2147483646n) {
    const bits = BigInt((base < 0n ? -base : base).toString(2).length - 1) * exponent;
    if (bits > MAX_POWER_BITS)
      return double(base < 0n && exponent % 2n === 1n ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
    return integerValue(base ** exponent);
  }
  return double(pow(Number(base), Number(exponent)));
}

export function negate(a: Numeric): Numeric {
  if (a instanceof Double) return double(-a.value);
  // The minimum values have no negation.
  return typeof a === 'number' ? -a | 0 : BigInt.asIntN(64, -a);
}

export const bits = {
  and: (a: Numeric, b: Numeric): Numeric => integerValue(long(a) & long(b)),
  or: (a: Numeric, b: Numeric): Numeric => integerValue(long(a) | long(b)),
  xor: (a: Numeric, b: Numeric): Numeric => integerValue(long(a) ^ long(b)),
  not: (a: Numeric): Numeric => integerValue(~long(a)),
};
