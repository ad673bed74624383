import type { Key, Store, Transaction, Value } from '@supertokens-faunadb/store';
import { RecentlyUsed } from '../common/recently-used.js';
import { PUBLIC } from '../common/tenant-names.js';
import { idPart, key, rangeOf } from '../storage/key.js';
import { settled } from '../storage/settled.js';
import { ACTIVE_USERS } from '../storage/tables.js';
import type { Tenants } from '../tenants/tenants.js';
import type { UserData } from './user-data.js';

/** Minimum milliseconds between two records of the same user, to save writes. */
const INTERVAL = 60_000;
/** Maximum recently recorded users to remember. */
const REMEMBERED = 10_000;
const LONGEST_REMEMBERED = 256;
const PAGE = 10_000;
const TIME_BYTES = 6;

/** When each user of an app last signed up or in, made, refreshed or ended a session, to the minute. */
export class ActiveUsers {
  readonly #noted = new RecentlyUsed<string, number>(REMEMBERED);
  readonly #store: Store;
  readonly #tenants: Tenants;

  constructor(store: Store, tenants: Tenants) {
    this.#store = store;
    this.#tenants = tenants;

    store.onRollback(() => this.#noted.clear());
  }

  note(transaction: Transaction, app: string, userId: string, now: number): void {
    const space = this.#space(app);
    const name = `${space} ${userId}`;
    if (now - (this.#noted.get(name) ?? Number.NEGATIVE_INFINITY) < INTERVAL) return;
    if (name.length <= LONGEST_REMEMBERED) this.#noted.set(name, now);
    putActivity(transaction, space, userId, now);
  }

  /** Like {@link note}, in a transaction of its own. */
  async noteNow(app: string, userId: string): Promise<void> {
    await settled(
      this.#store.transact((transaction) => this.note(transaction, app, userId, this.#tenants.get(app, PUBLIC).now())),
    );
  }

  forget(transaction: Transaction, app: string, userId: string): void {
    const space = this.#space(app);
    this.#noted.delete(`${space} ${userId}`);
    transaction.remove(keyOf(space, userId));
  }

  /** Goes with a user, but hinders nothing. */
  readonly userData: UserData = {
    recipe: 'ActiveUsers',
    isUsed: () => false,
    remove: (transaction, app, _, userId) => this.forget(transaction, app.app, userId),
  };

  /** How many users have been active since `since`, in milliseconds since the epoch. Counts page by page, so that others are served. */
  async countSince(app: string, since: number): Promise<number> {
    let range = rangeOf(tableOf(this.#space(app)));
    let count = 0;
    for (;;) {
      let seen = 0;
      this.#store.read((reader) => {
        for (const { key: entry, value } of reader.range(range)) {
          if (timeOf(value) >= since) count++;
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
    return this.#tenants.get(app, PUBLIC).space;
  }
}

export function putActivity(transaction: Transaction, space: string, userId: string, time: number): void {
  const value = Buffer.allocUnsafe(TIME_BYTES);
  value.writeUIntBE(time, 0, TIME_BYTES);
  transaction.put(keyOf(space, userId), value);
}

function timeOf(value: Value): number {
  return Buffer.from(value.buffer, value.byteOffset, TIME_BYTES).readUIntBE(0, TIME_BYTES);
}

function tableOf(space: string): Key {
  return Buffer.concat([key(space), ACTIVE_USERS]);
}

function keyOf(space: string, userId: string): Key {
  return Buffer.concat([tableOf(space), idPart(userId)]);
}
