import { binaryOf, bitLength, isPowerOfTwo } from './binary.js';

/** A decimal number without sign: 0.`digits` × 10^`exponent`, with no zeros at either end of its digits; no digits for 0. */
export interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

const MAX_EXACT = 2 ** 53;
const MIN_NORMAL = 2 ** -1022;
const MAX_LONG = 2 ** 63;

/**
 * The decimal that Java 17 prints for a double. Usually, but not always, the shortest that reads back as the same double:
 * Java's digit generation (Steele and White's) uses half the gap above a number for the gap below as well, writes at least
 * two digits, and rounds whole numbers beyond 2^53 by its own rule.
 *
 * @param value finite; its sign is ignored
 */
export function decimalOf(value: number): Decimal {
  const magnitude = Math.abs(value);
  if (magnitude === 0) return { digits: '', exponent: 1 };
  if (isShortest(magnitude)) return shortestDecimal(magnitude);
  return Number.isInteger(magnitude) && magnitude < MAX_LONG ? wholeDecimal(magnitude) : generateDigits(magnitude);
}

/**
 * Whether the shortest decimal is Java's too. It is if no decimal of that length can lie halfway between the double and the
 * next one, which happens only beyond 2^53, and if the gaps above and below are equal.
 */
function isShortest(value: number): boolean {
  return value < MAX_EXACT && value >= MIN_NORMAL && !isPowerOfTwo(value);
}

function shortestDecimal(value: number): Decimal {
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  return { digits: mantissa.replace('.', ''), exponent: Number(exponent) + 1 };
}

/** Rounds half up to this many digits, which may be zero. */
export function roundDigits({ digits, exponent }: Decimal, count: number): Decimal {
  if (count >= digits.length) return { digits, exponent };
  if (count < 0 || digits[count]! < '5') return trimZeros(digits.slice(0, Math.max(count, 0)), exponent);
  const kept = String(BigInt(digits.slice(0, count)) + 1n);
  return trimZeros(kept, exponent + kept.length - count);
}

/** Drops digits that change with less than the gap between doubles. */
function wholeDecimal(value: number): Decimal {
  const exact = String(BigInt(value));
  const gap = 2n ** BigInt(Math.max(bitLength(BigInt(value)) - 55, 0));
  return roundDigits(trimZeros(exact, exact.length), exact.length - (String(gap).length - 1));
}

function generateDigits(value: number): Decimal {
  const scaled = scale(value);
  const { divisor, wordSize } = scaled;
  let { exponent, remainder, halfGap } = scaled;
  const overflow = (n: bigint) => (wordSize === undefined ? n : BigInt.asIntN(wordSize, n));
  if (remainder < divisor) {
    remainder *= 10n;
    halfGap *= 10n;
    exponent--;
  }
  let digits = '';
  let low = false;
  let high = false;
  while (digits.length < 2 || !(low || high)) {
    digits += remainder / divisor;
    remainder = (remainder % divisor) * 10n;
    halfGap = overflow(halfGap * 10n);
    const past = overflow(remainder + halfGap) - divisor * 10n;
    low = halfGap <= 0n || remainder < halfGap;
    high = halfGap <= 0n || (wordSize === undefined ? past >= 0n : past > 0n);
  }
  const pastHalf = remainder * 2n - divisor * 10n;
  const isUp = high && (!low || pastHalf > 0n || (pastHalf === 0n && Number(digits.at(-1)) % 2 === 1));
  if (!isUp) return trimZeros(digits, exponent + 1);
  const raised = String(BigInt(digits) + 1n);
  return trimZeros(raised, exponent + 1 + raised.length - digits.length);
}

interface Scaled {
  /** The exponent of the first digit, or one more. */
  readonly exponent: number;
  /** The value is `remainder` / `divisor` × 10^`exponent`; half the gap between doubles is `halfGap` on the same scale. */
  readonly remainder: bigint;
  readonly divisor: bigint;
  readonly halfGap: bigint;
  /** Java computes what fits in a machine word of this many bits in one, with overflow. */
  readonly wordSize: 32 | 64 | undefined;
}

function scale(value: number): Scaled {
  const { mantissa, power: gapPower } = binaryOf(value);
  const zeros = bitLength(mantissa & -mantissa) - 1;
  const odd = mantissa >> BigInt(zeros);
  const power = gapPower + zeros;
  const exponent = estimateExponent(value, bitLength(odd) - 1 + power);
  // The powers of five and of two in the three numbers, the latter as small as possible while all remain integers.
  const five = { up: Math.max(-exponent, 0), down: Math.max(exponent, 0) };
  const halfPower = gapPower - (odd === 1n ? 2 : 1);
  const offset = Math.min(power + five.up, five.down, halfPower + five.up);
  const two = { remainder: power + five.up - offset, divisor: five.down - offset, half: halfPower + five.up - offset };
  const size = Math.max(
    bitLength(odd) + two.remainder + bitsOfFive(five.up),
    two.divisor + 1 + bitsOfFive(five.down + 1),
  );
  return {
    exponent,
    remainder: (odd * 5n ** BigInt(five.up)) << BigInt(two.remainder),
    divisor: (5n ** BigInt(five.down)) << BigInt(two.divisor),
    halfGap: (5n ** BigInt(five.up)) << BigInt(two.half),
    wordSize: size < 32 ? 32 : size < 64 ? 64 : undefined,
  };
}

/** The decimal logarithm of a double, rounded down, estimated linearly from its binary one; may be one too large. */
function estimateExponent(value: number, binaryExponent: number): number {
  const mantissa = value / 2 ** binaryExponent;
  return Math.floor((mantissa - 1.5) * 0.289529654 + 0.176091259 + binaryExponent * 0.301029995663981);
}

function bitsOfFive(power: number): number {
  return power === 0 ? 0 : bitLength(5n ** BigInt(power));
}

function trimZeros(digits: string, exponent: number): Decimal {
  return { digits: digits.replace(/0+$/, ''), exponent };
}
