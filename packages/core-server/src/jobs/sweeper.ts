import type { Store } from '@supertokens-faunadb/store';
import { getSessionAt, removeSession, sessionsExpiringBefore } from '../sessions/session-record.js';
import { expiredBefore } from '../storage/expiries.js';
import { key, keysUnder, partsOf, rangeOf } from '../storage/key.js';
import { SESSIONS } from '../storage/tables.js';

/** Entries to remove in one transaction; requests are served between transactions. */
const BATCH = 500;
/**
 * Milliseconds to keep expired sessions, so that they can still be revoked by their handles. The real Core keeps them until
 * its next sweep, up to half a day.
 */
const LINGERING = 3_600_000;

/** Removes expired data and data of removed tenants, a batch at a time. */
export class Sweeper {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isStopped = false;
  readonly #store: Store;
  readonly #report: (error: unknown) => void;

  /** @param report receives disk failures */
  constructor(store: Store, report: (error: unknown) => void) {
    this.#store = store;
    this.#report = report;
  }

  /** Sweeps now and every `interval` milliseconds. */
  start(interval: number): void {
    this.#timer = setInterval(() => this.#begin(), interval).unref();
    this.#begin();
  }

  /** Stops after the batch in progress. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Runs one complete sweep. */
  async sweep(): Promise<void> {
    const now = Date.now();
    await this.#inBatches(() => this.#removeExpired(now - LINGERING));
    await this.#inBatches(() => this.#removeNoted(now - LINGERING));
    await this.#inBatches(() => this.#clearAbandoned());
  }

  #begin(): void {
    this.#running ??= this.sweep()
      .catch(this.#report)
      .finally(() => {
        this.#running = undefined;
      });
  }

  async #inBatches(batch: () => { isLast: boolean; durable: Promise<void> | undefined }): Promise<void> {
    while (!this.#isStopped) {
      const { isLast, durable } = batch();
      await durable;
      if (isLast) return;
      await new Promise(setImmediate);
    }
  }

  #removeExpired(before: number) {
    const { value: isLast, durable } = this.#store.transact((transaction) => {
      const expired = [...take(sessionsExpiringBefore(transaction, before), BATCH)];
      for (const { entry, expiry, place } of expired) {
        const record = getSessionAt(transaction, place);
        // A session that was extended since has a later expiry than this index entry.
        if (record?.expiry === expiry) removeSession(transaction, record);
        else transaction.remove(entry);
      }
      return expired.length < BATCH;
    });
    return { isLast, durable };
  }

  #removeNoted(before: number) {
    const { value: isLast, durable } = this.#store.transact((transaction) => {
      const expired = [...take(expiredBefore(transaction, before), BATCH)];
      for (const { note, keys } of expired) for (const each of [note, ...keys]) transaction.remove(each);
      return expired.length < BATCH;
    });
    return { isLast, durable };
  }

  #clearAbandoned() {
    const { value: isLast, durable } = this.#store.transact((transaction) => {
      for (const { key: entry } of [...take(transaction.range(keysUnder('abandoned')), 1)]) {
        const space = partsOf(entry)[1] as string;
        let seen = 0;
        for (const owned of [keysUnder(space), rangeOf(Buffer.concat([SESSIONS, key(space)]))]) {
          for (const { key: item } of [...take(transaction.range(owned), BATCH - seen)]) {
            transaction.remove(item);
            seen++;
          }
        }
        if (seen < BATCH) transaction.remove(entry);
        return false;
      }
      return true;
    });
    return { isLast, durable };
  }
}

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  if (count === 0) return;
  let taken = 0;
  for (const item of items) {
    yield item;
    if (++taken === count) return;
  }
}
