import { StolenTime } from './stolen-time.js';

/** The longest time that a query may delay others, in ms. */
const MOST = 12;
/** With less than this left, a query does not start on the serving thread. */
const LEAST = 2;
/** A query that takes no longer than this, in ms, is free: small queries take less. */
const FREE = 3;
/**
 * How much time the queries of each client, and of all clients, may use on the serving thread: a burst in ms, and a
 * share.
 */
const EACH = { atOnce: 150, share: 0.1 };
const ALL = { atOnce: 100, share: 0.25 };
/** One query gets this fraction of what all have left, so that queries get less and less time under load. */
const PART = 8;
/** How many clients are remembered; the least recent ones are forgotten first. */
const MAX_KNOWN = 10_000;
/** How long a process takes to warm up, in ms, and how long a query may take meanwhile. */
const WARM_UP = 10_000;
const MOST_WHILE_COLD = 100;

/**
 * How long each client's queries may delay others. The queries of a client that has used up its share run in another
 * process until it has a share again.
 */
export class Patience {
  readonly #isWarmAt = performance.now() + WARM_UP;
  readonly #all = new Account(ALL);
  readonly #accounts = new Map<string, Account>();
  /** Left out of what queries take. */
  readonly stolen = new StolenTime();

  /**
   * @param most how much it is at most, in ms
   * @returns in ms; `undefined` if a query of this client should not start here.
   */
  of(who: string, most = MOST): number | undefined {
    const now = performance.now();
    if (now < this.#isWarmAt) return MOST_WHILE_COLD;
    const left = Math.min(most, this.#all.left(now) / PART, this.#accounts.get(who)?.left(now) ?? most);
    return left < LEAST ? undefined : left;
  }

  /** Records how long a query took, in ms, whatever its outcome. */
  spent(who: string, elapsed: number): void {
    if (elapsed <= FREE) return;
    const now = performance.now();
    if (now < this.#isWarmAt) return;
    const spent = elapsed - this.stolen.since(now);
    if (spent <= FREE) return;
    this.#all.spend(spent, now);
    const account = this.#accounts.get(who) ?? new Account(EACH);
    account.spend(spent, now);
    this.#accounts.delete(who);
    this.#accounts.set(who, account);
    if (this.#accounts.size > MAX_KNOWN) this.#accounts.delete(this.#accounts.keys().next().value!);
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
