import { decimalOf } from './decimal.js';

/** A double as Java writes it: `1.0`, `1.5E-7`, `1.2345678E9`, `-Infinity`; with an exponent below 10^-3 and from 10^7 on. */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (value === 0) return `${sign}0.0`;
  const { digits, exponent } = decimalOf(value);
  if (exponent > 7 || exponent < -2) return `${sign}${digits[0]}.${digits.slice(1) || '0'}E${exponent - 1}`;
  if (exponent <= 0) return `${sign}0.${'0'.repeat(-exponent)}${digits}`;
  return `${sign}${digits.slice(0, exponent).padEnd(exponent, '0')}.${digits.slice(exponent) || '0'}`;
}
