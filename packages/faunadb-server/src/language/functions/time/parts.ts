import { timestamp } from '../../casts.js';
import { type Form, form } from '../../form.js';
import { floorDivide, wrap } from '../../numbers/integer64.js';
import { dateOf, dayOfWeek, dayOfYear } from '../../time/calendar.js';
import { type ClockTime, clockTime } from '../../time/clock.js';

/** What clock and calendar show at a time, in UTC. */
function part(key: string, read: (clock: ClockTime) => number): Form {
  return form('pure', { [key]: timestamp }, ({ [key]: time }) => BigInt(read(clockTime(time!.nanos))));
}

/** A time counted in a unit since 1970, rounded down; microseconds beyond 64 bits wrap around, as on the real server. */
function count(key: string, nanosPerUnit: bigint): Form {
  return form('pure', { [key]: timestamp }, ({ [key]: time }) => wrap(floorDivide(time!.nanos, nanosPerUnit)));
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
