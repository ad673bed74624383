import type { Store, Transaction } from '@supertokens-faunadb/store';
import { PUBLIC } from '../http/router.js';
import { key, keysUnder } from '../storage/key.js';
import { settled } from '../storage/settled.js';
import { parseJson, putJson } from '../storage/value.js';
import type { Tenants } from '../tenants/tenants.js';

/** A refresh notes its user at most so often (milliseconds): it would otherwise write for nothing else. */
const INTERVAL = 60_000;
const PAGE = 10_000;

/** When each user of an app last made, refreshed or ended a session. */
export class ActiveUsers {
  readonly #recently = new Map<string, number>();

  constructor(
    private readonly store: Store,
    private readonly tenants: Tenants,
  ) {}

  note(transaction: Transaction, app: string, userId: string, now: number): void {
    putJson(transaction, key(this.#space(app), 'active-user', userId), now);
  }

  /** Like {@link note}, in a transaction of its own. */
  async noteNow(app: string, userId: string): Promise<void> {
    await settled(this.store.transact((transaction) => this.note(transaction, app, userId, Date.now())));
  }

  async forget(app: string, userId: string): Promise<void> {
    const place = key(this.#space(app), 'active-user', userId);
    await settled(this.store.transact((transaction) => transaction.remove(place)));
  }

  noteRefresh(transaction: Transaction, app: string, userId: string, now: number): void {
    const name = `${this.#space(app)} ${userId}`;
    if (now - (this.#recently.get(name) ?? 0) < INTERVAL) return;
    if (this.#recently.size >= PAGE) this.#recently.clear();
    this.#recently.set(name, now);
    this.note(transaction, app, userId, now);
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
