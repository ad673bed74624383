import { type Decimal, decimalOf, roundDigits } from '../numbers/decimal.js';
import { check, IllegalFormat, justify, type Specifier } from './specifier.js';

const DEFAULT_PRECISION = 6;

/**
 * Prints an integer with `%d`, `%x`, `%X` or `%o`; the latter three print the 64 bits of a negative one.
 *
 * @throws IllegalFormat
 */
export function formatInteger(specifier: Specifier, value: bigint): string {
  const { flags, width = 0, precision, conversion } = specifier;
  if (precision !== undefined) throw new IllegalFormat();
  if (conversion === 'd') {
    check(specifier, '#');
    const negative = value < 0n;
    return justify(signed(specifier, negative, String(negative ? -value : value), ''), specifier);
  }
  check(specifier, ',(+ ');
  const octal = conversion === 'o';
  const digits = BigInt.asUintN(64, value).toString(octal ? 8 : 16);
  const prefix = flags.includes('#') ? (octal ? '0' : '0x') : '';
  return justify(prefix + digits.padStart(flags.includes('0') ? width - prefix.length : 0, '0'), specifier);
}

/**
 * Prints a double with `%f`, `%e`, `%E`, `%g` or `%G`, rounded half up from the digits of its shortest decimal.
 *
 * @throws IllegalFormat
 */
export function formatDouble(specifier: Specifier, value: number): string {
  const { flags, conversion, precision = DEFAULT_PRECISION } = specifier;
  const kind = conversion.toLowerCase();
  check(specifier, kind === 'f' ? '' : kind === 'e' ? ',' : '#');
  if (Number.isNaN(value)) return justify('NaN', specifier);
  const negative = value < 0 || Object.is(value, -0);
  if (!Number.isFinite(value)) {
    return justify(signed({ ...specifier, flags: flags.replace(/[0,]/g, '') }, negative, 'Infinity', ''), specifier);
  }
  const decimal = decimalOf(value);
  const [number, exponent] =
    kind === 'f'
      ? fixed(decimal, precision)
      : kind === 'e'
        ? scientific(decimal, precision)
        : general(decimal, precision);
  const point = flags.includes('#') && precision === 0 ? '.' : '';
  return justify(signed(specifier, negative, number + point, exponent), specifier);
}

type Printed = readonly [number: string, exponent: string];

function fixed(decimal: Decimal, precision: number): Printed {
  const { digits, exponent } = roundDigits(decimal, decimal.exponent + precision);
  const whole = exponent > 0 ? digits.slice(0, exponent).padEnd(exponent, '0') : '0';
  const fraction = exponent > 0 ? digits.slice(exponent) : '0'.repeat(-exponent) + digits;
  return [withFraction(whole, fraction, precision), ''];
}

function scientific(decimal: Decimal, precision: number): Printed {
  const { digits, exponent } = roundDigits(decimal, precision + 1);
  const power = digits === '' ? 0 : exponent - 1;
  const suffix = `e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  return [withFraction(digits[0] ?? '0', digits.slice(1), precision), suffix];
}

/** Scientific below 10^-4 and from 10^precision on, else fixed; the precision counts all digits. */
function general(decimal: Decimal, requested: number): Printed {
  const precision = Math.max(requested, 1);
  const { digits, exponent } = roundDigits(decimal, precision);
  if (digits === '' || (exponent > -4 && exponent <= precision)) return fixed(decimal, precision - exponent);
  return scientific(decimal, precision - 1);
}

function withFraction(whole: string, fraction: string, precision: number): string {
  return precision > 0 ? `${whole}.${fraction.slice(0, precision).padEnd(precision, '0')}` : whole;
}

/** Groups the digits before the point, three each. */
function inGroups(number: string): string {
  const [whole = '', ...fraction] = number.split('.');
  const first = whole.length % 3;
  const groups = first > 0 ? [whole.slice(0, first)] : [];
  for (let at = first; at < whole.length; at += 3) groups.push(whole.slice(at, at + 3));
  return [groups.join(','), ...fraction].join('.');
}

/** Adds a sign or parentheses, groups of three digits, and zeros up to the width, as the flags require. */
function signed({ flags, width = 0 }: Specifier, negative: boolean, number: string, exponent: string): string {
  const parentheses = negative && flags.includes('(');
  const before = parentheses ? '(' : negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const after = parentheses ? ')' : '';
  const grouped = flags.includes(',') ? inGroups(number) : number;
  const zeros = flags.includes('0') ? width - before.length - after.length - exponent.length : 0;
  return before + grouped.padStart(zeros, '0') + exponent + after;
}
