/** A number without its sign in decimal: 0.`digits` × 10^`exponent`, no zeros at either end of its digits; none for 0. */
export interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

const FRACTION_BITS = 52n;
const HIDDEN_BIT = 1n << FRACTION_BITS;
const MIN_POWER = -1074;
const MAX_EXACT = 2 ** 53;
const MAX_LONG = 2 ** 63;

const double = new Float64Array(1);
const bits = new BigUint64Array(double.buffer);

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
  return Number.isInteger(magnitude) && magnitude < MAX_LONG ? wholeDecimal(magnitude) : generateDigits(magnitude);
}

/** Rounds half up to so many digits, which may be none. */
export function roundDigits({ digits, exponent }: Decimal, count: number): Decimal {
  if (count >= digits.length) return { digits, exponent };
  if (count < 0 || digits[count]! < '5') return trimZeros(digits.slice(0, Math.max(count, 0)), exponent);
  const kept = String(BigInt(digits.slice(0, count)) + 1n);
  return trimZeros(kept, exponent + kept.length - count);
}

function wholeDecimal(value: number): Decimal {
  const exact = String(BigInt(value));
  if (value < MAX_EXACT) return trimZeros(exact, exact.length);
  // Digits that change with less than the gap between doubles are dropped.
  const gap = 2n ** BigInt(Math.max(BigInt(value).toString(2).length - 55, 0));
  return roundDigits(trimZeros(exact, exact.length), exact.length - (String(gap).length - 1));
}

function generateDigits(value: number): Decimal {
  const { odd, power, gapPower, mantissa, binaryExponent } = binaryOf(value);
  const powerOfTen = estimateExponent(mantissa, binaryExponent);
  const five = { up: Math.max(-powerOfTen, 0), down: Math.max(powerOfTen, 0) };
  // value = remainder / divisor × 10^powerOfTen, and so is half the gap between doubles with `halfGap`. These are the
  // powers of two in the three, as small as they may be while all are whole.
  const halfPower = gapPower - (odd === 1n ? 2 : 1);
  const offset = Math.min(power + five.up, five.down, halfPower + five.up);
  const two = { remainder: power + five.up - offset, divisor: five.down - offset, half: halfPower + five.up - offset };
  let exponent = powerOfTen;
  let remainder = (odd * 5n ** BigInt(five.up)) << BigInt(two.remainder);
  const divisor = (5n ** BigInt(five.down)) << BigInt(two.divisor);
  let halfGap = (5n ** BigInt(five.up)) << BigInt(two.half);
  // What fits in a machine word is computed in one there, and overflows.
  const size = Math.max(
    bitLength(odd) + two.remainder + bitsOfFive(five.up),
    two.divisor + 1 + bitsOfFive(five.down + 1),
  );
  const word = size < 32 ? 32 : size < 64 ? 64 : undefined;
  const overflow = (n: bigint) => (word === undefined ? n : BigInt.asIntN(word, n));
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
    high = halfGap <= 0n || (word === undefined ? past >= 0n : past > 0n);
  }
  const pastHalf = remainder * 2n - divisor * 10n;
  const up = high && (!low || pastHalf > 0n || (pastHalf === 0n && Number(digits.at(-1)) % 2 === 1));
  if (!up) return trimZeros(digits, exponent + 1);
  const raised = String(BigInt(digits) + 1n);
  return trimZeros(raised, exponent + 1 + raised.length - digits.length);
}

/** The power of ten of a double's first digit, or one more. */
function estimateExponent(mantissa: number, binaryExponent: number): number {
  return Math.floor((mantissa - 1.5) * 0.289529654 + 0.176091259 + binaryExponent * 0.301029995663981);
}

/**
 * A positive double as `odd` × 2^`power` and as `mantissa` × 2^`binaryExponent`, the mantissa between 1 and 2; the gap to
 * the next double is 2^`gapPower`.
 */
function binaryOf(value: number) {
  double[0] = value;
  const exponent = Number(bits[0]! >> FRACTION_BITS);
  const stored = bits[0]! & (HIDDEN_BIT - 1n);
  const fraction = exponent === 0 ? stored : stored | HIDDEN_BIT;
  const gapPower = Math.max(exponent, 1) - 1 + MIN_POWER;
  const zeros = bitLength(fraction & -fraction) - 1;
  const binaryExponent = bitLength(fraction) - 1 + gapPower;
  return {
    odd: fraction >> BigInt(zeros),
    power: gapPower + zeros,
    gapPower,
    mantissa: value / 2 ** binaryExponent,
    binaryExponent,
  };
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

function bitsOfFive(power: number): number {
  return power === 0 ? 0 : bitLength(5n ** BigInt(power));
}

function trimZeros(digits: string, exponent: number): Decimal {
  return { digits: digits.replace(/0+$/, ''), exponent };
}
