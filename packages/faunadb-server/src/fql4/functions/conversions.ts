import { floorDivide, parseNumber, toInteger } from '@supertokens-faunadb/java/numbers';
import { trim } from '@supertokens-faunadb/java/text';
import { MAX_DAY, MIN_DAY, NANOS_PER_DAY, TIME_LIMITS } from '@supertokens-faunadb/java/time';
import { versionFields } from '../../model/documents/select.js';
import type { QueryContext } from '../../query/context.js';
import { boundsError, invalidCast, wrongType } from '../../values/errors.js';
import { at, type Position } from '../../values/position.js';
import { DateValue, ObjectValue, Time, type Value, Version } from '../../values/values.js';
import { any, zeroOrMore } from '../evaluate/casts.js';
import { type Cast, type Form, form } from '../evaluate/form.js';
import { stringOf } from '../evaluate/string-of.js';
import { dateOf, timeOf } from './time/construction.js';

type At = Position | undefined;

const NANOS_PER_MILLI = 1_000_000n;

/** A character of a number counts as much as creating this many. */
const DIGIT = 2;

function numberOf(
  value: Value,
  type: 'Number' | 'Double' | 'Integer',
  { budget }: QueryContext,
  position: At,
): bigint | number {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  if (typeof value === 'string') budget.work(DIGIT * value.length);
  const parsed = typeof value === 'string' ? parseNumber(trim(value)) : undefined;
  if (parsed === undefined) throw invalidCast(value, type, position);
  return parsed;
}

function toTime(value: Value, context: QueryContext, position: At): Time {
  // Integers are milliseconds here; elsewhere integers that stand for times are microseconds.
  if (typeof value === 'bigint') return new Time(value * NANOS_PER_MILLI);
  if (value instanceof Time) return value;
  if (value instanceof DateValue) return new Time(BigInt(value.day) * NANOS_PER_DAY);
  if (typeof value === 'string') return timeOf(value, context, position);
  throw invalidCast(value, 'Time', position);
}

function toDate(value: Value, position: At): DateValue {
  if (value instanceof Time) {
    const day = Number(floorDivide(value.nanos, NANOS_PER_DAY));
    if (day < MIN_DAY || day > MAX_DAY) throw boundsError('dates and times', TIME_LIMITS, position);
    return new DateValue(day);
  }
  if (value instanceof DateValue) return value;
  if (typeof value === 'string') return dateOf(value, position);
  throw invalidCast(value, 'Date', position);
}

/** A field counts as much as creating this many characters. */
const FIELD = 16;

const field: Cast<readonly [string, Value]> = (value, position) => {
  if (Array.isArray(value) && value.length === 2 && typeof value[0] === 'string') {
    return value as unknown as readonly [string, Value];
  }
  throw wrongType(['Field/Value'], value, position);
};

function toObject(value: Value, context: QueryContext, position: At): Value {
  if (Array.isArray(value)) {
    context.budget.work(FIELD * value.length);
    return objectWith(zeroOrMore(field)(value, position, context));
  }
  if (value instanceof ObjectValue) return value;
  if (value instanceof Version) return versionFields(value);
  throw invalidCast(value, 'Object', position);
}

/** If two fields have the same name, the first is used, but both are shown. */
function objectWith(fields: readonly (readonly [string, Value])[]): ObjectValue {
  const first = new Map<string, Value>();
  for (const [name, value] of fields) if (!first.has(name)) first.set(name, value);
  return new ObjectValue(first, fields);
}

function toArray(value: Value, { budget }: QueryContext, position: At): Value {
  if (Array.isArray(value)) return value;
  if (value instanceof ObjectValue) {
    budget.work(FIELD * value.fields.size);
    return Array.from(value.entries);
  }
  if (value instanceof Version) return [...versionFields(value).fields];
  throw invalidCast(value, 'Array', position);
}

/** Conversions between types. Some report errors at the argument, some at the whole call. */
export const conversionFunctions: readonly Form[] = [
  form('pure', { to_string: any }, ({ to_string }, _, position) => stringOf(to_string, position)),
  form('pure', { to_number: any }, ({ to_number }, context, position) =>
    numberOf(to_number, 'Number', context, position),
  ),
  form('pure', { to_double: any }, ({ to_double }, context, position) =>
    Number(numberOf(to_double, 'Double', context, at(position, 'to_double'))),
  ),
  form('pure', { to_integer: any }, ({ to_integer }, context, position) => {
    const number = numberOf(to_integer, 'Integer', context, at(position, 'to_integer'));
    return typeof number === 'bigint' ? number : toInteger(number);
  }),
  form('pure', { to_time: any }, ({ to_time }, context, position) => toTime(to_time, context, position)),
  form('pure', { to_date: any }, ({ to_date }, _, position) => toDate(to_date, position)),
  form('pure', { to_object: any }, ({ to_object }, context, position) =>
    toObject(to_object, context, at(position, 'to_object')),
  ),
  form('pure', { to_array: any }, ({ to_array }, context, position) =>
    toArray(to_array, context, at(position, 'to_array')),
  ),
];
