import { binaryOf, bitLength, toDouble } from './binary.js';
import { type Fixed, fromFixed, ONE, PRECISION, quotient, timesDouble, toFixed } from './fixed-point.js';
import { floorDivide } from './integer64.js';

/** Beyond this, e^x overflows or underflows. */
const MAX_EXPONENT = 750;
/** Integers up to here are raised exactly, since a result halfway between two doubles could be rounded wrongly. */
const MAX_EXACT_POWER = 64;

/** e raised to a power, rounded correctly. */
export function exp(x: number): number {
  // Also handles NaN and infinities.
  return Math.abs(x) <= MAX_EXPONENT ? expOfFixed(toFixed(x)) : Math.exp(x);
}

/** The natural logarithm, rounded correctly. */
export function ln(x: number): number {
  return isPositive(x) ? fromFixed(logarithm(x)) : Math.log(x);
}

/** The logarithm to base 10, rounded correctly. */
export function log10(x: number): number {
  return isPositive(x) ? fromFixed(quotient(logarithm(x), LN_10)) : Math.log10(x);
}

/** A number raised to a power, rounded correctly; the special values are those of `Math.pow`. */
export function pow(x: number, y: number): number {
  const base = Math.abs(x);
  const isSpecial = x === 0 || y === 0 || !Number.isFinite(x) || !Number.isFinite(y) || (x < 0 && !Number.isInteger(y));
  if (isSpecial || Math.abs(y * Math.log(base)) > MAX_EXPONENT) return x ** y;
  const isExact = Number.isInteger(y) && Math.abs(y) <= MAX_EXACT_POWER;
  const power = isExact ? integerPower(base, y) : expOfFixed(timesDouble(logarithm(base), y));
  return x < 0 && y % 2 !== 0 ? -power : power;
}

function isPositive(x: number): boolean {
  return x > 0 && Number.isFinite(x);
}

/** e^x = 2^power × e^rest, with a small rest, so that its series converges fast. */
function expOfFixed(x: Fixed): number {
  const power = floorDivide(2n * x + LN_2, 2n * LN_2);
  const rest = x - power * LN_2;
  let sum = 0n;
  let term = ONE;
  for (let n = 1n; term !== 0n; n++) {
    sum += term;
    term = (term * rest) / (ONE * n);
  }
  return fromFixed(sum, Number(power));
}

/** ln (m × 2^n) = 2 artanh ((m - 1) / (m + 1)) + n ln 2, with m between 2/3 and 4/3. */
function logarithm(x: number): Fixed {
  const { mantissa, power } = binaryOf(x);
  const length = bitLength(mantissa);
  const one = 1n << BigInt(length);
  const isLarge = 3n * mantissa > 2n * one;
  const scaled = isLarge ? mantissa : 2n * mantissa;
  const exponent = BigInt(power + length - (isLarge ? 0 : 1));
  return 2n * inverseHyperbolicTangent(scaled - one, scaled + one) + exponent * LN_2;
}

/** The sum of z^n / n over all odd n, with z = `numerator` / `denominator`. */
function inverseHyperbolicTangent(numerator: bigint, denominator: bigint): Fixed {
  const square = numerator * numerator;
  const divisor = denominator * denominator;
  let power = (ONE * numerator) / denominator;
  let sum = 0n;
  for (let n = 1n; power !== 0n; n += 2n) {
    sum += power / n;
    power = (power * square) / divisor;
  }
  return sum;
}

function integerPower(base: number, exponent: number): number {
  const { mantissa, power } = binaryOf(base);
  const raised = mantissa ** BigInt(Math.abs(exponent));
  if (exponent > 0) return toDouble({ mantissa: raised, power: power * exponent });
  const places = bitLength(raised) + PRECISION;
  return toDouble({ mantissa: (1n << BigInt(places)) / raised, power: power * exponent - places });
}

const LN_2 = 2n * inverseHyperbolicTangent(1n, 3n);
const LN_10 = logarithm(10);
