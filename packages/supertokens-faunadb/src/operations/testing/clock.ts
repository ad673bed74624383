/** The clock offset, shared by all copies of this module in the process. */
interface MovedClock {
  offset: number;
}

const registry = globalThis as { [key: symbol]: MovedClock | undefined };
const installed = Symbol.for('supertokens-faunadb.test-clock');

/**
 * Advances `Date` in this process. Both embedded servers, the SDK and the integration use it when they run in this process.
 * Timers and `performance.now()` are not changed.
 *
 * @param milliseconds How far to advance; never negative, because FaunaDB's time does not run backwards.
 */
export function advanceClock(milliseconds: number): void {
  if (!Number.isFinite(milliseconds) || milliseconds < 0) {
    throw new RangeError(`The clock advances by a non-negative number of milliseconds, not ${milliseconds}.`);
  }
  clock().offset += milliseconds;
}

function clock(): MovedClock {
  const known = registry[installed];
  if (known !== undefined) return known;
  const moved: MovedClock = { offset: 0 };
  registry[installed] = moved;
  const RealDate = globalThis.Date;
  const now = () => RealDate.now() + moved.offset;
  const MovedDate: DateConstructor = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget === MovedDate ? target : newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });
  globalThis.Date = MovedDate;
  return moved;
}
