import { floorDivide, wrap } from '@supertokens-faunadb/java/numbers';
import {
  type ClockTime,
  clockTime,
  dateOf,
  dateText,
  dayOfWeek,
  dayOfYear,
  MAX_DAY,
  MIN_DAY,
} from '@supertokens-faunadb/java/time';
import { boundsError } from '../../../values/errors.js';
import { at } from '../../../values/position.js';
import { timestamp } from '../../evaluate/casts.js';
import { type Form, form } from '../../evaluate/form.js';

/** Date and clock time in UTC. The first and the last year of times are outside the calendar. */
function part(key: string, read: (clock: ClockTime) => number): Form {
  return form('pure', { [key]: timestamp }, ({ [key]: time }, _, position) => {
    const clock = clockTime(time!.nanos);
    if (clock.day < MIN_DAY || clock.day > MAX_DAY) {
      throw boundsError('date', `between ${dateText(MIN_DAY)} and ${dateText(MAX_DAY)}`, at(position, key));
    }
    return BigInt(read(clock));
  });
}

/** A time in units since 1970, rounded down. */
function count(key: string, nanosPerUnit: bigint): Form {
  return form('pure', { [key]: timestamp }, ({ [key]: time }, _, position) => {
    const units = floorDivide(time!.nanos, nanosPerUnit);
    // Microseconds wrap around, as on the real server; milliseconds fail there.
    if (key === 'to_millis' && units !== wrap(units)) {
      throw boundsError('milliseconds', 'between -2^63 and 2^63 - 1', at(position, key));
    }
    return wrap(units);
  });
}

/** The parts of a time, and times as numbers. */
export const partFunctions: readonly Form[] = [
  count('to_micros', 1_000n),
  count('to_millis', 1_000_000n),
  count('to_seconds', 1_000_000_000n),
  part('second', ({ second }) => second),
  part('minute', ({ minute }) => minute),
  part('hour', ({ hour }) => hour),
  part('day_of_month', ({ day }) => dateOf(day).day),
  part('day_of_week', ({ day }) => dayOfWeek(day)),
  part('day_of_year', ({ day }) => dayOfYear(dateOf(day))),
  part('month', ({ day }) => dateOf(day).month),
  part('year', ({ day }) => dateOf(day).year),
];
