import { floorDivide } from '../numbers/integer64.js';
import { dateOf, dayOfWeek, dayOfYear } from '../time/calendar.js';
import { type ClockTime, clockTime } from '../time/clock.js';
import { check, IllegalFormat, justify, type Specifier } from './specifier.js';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');

type Print<T> = (value: T, nanos: bigint) => string;

/** The suffixes of dates, after `%t`. */
const DATE_SUFFIXES: Readonly<Record<string, Print<number>>> = {
  B: (day) => MONTHS[dateOf(day).month - 1]!,
  b: (day) => MONTHS[dateOf(day).month - 1]!.slice(0, 3),
  h: (day) => MONTHS[dateOf(day).month - 1]!.slice(0, 3),
  A: (day) => DAYS[dayOfWeek(day) - 1]!,
  a: (day) => DAYS[dayOfWeek(day) - 1]!.slice(0, 3),
  C: (day) => padded(Math.floor(yearOfEra(day) / 100), 2),
  Y: (day) => padded(yearOfEra(day), 4),
  y: (day) => padded(yearOfEra(day) % 100, 2),
  j: (day) => padded(dayOfYear(dateOf(day)), 3),
  m: (day) => padded(dateOf(day).month, 2),
  d: (day) => padded(dateOf(day).day, 2),
  e: (day) => String(dateOf(day).day),
  D: (day) => `${date('m', day)}/${date('d', day)}/${date('y', day)}`,
  F: (day) => `${date('Y', day)}-${date('m', day)}-${date('d', day)}`,
};

/** The suffixes of times only, after `%t`. */
const TIME_SUFFIXES: Readonly<Record<string, Print<ClockTime>>> = {
  H: ({ hour }) => padded(hour, 2),
  k: ({ hour }) => String(hour),
  I: ({ hour }) => padded(hour % 12 || 12, 2),
  l: ({ hour }) => String(hour % 12 || 12),
  M: ({ minute }) => padded(minute, 2),
  S: ({ second }) => padded(second, 2),
  L: ({ nano }) => padded(Math.floor(nano / 1_000_000), 3),
  p: ({ hour }) => (hour < 12 ? 'am' : 'pm'),
  z: () => '+0000',
  Z: () => 'Z',
  s: (_, nanos) => String(floorDivide(nanos, 1_000_000_000n)),
  Q: (_, nanos) => String(floorDivide(nanos, 1_000_000n)),
  R: (clock, nanos) => `${time('H', clock, nanos)}:${time('M', clock, nanos)}`,
  T: (clock, nanos) => `${time('R', clock, nanos)}:${time('S', clock, nanos)}`,
  r: (clock, nanos) =>
    `${time('I', clock, nanos)}:${time('M', clock, nanos)}:${time('S', clock, nanos)} ${time('p', clock, nanos).toUpperCase()}`,
  c: (clock, nanos) =>
    `${date('a', clock.day)} ${date('b', clock.day)} ${date('d', clock.day)} ${time('T', clock, nanos)} Z ${date('Y', clock.day)}`,
};

/**
 * Prints a date with `%t` and one of `aAbBCdDeFhjmyY`.
 *
 * @param day in days since 1970-01-01
 * @returns `undefined` if dates have no such suffix
 * @throws IllegalFormat
 */
export function formatDate(specifier: Specifier, day: number): string | undefined {
  const print = DATE_SUFFIXES[specifier.conversion];
  return print && printed(specifier, print(day, 0n));
}

/**
 * Prints a time, in UTC, with `%t` and one of the suffixes of dates or `cHIklLMNpQrRsSTzZ`.
 *
 * @param nanos since 1970-01-01T00:00:00Z
 * @returns `undefined` if there is no such suffix
 * @throws IllegalFormat
 */
export function formatTime(specifier: Specifier, nanos: bigint): string | undefined {
  const clock = clockTime(nanos);
  // Nanoseconds ignore flags and width.
  if (specifier.conversion === 'N') return padded(clock.nano, 9);
  const print = TIME_SUFFIXES[specifier.conversion];
  return print ? printed(specifier, print(clock, nanos)) : formatDate(specifier, clock.day);
}

function printed(specifier: Specifier, text: string): string {
  if (specifier.precision !== undefined) throw new IllegalFormat();
  check(specifier, '#+ 0,(');
  return justify(text, specifier);
}

function date(suffix: string, day: number): string {
  return DATE_SUFFIXES[suffix]!(day, 0n);
}

function time(suffix: string, clock: ClockTime, nanos: bigint): string {
  return TIME_SUFFIXES[suffix]!(clock, nanos);
}

/** Years before 1 count backwards: year 0 is 1 BC. */
function yearOfEra(day: number): number {
  const { year } = dateOf(day);
  return year > 0 ? year : 1 - year;
}

function padded(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
