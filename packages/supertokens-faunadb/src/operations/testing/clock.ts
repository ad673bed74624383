/** The clock that every test kit of the process moves, wherever it has been loaded from. */
interface MovedClock {
  offset: number;
}

const registry = globalThis as { [key: symbol]: MovedClock | undefined };
const installed = Symbol.for('supertokens-faunadb.test-clock');

/**
 * Moves the clock of this process: `Date`, by which both embedded servers, the SDK and the integration tell the time when they
 * run in it. Timers are not moved, nor is `performance.now()`.
 *
 * @param milliseconds How much further than now; never back, for FaunaDB's time does not run backwards.
 */
export function advanceClock(milliseconds: number): void {
  if (!Number.isFinite(milliseconds) || milliseconds < 0) {
    throw new RangeError(`A clock moves on by a number of milliseconds, not ${milliseconds}.`);
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
