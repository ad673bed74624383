import { floorDivide } from './integer64.js';

/**
 * Elementary functions rounded correctly, which those of JavaScript are not. The real server's come from its processor's
 * mathematics library, whose last digit is nearly always the right one; so is ours, on any machine.
 *
 * They are computed in fixed point: a `bigint` that counts 2^-`PRECISION`.
 */

const PRECISION = 220;
const ONE = 1n << BigInt(PRECISION);
const MIN_POWER = -1074;
const MANTISSA_BITS = 53;
/** Beyond this, e^x is no finite double, or too small for one. */
const MAX_EXPONENT = 750;
/** Integers up to here are raised to exactly, lest a result half-way between two doubles is rounded wrongly. */
const MAX_EXACT_POWER = 64;
/** Below this, sine and tangent of x are x, and its cosine is 1. */
const TINY = 2 ** -28;
/** Angles below this are reduced with fewer digits of π. */
const LARGE_ANGLE = 2 ** 32;
const EXTRA_BITS = 64;
const EXTRA_BITS_LARGE = 1088;

const double = new Float64Array(1);
const bits = new BigUint64Array(double.buffer);
const quarterTurns = new Map<number, bigint>();

/** e raised to a power. */
export function exp(x: number): number {
  if (!Number.isFinite(x)) return Math.exp(x);
  return Math.abs(x) > MAX_EXPONENT ? Math.exp(x) : expOfFixed(toFixed(x));
}

/** The natural logarithm of a positive number. */
export function ln(x: number): number {
  return x > 0 && Number.isFinite(x) ? toDouble(logarithm(x), -PRECISION) : Math.log(x);
}

/** The logarithm to base 10 of a positive number. */
export function log10(x: number): number {
  if (!(x > 0 && Number.isFinite(x))) return Math.log10(x);
  return toDouble((logarithm(x) << BigInt(PRECISION)) / LN_10, -PRECISION);
}

/** A number raised to a power, with the special values of `Math.pow`. */
export function pow(x: number, y: number): number {
  const base = Math.abs(x);
  const isSpecial = x === 0 || y === 0 || !Number.isFinite(x) || !Number.isFinite(y) || (x < 0 && !Number.isInteger(y));
  if (isSpecial || Math.abs(y * Math.log(base)) > MAX_EXPONENT) return x ** y;
  const power =
    Number.isInteger(y) && Math.abs(y) <= MAX_EXACT_POWER
      ? integerPower(base, y)
      : expOfFixed(multiply(logarithm(base), y));
  return x < 0 && y % 2 !== 0 ? -power : power;
}

/** The sine of an angle in radians. */
export function sin(x: number): number {
  if (!Number.isFinite(x)) return Number.NaN;
  if (Math.abs(x) < TINY) return x;
  const { quadrant, rest } = reduce(x);
  const value = quadrant % 2 === 0 ? sineSeries(rest) : cosineSeries(rest);
  return toDouble(quadrant < 2 ? value : -value, -PRECISION);
}

/** The cosine of an angle in radians. */
export function cos(x: number): number {
  if (!Number.isFinite(x)) return Number.NaN;
  if (Math.abs(x) < TINY) return 1;
  const { quadrant, rest } = reduce(x);
  const value = quadrant % 2 === 0 ? cosineSeries(rest) : sineSeries(rest);
  return toDouble(quadrant === 0 || quadrant === 3 ? value : -value, -PRECISION);
}

/** The tangent of an angle in radians. */
export function tan(x: number): number {
  if (!Number.isFinite(x)) return Number.NaN;
  if (Math.abs(x) < TINY) return x;
  const { quadrant, rest } = reduce(x);
  const [sine, cosine] = [sineSeries(rest), cosineSeries(rest)];
  const value = quadrant % 2 === 0 ? (sine * ONE * ONE) / cosine : (-cosine * ONE * ONE) / sine;
  return toDouble(value, -2 * PRECISION);
}

/** How many quarter turns an angle holds, of the last full turn, and what is left: at most an eighth turn either way. */
function reduce(x: number): { quadrant: number; rest: bigint } {
  const extra = BigInt(Math.abs(x) < LARGE_ANGLE ? EXTRA_BITS : EXTRA_BITS_LARGE);
  const quarter = quarterTurn(PRECISION + Number(extra));
  const angle = toFixed(x) << extra;
  const turns = floorDivide(2n * angle + quarter, 2n * quarter);
  return { quadrant: Number(turns & 3n), rest: (angle - turns * quarter) >> extra };
}

function sineSeries(angle: bigint): bigint {
  return series(angle, -(angle * angle) / ONE, 2n);
}

function cosineSeries(angle: bigint): bigint {
  return series(ONE, -(angle * angle) / ONE, 1n);
}

/** The sum that begins with `first` and goes on by a `factor` and a division by the next two integers, from `divisor`. */
function series(first: bigint, factor: bigint, divisor: bigint): bigint {
  let sum = 0n;
  let term = first;
  for (let n = divisor; term !== 0n && term !== -1n; n += 2n) {
    sum += term;
    term = (term * factor) / (ONE * n * (n + 1n));
  }
  return sum;
}

function expOfFixed(x: bigint): number {
  const power = floorDivide(2n * x + LN_2, 2n * LN_2);
  const rest = x - power * LN_2;
  let sum = 0n;
  let term = ONE;
  for (let n = 1n; term !== 0n; n++) {
    sum += term;
    term = (term * rest) / (ONE * n);
  }
  return toDouble(sum, Number(power) - PRECISION);
}

function logarithm(x: number): bigint {
  const { mantissa, power } = binaryOf(x);
  const length = bitLength(mantissa);
  // The argument of the series lies between 2/3 and 4/3, where it converges fast.
  const half = 1n << BigInt(length);
  const isUpper = 3n * mantissa > 2n * half;
  const scaled = isUpper ? mantissa : 2n * mantissa;
  const exponent = BigInt(power + length - (isUpper ? 0 : 1));
  return 2n * inverseHyperbolicTangent(scaled - half, scaled + half) + exponent * LN_2;
}

function inverseHyperbolicTangent(numerator: bigint, denominator: bigint): bigint {
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

/** A quarter of a turn, π/2, counted in 2^-`precision`, by Machin's formula. */
function quarterTurn(precision: number): bigint {
  const known = quarterTurns.get(precision);
  if (known !== undefined) return known;
  const guard = 32n;
  const one = 1n << (BigInt(precision) + guard);
  const quarter = (8n * inverseTangent(5n, one) - 2n * inverseTangent(239n, one)) >> guard;
  quarterTurns.set(precision, quarter);
  return quarter;
}

/** The arc tangent of 1/`x`. */
function inverseTangent(x: bigint, one: bigint): bigint {
  let sum = 0n;
  let power = one / x;
  for (let n = 1n; power !== 0n; n += 2n) {
    sum += n % 4n === 1n ? power / n : -power / n;
    power /= x * x;
  }
  return sum;
}

function integerPower(base: number, exponent: number): number {
  const { mantissa, power } = binaryOf(base);
  const raised = mantissa ** BigInt(Math.abs(exponent));
  if (exponent > 0) return toDouble(raised, power * exponent);
  const shift = bitLength(raised) + PRECISION;
  return toDouble((1n << BigInt(shift)) / raised, power * exponent - shift);
}

/** The product of a fixed-point number and a double. */
function multiply(fixed: bigint, factor: number): bigint {
  const { mantissa, power } = binaryOf(Math.abs(factor));
  const product = shift(fixed * mantissa, power);
  return factor < 0 ? -product : product;
}

function toFixed(x: number): bigint {
  return multiply(ONE, x);
}

/** A finite, positive double as `mantissa` × 2^`power`. */
function binaryOf(x: number): { mantissa: bigint; power: number } {
  double[0] = x;
  const exponent = Number(bits[0]! >> 52n);
  const fraction = BigInt.asUintN(52, bits[0]!);
  return exponent === 0
    ? { mantissa: fraction, power: MIN_POWER }
    : { mantissa: fraction | (1n << 52n), power: exponent - 1 + MIN_POWER };
}

/** The double nearest to `value` × 2^`power`. */
function toDouble(value: bigint, power: number): number {
  // Only so many bits fit, fewer in the smallest doubles.
  const excess = Math.max(bitLength(value) - MANTISSA_BITS, MIN_POWER - power, 0);
  const half = excess === 0 ? 0n : 1n << BigInt(excess - 1);
  const floor = value >> BigInt(excess);
  const rest = value - (floor << BigInt(excess));
  const isUp = rest > half || (rest === half && excess > 0 && floor % 2n !== 0n);
  const exponent = power + excess;
  // In two steps, since a power of two may itself be no double.
  return Number(isUp ? floor + 1n : floor) * 2 ** Math.trunc(exponent / 2) * 2 ** (exponent - Math.trunc(exponent / 2));
}

function bitLength(value: bigint): number {
  return (value < 0n ? -value : value).toString(2).length;
}

function shift(value: bigint, by: number): bigint {
  return by >= 0 ? value << BigInt(by) : value >> BigInt(-by);
}

const LN_2 = 2n * inverseHyperbolicTangent(1n, 3n);
const LN_10 = logarithm(10);
