import { floorDivide, floorModulo } from '../numbers/integer64.js';
import { NANOS_PER_DAY, NANOS_PER_SECOND } from './limits.js';

/** A time in UTC, split as calendars and clocks show it. */
export interface ClockTime {
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Nanoseconds within the second. */
  readonly nano: number;
}

/** Splits a time, in nanoseconds since 1970, into date and clock time in UTC. */
export function clockTime(nanos: bigint): ClockTime {
  const secondOfDay = Number(floorModulo(nanos, NANOS_PER_DAY) / NANOS_PER_SECOND);
  return {
    day: Number(floorDivide(nanos, NANOS_PER_DAY)),
    hour: Math.floor(secondOfDay / 3600),
    minute: Math.floor(secondOfDay / 60) % 60,
    second: secondOfDay % 60,
    nano: Number(floorModulo(nanos, NANOS_PER_SECOND)),
  };
}
