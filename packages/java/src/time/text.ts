import { dateOf } from './calendar.js';
import { clockTime } from './clock.js';

/** A date in ISO 8601: years beyond 9999 or before 0 have a sign. */
export function dateText(epochDay: number): string {
  const { year, month, day } = dateOf(epochDay);
  return `${yearText(year)}-${two(month)}-${two(day)}`;
}

/** A time in UTC in ISO 8601, with as many of 0, 3, 6 or 9 fraction digits as it needs. */
export function timeText(nanos: bigint): string {
  const { day, hour, minute, second, nano } = clockTime(nanos);
  return `${dateText(day)}T${two(hour)}:${two(minute)}:${two(second)}${fractionText(nano)}Z`;
}

function yearText(year: number): string {
  const digits = String(Math.abs(year)).padStart(4, '0');
  if (year < 0) return `-${digits}`;
  return year > 9999 ? `+${digits}` : digits;
}

function fractionText(nano: number): string {
  if (nano === 0) return '';
  const digits = String(nano).padStart(9, '0');
  if (nano % 1_000_000 === 0) return `.${digits.slice(0, 3)}`;
  return nano % 1000 === 0 ? `.${digits.slice(0, 6)}` : `.${digits}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
