import { binaryOf, shift, toDouble } from './binary.js';

/**
 * A number counted in units of 2^-`PRECISION`, precise enough to round functions of doubles correctly, which JavaScript's
 * functions do not. The real server uses its processor's mathematics library, whose last digit is nearly always correct;
 * ours is the same on every machine.
 */
export type Fixed = bigint;

/** How many fraction bits a fixed-point number has. */
export const PRECISION = 220;

/** The number one. */
export const ONE: Fixed = 1n << BigInt(PRECISION);

/** A finite double as a fixed-point number. */
export function toFixed(value: number): Fixed {
  return timesDouble(ONE, value);
}

/** The double nearest to a fixed-point number, times a power of two. */
export function fromFixed(value: Fixed, power = 0): number {
  return toDouble({ mantissa: value, power: power - PRECISION });
}

/** The product of a fixed-point number and a finite double. */
export function timesDouble(fixed: Fixed, factor: number): Fixed {
  const { mantissa, power } = binaryOf(Math.abs(factor));
  const product = shift(fixed * mantissa, power);
  return factor < 0 ? -product : product;
}

/** The quotient of two fixed-point numbers. */
export function quotient(dividend: Fixed, divisor: Fixed): Fixed {
  return (dividend << BigInt(PRECISION)) / divisor;
}
