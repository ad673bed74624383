/** The clock of this process, shared by all copies of this module. */
interface ProcessClock {
  readonly SystemDate: DateConstructor;
  /** How far it has been advanced, in milliseconds. */
  offset: number;
}

const registry = globalThis as { [key: symbol]: ProcessClock | undefined };
const KEY = Symbol.for('supertokens-faunadb.test-clock');
registry[KEY] ??= { SystemDate: globalThis.Date, offset: 0 };
const clock = registry[KEY];

/**
 * Advances `Date` in this process, which the SDK and the integration use, and {@link serverClock}. Timers and
 * `performance.now()` are not changed.
 *
 * @param milliseconds How far to advance; never negative, because FaunaDB's time does not run backwards.
 */
export function advanceClock(milliseconds: number): void {
  checkAdvance(milliseconds);
  if (clock.offset === 0 && milliseconds > 0) globalThis.Date = movedDate(globalThis.Date);
  clock.offset += milliseconds;
}

/** @throws RangeError unless the clock can be advanced so far */
export function checkAdvance(milliseconds: number): void {
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return;
  throw new RangeError(`The clock advances by a non-negative number of milliseconds, not ${milliseconds}.`);
}

/** How far the clock of this process has been advanced, in milliseconds. */
export function clockOffset(): number {
  return clock.offset;
}

/** The servers' time. It follows a `Date` that a test sets to the future, but never one that it sets to the past. */
export function serverClock(): number {
  return Math.max(Date.now(), clock.SystemDate.now() + clock.offset);
}

function movedDate(BaseDate: DateConstructor): DateConstructor {
  const now = () => BaseDate.now() + clock.offset;
  const MovedDate: DateConstructor = new Proxy(BaseDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget === MovedDate ? target : newTarget),
    apply: () => new BaseDate(now()).toString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });
  return MovedDate;
}
