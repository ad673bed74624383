import { trim } from '@supertokens-faunadb/java/text';
import { MAX_NANOS, MIN_NANOS, parseDate, parseTime, TIME_LIMITS } from '@supertokens-faunadb/java/time';
import type { QueryContext } from '../../../query/context.js';

import { boundsError, invalidArgument } from '../../../values/errors.js';
import type { Position } from '../../../values/position.js';
import { DateValue, Time } from '../../../values/values.js';
import { integer, nothing, string } from '../../evaluate/casts.js';
import { type Form, form } from '../../evaluate/form.js';
import { timeUnit } from './unit.js';

const NANOS_PER_MICRO = 1000n;

/** The time in a text; for `now` that of the transaction. */
export function timeOf(text: string, context: QueryContext, position: Position | undefined): Time {
  if (text === 'now') return now(context);
  const nanos = parseTime(trim(text));
  if (nanos === undefined) throw invalidArgument(`Cannot cast '${text}' to a time.`, position);
  return new Time(nanos);
}

/** The date in a text. */
export function dateOf(text: string, position: Position | undefined): DateValue {
  const day = parseDate(trim(text));
  if (day === undefined) throw invalidArgument(`Cannot cast '${text}' to a date.`, position);
  return new DateValue(day);
}

function now({ snapshotTime }: QueryContext): Time {
  return new Time(snapshotTime * NANOS_PER_MICRO);
}

/** Times and dates from strings and numbers. */
export const constructionFunctions: readonly Form[] = [
  form('pure', { time: string }, ({ time }, context, position) => timeOf(time, context, position)),
  form('pure', { now: nothing }, (_, context) => now(context)),
  form('pure', { epoch: integer, unit: timeUnit }, ({ epoch, unit }, _, position) => {
    const nanos = epoch * unit.nanos;
    if (nanos < MIN_NANOS || nanos > MAX_NANOS) throw boundsError('dates and times', TIME_LIMITS, position);
    return new Time(nanos);
  }),
  form('pure', { date: string }, ({ date }, _, position) => dateOf(date, position)),
];
