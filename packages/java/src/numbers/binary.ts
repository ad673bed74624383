const FRACTION_BITS = 52n;
const HIDDEN_BIT = 1n << FRACTION_BITS;
const MANTISSA_BITS = 53;
const MIN_POWER = -1074;

const double = new Float64Array(1);
const bits = new BigUint64Array(double.buffer);

/** A number as `mantissa` × 2^`power`. */
export interface Binary {
  readonly mantissa: bigint;
  readonly power: number;
}

/** Decomposes a finite, positive double; 2^`power` is the gap between it and the next one. */
export function binaryOf(value: number): Binary {
  double[0] = value;
  const exponent = Number(bits[0]! >> FRACTION_BITS);
  const fraction = bits[0]! & (HIDDEN_BIT - 1n);
  return exponent === 0
    ? { mantissa: fraction, power: MIN_POWER }
    : { mantissa: fraction | HIDDEN_BIT, power: exponent - 1 + MIN_POWER };
}

/** Whether a double that is not subnormal is a power of two. */
export function isPowerOfTwo(value: number): boolean {
  double[0] = value;
  return (bits[0]! & (HIDDEN_BIT - 1n)) === 0n;
}

/** The double nearest to a number; of two, the one with the even mantissa. */
export function toDouble({ mantissa, power }: Binary): number {
  // Only so many bits fit, fewer in subnormal doubles.
  const excess = Math.max(bitLength(mantissa) - MANTISSA_BITS, MIN_POWER - power, 0);
  const half = excess === 0 ? 0n : 1n << BigInt(excess - 1);
  const floor = mantissa >> BigInt(excess);
  const rest = mantissa - (floor << BigInt(excess));
  const isUp = rest > half || (rest === half && excess > 0 && floor % 2n !== 0n);
  // In two steps, since the power of two may be out of range itself.
  const exponent = power + excess;
  const part = Math.trunc(exponent / 2);
  return Number(isUp ? floor + 1n : floor) * 2 ** part * 2 ** (exponent - part);
}

/** The number of bits of an integer without its sign. */
export function bitLength(value: bigint): number {
  return (value < 0n ? -value : value).toString(2).length;
}

/** An integer times a power of two, rounded down. */
export function shift(value: bigint, by: number): bigint {
  return by >= 0 ? value << BigInt(by) : value >> BigInt(-by);
}
