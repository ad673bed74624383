import { binaryOf, bitLength, isPowerOfTwo } from './binary.js';

/** A number without its sign in decimal: 0.`digits` × 10^`exponent`, no zeros at either end of its digits; none for 0. */
export interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

const MAX_EXACT = 2 ** 53;
const MIN_NORMAL = 2 ** -1022;
const MAX_LONG = 2 ** 63;

/**
 * The decimal that stands for a double where Java 17 prints it. Mostly the shortest that reads back as the same double,
 * but not always: its generation of digits (Steele and White's) takes half the gap above a number for the gap below as
 * well, writes two digits at least, and rounds whole numbers beyond 2^53 by a rule of their own.
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
 * Whether the shortest decimal is Java's as well. It is where no decimal of a double's length can lie half-way between it
 * and the next one, which only those beyond 2^53 have, and where the gaps above and below are the same.
 */
function isShortest(value: number): boolean {
  return value < MAX_EXACT && value >= MIN_NORMAL && !isPowerOfTwo(value);
}

function shortestDecimal(value: number): Decimal {
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  return { digits: mantissa.replace('.', ''), exponent: Number(exponent) + 1 };
}

/** Rounds half up to so many digits, which may be none. */
export function roundDigits({ digits, exponent }: Decimal, count: number): Decimal {
  if (count >= digits.length) return { digits, exponent };
  if (count < 0 || digits[count]! < '5') return trimZeros(digits.slice(0, Math.max(count, 0)), exponent);
  const kept = String(BigInt(digits.slice(0, count)) + 1n);
  return trimZeros(kept, exponent + kept.length - count);
}

/** Digits that change with less than the gap between doubles are dropped. */
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
  /** That of the first digit, or one more. */
  readonly exponent: number;
  /** The value is `remainder` / `divisor` × 10^`exponent`, and half the gap between doubles is so with `halfGap`. */
  readonly remainder: bigint;
  readonly divisor: bigint;
  readonly halfGap: bigint;
  /** What fits in a machine word of so many bits is computed in one there, and overflows. */
  readonly wordSize: 32 | 64 | undefined;
}

function scale(value: number): Scaled {
  const { mantissa, power: gapPower } = binaryOf(value);
  const zeros = bitLength(mantissa & -mantissa) - 1;
  const odd = mantissa >> BigInt(zeros);
  const power = gapPower + zeros;
  const exponent = estimateExponent(value, bitLength(odd) - 1 + power);
  // The powers of five and of two in the three, these as small as they may be while all are whole.
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

/** The decimal logarithm, rounded down, of a double whose binary one is known: by a line, which may give one more. */
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
