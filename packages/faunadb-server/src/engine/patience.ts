/** The longest that a query may keep others waiting, in ms. */
const MOST = 12;
/** With less than this left, a query is not begun where others wait for it. */
const LEAST = 2;
/** What takes no longer than this, in ms, costs nothing: that is what small queries take. */
const FREE = 3;
/** How much each one who asks, and all together, may take for other queries: at once, in ms, and as a part of the time. */
const EACH = { atOnce: 150, share: 0.1 };
const ALL = { atOnce: 100, share: 0.25 };
/** Part of what all have left goes to one query, so that many who come at once get less and less. */
const PART = 8;
/** Of more who ask, those are forgotten who asked longest ago. */
const MAX_KNOWN = 10_000;
/** How long a process takes to be as fast as it will be, in ms, and how long a query may take meanwhile. */
const WARM_UP = 10_000;
const MOST_WHILE_COLD = 100;

/**
 * How long the queries of each one who asks may keep others waiting. Whoever has used up his share is served where nobody
 * waits for it, until he has one again.
 */
export class Patience {
  readonly #isWarmAt = performance.now() + WARM_UP;
  readonly #all = new Account(ALL);
  readonly #accounts = new Map<string, Account>();
  #cpuBefore = 0;

  /** @returns in ms; `undefined` where a query of theirs shall not begin. */
  of(who: string): number | undefined {
    const now = performance.now();
    if (now < this.#isWarmAt) return MOST_WHILE_COLD;
    const left = Math.min(MOST, this.#all.left(now) / PART, this.#accounts.get(who)?.left(now) ?? MOST);
    return left < LEAST ? undefined : left;
  }

  /** Notes how long a query took, in ms, whatever became of it. */
  spent(who: string, elapsed: number): void {
    const now = performance.now();
    if (elapsed <= FREE || now < this.#isWarmAt) return;
    // Not for the time in which the system let other processes go on.
    const spent = Math.min(elapsed, this.#cpuTime());
    if (spent <= FREE) return;
    this.#all.spend(spent, now);
    const account = this.#accounts.get(who) ?? new Account(EACH);
    account.spend(spent, now);
    this.#accounts.delete(who);
    this.#accounts.set(who, account);
    if (this.#accounts.size > MAX_KNOWN) this.#accounts.delete(this.#accounts.keys().next().value!);
  }

  /** How long this process has had the processor since this was asked last, in ms. To ask takes some microseconds. */
  #cpuTime(): number {
    const { user, system } = process.cpuUsage();
    const now = (user + system) / 1000;
    const since = now - this.#cpuBefore;
    this.#cpuBefore = now;
    return since;
  }
}

class Account {
  readonly #limit: { readonly atOnce: number; readonly share: number };
  #left: number;
  #since = 0;

  constructor(limit: { readonly atOnce: number; readonly share: number }) {
    this.#limit = limit;
    this.#left = limit.atOnce;
  }

  left(now: number): number {
    const { atOnce, share } = this.#limit;
    return Math.min(atOnce, this.#left + (now - this.#since) * share);
  }

  spend(elapsed: number, now: number): void {
    this.#left = this.left(now) - elapsed;
    this.#since = now;
  }
}
