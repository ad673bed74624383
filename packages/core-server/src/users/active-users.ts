import type { Store, Transaction } from '@supertokens-faunadb/store';
import { PUBLIC } from '../http/router.js';
import { RecentlyUsed } from '../recently-used.js';
import { key, keysUnder } from '../storage/key.js';
import { settled } from '../storage/settled.js';
import { parseJson, putJson } from '../storage/value.js';
import type { Tenants } from '../tenants/tenants.js';

/** A user is noted at most so often (milliseconds), for a refresh would write for nothing else. */
const INTERVAL = 60_000;
/** So many users are known to have been noted lately. */
const REMEMBERED = 10_000;
const PAGE = 10_000;

/** When each user of an app last signed up or in, made, refreshed or ended a session, to the minute. */
export class ActiveUsers {
  readonly #noted = new RecentlyUsed<string, number>(REMEMBERED);

  constructor(
    private readonly store: Store,
    private readonly tenants: Tenants,
  ) {}

  note(transaction: Transaction, app: string, userId: string, now: number): void {
    const space = this.#space(app);
    const name = `${space} ${userId}`;
    if (now - (this.#noted.get(name) ?? Number.NEGATIVE_INFINITY) < INTERVAL) return;
    this.#noted.set(name, now);
    putJson(transaction, key(space, 'active-user', userId), now);
  }

  /** Like {@link note}, in a transaction of its own. */
  async noteNow(app: string, userId: string): Promise<void> {
    await settled(this.store.transact((transaction) => this.note(transaction, app, userId, Date.now())));
  }

  async forget(app: string, userId: string): Promise<void> {
    const space = this.#space(app);
    this.#noted.delete(`${space} ${userId}`);
    await settled(this.store.transact((transaction) => transaction.remove(key(space, 'active-user', userId))));
  }

  /** How many users have been active since `since`, in milliseconds since the epoch. Counts page by page, so that others are served. */
  async countSince(app: string, since: number): Promise<number> {
    let range = keysUnder(this.#space(app), 'active-user');
    let count = 0;
    for (;;) {
      let seen = 0;
      this.store.read((reader) => {
        for (const { key: entry, value } of reader.range(range)) {
          if (parseJson<number>(value) >= since) count++;
          if (++seen < PAGE) continue;
          range = { ...range, start: Buffer.concat([entry, Buffer.of(0)]) };
          break;
        }
      });
      if (seen < PAGE) return count;
      await new Promise(setImmediate);
    }
  }

  #space(app: string): string {
    return this.tenants.get(app, PUBLIC).space;
  }
}
