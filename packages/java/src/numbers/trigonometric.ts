import { type Fixed, fromFixed, ONE, PRECISION, quotient, toFixed } from './fixed-point.js';
import { floorDivide } from './integer64.js';

/** Below this, sine and tangent of x equal x, and the cosine is 1. */
const TINY = 2 ** -28;
/** The larger an angle, the more digits of π it needs: this many bits below the bound, or for all. */
const LARGE_ANGLE = 2 ** 32;
const EXTRA_BITS = 64;
const EXTRA_BITS_LARGE = 1088;
/** Bits that the series for π may get wrong. */
const GUARD_BITS = 32n;

const quarterTurns = new Map<number, bigint>();

/** The sine of an angle in radians, rounded correctly. */
export function sin(x: number): number {
  if (!Number.isFinite(x)) return Number.NaN;
  if (Math.abs(x) < TINY) return x;
  const { quadrant, rest } = reduce(x);
  const value = quadrant % 2 === 0 ? sineSeries(rest) : cosineSeries(rest);
  return fromFixed(quadrant < 2 ? value : -value);
}

/** The cosine of an angle in radians, rounded correctly. */
export function cos(x: number): number {
  if (!Number.isFinite(x)) return Number.NaN;
  if (Math.abs(x) < TINY) return 1;
  const { quadrant, rest } = reduce(x);
  const value = quadrant % 2 === 0 ? cosineSeries(rest) : sineSeries(rest);
  return fromFixed(quadrant === 0 || quadrant === 3 ? value : -value);
}

/** The tangent of an angle in radians, rounded correctly. */
export function tan(x: number): number {
  if (!Number.isFinite(x)) return Number.NaN;
  if (Math.abs(x) < TINY) return x;
  const { quadrant, rest } = reduce(x);
  const [sine, cosine] = [sineSeries(rest), cosineSeries(rest)];
  return fromFixed(quadrant % 2 === 0 ? quotient(sine, cosine) : quotient(-cosine, sine));
}

/** The number of quarter turns in an angle, modulo a full turn, and the remainder: at most an eighth turn either way. */
function reduce(x: number): { quadrant: number; rest: Fixed } {
  const extra = Math.abs(x) < LARGE_ANGLE ? EXTRA_BITS : EXTRA_BITS_LARGE;
  const quarter = quarterTurn(PRECISION + extra);
  const angle = toFixed(x) << BigInt(extra);
  const turns = floorDivide(2n * angle + quarter, 2n * quarter);
  return { quadrant: Number(turns & 3n), rest: (angle - turns * quarter) >> BigInt(extra) };
}

function sineSeries(angle: Fixed): Fixed {
  return series(angle, angle, 2n);
}

function cosineSeries(angle: Fixed): Fixed {
  return series(ONE, angle, 1n);
}

/** A sum of terms, each the previous one times -angle² divided by the next two integers, from `divisor` on. */
function series(first: Fixed, angle: Fixed, divisor: bigint): Fixed {
  const factor = -(angle * angle) / ONE;
  let sum = 0n;
  let term = first;
  for (let n = divisor; term !== 0n; n += 2n) {
    sum += term;
    term = (term * factor) / (ONE * n * (n + 1n));
  }
  return sum;
}

/** π/2 in units of 2^-`precision`, by Machin's formula: π/4 = 4 arctan 1/5 - arctan 1/239. */
function quarterTurn(precision: number): bigint {
  const known = quarterTurns.get(precision);
  if (known !== undefined) return known;
  const one = 1n << (BigInt(precision) + GUARD_BITS);
  const quarter = (8n * inverseTangent(5n, one) - 2n * inverseTangent(239n, one)) >> GUARD_BITS;
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
