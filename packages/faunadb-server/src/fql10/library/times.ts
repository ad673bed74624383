import { floorDivide, wrap } from '@supertokens-faunadb/java/numbers';
import {
  type ClockTime,
  clockTime,
  dateOf,
  dayOfWeek,
  dayOfYear,
  MAX_DAY,
  MIN_DAY,
  parseDate,
  parseTime,
} from '@supertokens-faunadb/java/time';
import { type TimeUnit, timeUnit } from '../../values/time-unit.js';
import type { Context } from '../evaluate/context.js';
import { errors } from '../evaluate/failures.js';
import { Table, types } from '../evaluate/members.js';
import { DateValue, Double, integerValue, type Numeric, Time, TransactionTime } from '../evaluate/values.js';
import { LibraryModule, shown } from './base.js';

const NANOS_PER_DAY = 86_400_000_000_000n;
/** The range of results of `add` and `subtract`. */
const MIN_TIME = BigInt(MIN_DAY) * NANOS_PER_DAY;
const MAX_TIME = (BigInt(MAX_DAY) + 1n) * NANOS_PER_DAY - 1n;
/** The range of times in Java. */
const MIN_INSTANT = -31_557_014_167_219_200n * 1_000_000_000n;
const MAX_INSTANT = 31_556_889_864_403_200n * 1_000_000_000n - 1n;

const unitOf = (context: Context, text: string): TimeUnit => {
  const unit = timeUnit(text);
  if (unit === undefined) throw errors.invalidTimeUnit(text, context.trace);
  return unit;
};

const MAX_LONG = 2n ** 63n - 1n;
/** A number of units in nanoseconds; fractions are rounded down to nanoseconds. */
function nanosOf(amount: Numeric, { nanos }: TimeUnit): bigint | undefined {
  if (!(amount instanceof Double)) return BigInt(amount) * nanos;
  const { value } = amount;
  if (!Number.isFinite(value)) return undefined;
  const whole = Math.floor(Math.abs(value));
  const fraction = Math.abs(value) - whole;
  const total = BigInt(whole) * nanos;
  const seconds = total / 1_000_000_000n;
  if (seconds >= MAX_LONG) return value < 0 ? -(MAX_LONG * 1_000_000_000n) : MAX_LONG * 1_000_000_000n;
  const sum = seconds * 1_000_000_000n + BigInt(Math.trunc(Number(total % 1_000_000_000n) + Number(nanos) * fraction));
  return value < 0 ? -sum : sum;
}

function moved(context: Context, { nanos }: Time, amount: Numeric, text: string, direction: 1n | -1n): Time {
  const unit = unitOf(context, text);
  const offset = nanosOf(amount, unit);
  const overflow = () => (direction === 1n ? errors.timeTooLate(context.trace) : errors.timeTooEarly(context.trace));
  if (offset === undefined) throw overflow();
  const sum = nanos + direction * offset;
  if (sum < MIN_INSTANT || sum > MAX_INSTANT) throw overflow();
  if (sum < MIN_TIME) throw errors.timeTooEarly(context.trace);
  if (sum > MAX_TIME) throw errors.timeTooLate(context.trace);
  return new Time(sum);
}

const part = (read: (clock: ClockTime) => number) => (_: Context, self: Time) => read(clockTime(self.nanos));
const count = (nanosPerUnit: bigint) => (_: Context, self: Time) =>
  integerValue(wrap(floorDivide(self.nanos, nanosPerUnit)));
const amount = ['amount', types.number] as const;
const unit = ['unit', types.string] as const;

function difference(context: Context, end: Time, start: Time, text: string): Numeric {
  const { nanos } = unitOf(context, text);
  // For milliseconds both times are rounded down first.
  const units =
    nanos === 1_000_000n
      ? floorDivide(end.nanos, nanos) - floorDivide(start.nanos, nanos)
      : (end.nanos - start.nanos) / nanos;
  if (units > MAX_LONG || units < -MAX_LONG - 1n) throw errors.differenceTooLarge(context.trace);
  return integerValue(units);
}

export const timeTable = new Table<Time>(shown)
  .field(
    'dayOfMonth',
    part(({ day }) => dateOf(day).day),
  )
  .field(
    'dayOfWeek',
    part(({ day }) => dayOfWeek(day)),
  )
  .field(
    'dayOfYear',
    part(({ day }) => dayOfYear(dateOf(day))),
  )
  .field(
    'hour',
    part(({ hour }) => hour),
  )
  .field(
    'month',
    part(({ day }) => dateOf(day).month),
  )
  .field(
    'minute',
    part(({ minute }) => minute),
  )
  .field(
    'second',
    part(({ second }) => second),
  )
  .field(
    'year',
    part(({ day }) => dateOf(day).year),
  )
  .method('toMicros', [], count(1_000n))
  .method('toMillis', [], count(1_000_000n))
  .method('toSeconds', [], count(1_000_000_000n))
  .method('add', [amount, unit], (context, self, by, text) => moved(context, self, by, text, 1n))
  .method('subtract', [amount, unit], (context, self, by, text) => moved(context, self, by, text, -1n))
  .method('difference', [['start', types.time], unit], (context, self, start, text) =>
    difference(context, self, start, text),
  );

function timeFrom(context: Context, text: string): Time {
  const nanos = parseTime(text);
  if (nanos === undefined) throw errors.invalidTime(text, context.trace);
  return new Time(nanos);
}

/** A fractional number of units in nanoseconds, as a Scala duration: rounded, and the last time if it is not finite. */
function sinceEpoch(value: number, { nanos }: TimeUnit): bigint | undefined {
  const product = Number(nanos) * value;
  if (!Number.isFinite(product)) return MAX_INSTANT;
  return Math.abs(product) > Number(MAX_LONG) ? undefined : BigInt(Math.floor(product + 0.5));
}

export const timeModule = new LibraryModule('Time', (value) => value instanceof Time).define((table) => {
  table
    .call([['time', types.string]], (context, _, text) => timeFrom(context, text))
    .method('fromString', [['time', types.string]], (context, _, text) => timeFrom(context, text))
    .method('now', [], (context) => {
      context.require('observation', '`now`');
      return new Time(context.host.snapshotTime * 1000n);
    })
    .method('epoch', [['offset', types.number], unit], (context, _, offset, text) => {
      const found = unitOf(context, text);
      const nanos = offset instanceof Double ? sinceEpoch(offset.value, found) : BigInt(offset) * found.nanos;
      if (nanos === undefined || nanos > MAX_INSTANT) throw errors.timeTooLate(context.trace);
      if (nanos < MIN_INSTANT) throw errors.timeTooEarly(context.trace);
      return new Time(nanos);
    });
});

function movedDate(context: Context, self: DateValue, by: Numeric, text: string, direction: 1n | -1n): DateValue {
  const found = timeUnit(text);
  if (found === undefined || !found.ofDates) throw errors.invalidDateUnit(text, context.trace);
  const days = by instanceof Double ? rounded(by.value) : BigInt(by);
  const sum = BigInt(self.day) + direction * days;
  if (sum < BigInt(MIN_DAY)) throw errors.timeTooEarly(context.trace);
  if (sum > BigInt(MAX_DAY)) throw errors.timeTooLate(context.trace);
  return new DateValue(Number(sum));
}
// Rounds half up, as Java does.
function rounded(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  const limited = Math.max(-(2 ** 63), Math.min(2 ** 63, Math.floor(value + 0.5)));
  return BigInt(limited);
}

export const dateTable = new Table<DateValue>(shown)
  .field('dayOfMonth', (_, { day }) => dateOf(day).day)
  .field('dayOfWeek', (_, { day }) => dayOfWeek(day))
  .field('dayOfYear', (_, { day }) => dayOfYear(dateOf(day)))
  .field('month', (_, { day }) => dateOf(day).month)
  .field('year', (_, { day }) => dateOf(day).year)
  .method('add', [amount, unit], (context, self, by, text) => movedDate(context, self, by, text, 1n))
  .method('subtract', [amount, unit], (context, self, by, text) => movedDate(context, self, by, text, -1n))
  .method('difference', [['start', types.date]], (_, self, start) => BigInt(self.day - start.day));

function dateFrom(context: Context, text: string): DateValue {
  const day = parseDate(text);
  if (day === undefined) throw errors.invalidDate(text, context.trace);
  return new DateValue(day);
}

export const dateModule = new LibraryModule('Date', (value) => value instanceof DateValue).define((table) => {
  table
    .call([['date', types.string]], (context, _, text) => dateFrom(context, text))
    .method('fromString', [['date', types.string]], (context, _, text) => dateFrom(context, text))
    .method('today', [], (context) => new DateValue(clockTime(context.host.snapshotTime * 1000n).day));
});

export const transactionTimeTable = new Table<TransactionTime>(shown);
export const transactionTimeModule = new LibraryModule(
  'TransactionTime',
  (value) => value instanceof TransactionTime,
).define((table) => {
  table.call([], () => new TransactionTime());
});
