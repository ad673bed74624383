import type { Span } from '../parse/span.js';
import type { Context } from './context.js';
import { errors } from './failures.js';
import { Time, TransactionTime, type Value } from './values.js';

/** A time in nanoseconds as µs, rounded down. */
export const microsOf = (nanos: bigint): bigint =>
  nanos >= 0n || nanos % 1000n === 0n ? nanos / 1000n : nanos / 1000n - 1n;

/** The context in which reads see the state at a time. */
export function atTime(context: Context, value: Value, span: Span): Context {
  const { host } = context;
  if (value instanceof TransactionTime) return context.with({ host: host.with({ validTime: undefined }) });
  if (!(value instanceof Time)) throw errors.invalidType('Time', value, context.within(span));
  const now = host.snapshotTime * 1000n;
  if (value.nanos > now)
    throw errors.invalidArgument('at_time', 'cannot evaluate `at` in the future', context.within(span));
  const validTime = value.nanos === now ? undefined : microsOf(value.nanos);
  return context.with({ host: host.with({ validTime }) });
}

/** The context in which reads see the state at a time in µs, or the current state. */
export function atMicros(context: Context, time: bigint | undefined): Context {
  return context.host.validTime === time ? context : context.with({ host: context.host.with({ validTime: time }) });
}
