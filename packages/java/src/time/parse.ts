import { dayOf, daysOfMonth } from './calendar.js';
import { NANOS_PER_DAY, NANOS_PER_SECOND } from './limits.js';

// A year has four digits, or more with a sign; -0000 is invalid.
const YEAR = /(?:\d{4}|\+\d{5,10}|-(?!0{4,10}-)\d{4,10})/.source;
const DATE = new RegExp(`^(${YEAR})-(\\d\\d)-(\\d\\d)$`);
const OFFSET = /(?:Z|[+-]\d\d:\d\d(?::\d\d)?)/.source;
const BASIC_OFFSET = /[+-]\d{4}/.source;
const TIME = new RegExp(
  `^(${YEAR})-(\\d\\d)-(\\d\\d)T(\\d\\d):(\\d\\d)(?::(\\d\\d)(?:\\.(\\d{0,9}))?)?(${OFFSET})?(${BASIC_OFFSET})?$`,
  'i',
);
const MAX_YEAR = 999_999_999;
const MAX_OFFSET = 18 * 3600;

/**
 * Reads a date of ISO 8601, such as `1999-02-03`, `-0044-03-15` or `+12345-06-07`.
 *
 * @returns days since 1970-01-01, or `undefined` if the text is not a date
 */
export function parseDate(text: string): number | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return isYear(year) && isMonth(month) && day >= 1 && day <= daysOfMonth(year, month)
    ? dayOf({ year, month, day })
    : undefined;
}

/**
 * Reads a time of ISO 8601 with its offset from UTC, such as `1999-02-03T04:05:06.789Z` or `1999-02-03T04:05+01:00`.
 * As on the real server, the 31st of any month is its last day, and 24:00 is the next day's beginning.
 *
 * @returns nanoseconds since 1970-01-01T00:00:00Z, or `undefined` if the text is not a time
 */
export function parseTime(text: string): bigint | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6] ?? 0)];
  const nano = BigInt((match[7] ?? '').padEnd(9, '0'));
  if (!isYear(year) || !isMonth(month) || day < 1 || day > 31) return undefined;
  const endOfDay = hour === 24 && minute === 0 && second === 0 && nano === 0n;
  if ((hour > 23 && !endOfDay) || minute > 59 || second > 59) return undefined;
  const offset = offsetOf(match[8], match[9]);
  if (offset === undefined) return undefined;
  const epochDay = dayOf({ year, month, day: Math.min(day, daysOfMonth(year, month)) });
  const seconds = BigInt(hour * 3600 + minute * 60 + second - offset);
  return BigInt(epochDay) * NANOS_PER_DAY + seconds * NANOS_PER_SECOND + nano;
}

/** Seconds east of UTC. Both notations of an offset may follow each other if they agree. */
function offsetOf(extended: string | undefined, basic: string | undefined): number | undefined {
  const offsets = [extended, basic].filter((text) => text !== undefined).map(parseOffset);
  const [offset, second = offset] = offsets;
  return offset === second ? offset : undefined;
}

function parseOffset(text: string): number | undefined {
  if (text === 'Z' || text === 'z') return 0;
  const [hours, minutes, seconds = 0] = text.slice(1).replaceAll(':', '').match(/../g)!.map(Number) as [number, number];
  const offset = hours * 3600 + minutes * 60 + seconds;
  if (hours > 23 || minutes > 59 || seconds > 59 || offset > MAX_OFFSET) return undefined;
  return text.startsWith('-') ? -offset : offset;
}

function isYear(year: number): boolean {
  return Math.abs(year) <= MAX_YEAR;
}

function isMonth(month: number): boolean {
  return month >= 1 && month <= 12;
}
