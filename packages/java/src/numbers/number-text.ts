import { MAX_INTEGER, MIN_INTEGER } from './integer64.js';

const NUMBER = /^(-?)(?:(∞)|([\d,]*)(?:\.(\d*))?(?:E(-?\d+))?)/;
const ASCII = /^[\0-\x7f]*$/;
const MAX_INTEGER_DIGITS = 19;

/**
 * Parses the number at the beginning of a text, as `java.text.NumberFormat` does for English: `,` before the point is
 * skipped, an exponent has a capital `E` and no `+`, `∞` and `NaN` are numbers, digits may be of any script, and text after
 * the number is ignored.
 *
 * @returns an integer if it is whole and fits (except -0), else a double; `undefined` if the text does not begin with a
 * number
 */
export function parseNumber(text: string): bigint | number | undefined {
  if (text.startsWith('NaN')) return Number.NaN;
  const match = NUMBER.exec(ASCII.test(text) ? text : text.replace(/\p{Nd}+/gu, asciiDigits))!;
  const negative = match[1] === '-';
  if (match[2] !== undefined) return negative ? -Infinity : Infinity;
  const whole = match[3]!.replaceAll(',', '');
  const fraction = match[4] ?? '';
  if (whole === '' && fraction === '') return undefined;
  const significant = (whole + fraction).replace(/^0+/, '');
  const point = significant.length - fraction.length + Number(match[5] ?? 0);
  const digits = withoutZeros(significant);
  if (digits === '') return negative ? -0 : 0n;
  if (point >= digits.length && point <= MAX_INTEGER_DIGITS) {
    const integer = BigInt(match[1] + digits.padEnd(point, '0'));
    if (integer >= MIN_INTEGER && integer <= MAX_INTEGER) return integer;
  }
  return Number(`${match[1]}0.${digits}e${point}`);
}

// Not by a regular expression, which would take quadratic time for zeros inside of the text.
function withoutZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}

function asciiDigits(digits: string): string {
  let ascii = '';
  for (const digit of digits) ascii += asciiDigit(digit);
  return ascii;
}

/** Digits beyond the basic plane stay: they are surrogate pairs, and Java reads single UTF-16 units. */
function asciiDigit(digit: string): string {
  if (digit.length > 1) return digit;
  const known = ASCII_DIGITS.get(digit);
  if (known !== undefined) return known;
  let zero = digit.charCodeAt(0);
  while (/\p{Nd}/u.test(String.fromCharCode(zero - 1))) zero--;
  const found = String(digit.charCodeAt(0) - zero);
  ASCII_DIGITS.set(digit, found);
  return found;
}
const ASCII_DIGITS = new Map<string, string>();
