/** The smallest 64-bit integer. */
export const MIN_INTEGER = -(2n ** 63n);

/** The largest 64-bit integer. */
export const MAX_INTEGER = 2n ** 63n - 1n;

const MIN_INT32 = -(2 ** 31);
const MAX_INT32 = 2 ** 31 - 1;

/** An integer truncated to 64 bits: arithmetic wraps around. */
export function wrap(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

/** A double as an integer: its fraction is dropped, out of range gives the nearest limit, NaN gives 0 (Java's `(long) d`). */
export function toInteger(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  if (value >= 2 ** 63) return MAX_INTEGER;
  if (value <= -(2 ** 63)) return MIN_INTEGER;
  return BigInt(Math.trunc(value));
}

/** A double as a 32-bit integer, likewise (Java's `(int) d`). */
export function toInt32(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.trunc(Math.min(Math.max(value, MIN_INT32), MAX_INT32));
}

/** The quotient rounded towards negative infinity. */
export function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor !== 0n && dividend < 0n !== divisor < 0n ? quotient - 1n : quotient;
}

/** The remainder of `floorDivide`: it has the divisor's sign. */
export function floorModulo(dividend: bigint, divisor: bigint): bigint {
  return dividend - floorDivide(dividend, divisor) * divisor;
}

/**
 * Parses a decimal integer with an optional sign (Java's `Long.parseLong` and `Integer.parseInt`).
 *
 * @returns `undefined` if the text is not one, or does not fit
 */
export function parseInteger(text: string, bits: 32 | 64 = 64): bigint | undefined {
  const digits = /^[+-]?0*(\d{1,19})$/.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const value = text.startsWith('-') ? -BigInt(digits) : BigInt(digits);
  return BigInt.asIntN(bits, value) === value ? value : undefined;
}
