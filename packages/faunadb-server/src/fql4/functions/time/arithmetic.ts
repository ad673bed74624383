import { floorDivide, MAX_INTEGER, MIN_INTEGER } from '@supertokens-faunadb/java/numbers';
import { MAX_DAY, MAX_NANOS, MIN_DAY, MIN_NANOS, TIME_LIMITS } from '@supertokens-faunadb/java/time';
import { boundsError, invalidArgument } from '../../../values/errors.js';
import { at, type Position } from '../../../values/position.js';
import type { TimeUnit } from '../../../values/time-unit.js';
import { DateValue, Time } from '../../../values/values.js';
import { integer, temporal } from '../../evaluate/casts.js';
import { type Form, form } from '../../evaluate/form.js';
import { timeUnit } from './unit.js';

const NANOS_PER_MILLI = 1_000_000n;

function add(base: Time | DateValue, offset: bigint, unit: TimeUnit, position: Position | undefined): Time | DateValue {
  if (base instanceof DateValue && !unit.ofDates) throw invalidUnit(unit, position);
  const isTime = base instanceof Time;
  const sum = isTime ? base.nanos + offset * unit.nanos : BigInt(base.day) + offset;
  const [min, max] = isTime ? [MIN_NANOS, MAX_NANOS] : [BigInt(MIN_DAY), BigInt(MAX_DAY)];
  if (sum < min || sum > max) throw boundsError('dates and times', TIME_LIMITS, at(position, 'offset'));
  return isTime ? new Time(sum) : new DateValue(Number(sum));
}

/** Whole units from one time or date to another; negative if the second is earlier. */
function difference(
  start: Time | DateValue,
  end: Time | DateValue,
  unit: TimeUnit,
  position: Position | undefined,
): bigint {
  if (start instanceof Time && end instanceof Time) {
    // For milliseconds both times are rounded down first; for other units the difference is rounded towards zero.
    const units =
      unit.nanos === NANOS_PER_MILLI
        ? floorDivide(end.nanos, NANOS_PER_MILLI) - floorDivide(start.nanos, NANOS_PER_MILLI)
        : (end.nanos - start.nanos) / unit.nanos;
    if (units < MIN_INTEGER || units > MAX_INTEGER) {
      throw boundsError('time difference', 'between -2^63 and 2^63 - 1', at(position, 'unit'));
    }
    return units;
  }
  if (start instanceof Time || end instanceof Time) {
    throw invalidArgument('Incompatible time arguments.', at(position, 'time_diff'));
  }
  if (!unit.ofDates) throw invalidUnit(unit, position);
  return BigInt(end.day - start.day);
}

function invalidUnit(unit: TimeUnit, position: Position | undefined) {
  return invalidArgument(`Invalid time unit '${unit.text}'.`, at(position, 'unit'));
}

/** Adding to times and dates, and differences between them. */
export const arithmeticFunctions: readonly Form[] = [
  form('pure', { time_add: temporal, offset: integer, unit: timeUnit }, ({ time_add, offset, unit }, _, position) =>
    add(time_add, offset, unit, position),
  ),
  form(
    'pure',
    { time_subtract: temporal, offset: integer, unit: timeUnit },
    ({ time_subtract, offset, unit }, _, position) => add(time_subtract, -offset, unit, position),
  ),
  form('pure', { time_diff: temporal, other: temporal, unit: timeUnit }, ({ time_diff, other, unit }, _, position) =>
    difference(time_diff, other, unit, position),
  ),
];
