import { DamagedData, type Key, keysIn, type Store } from '@supertokens-faunadb/store';
import { type Clock, systemClock } from '../common/clock.js';
import { getSessionAt, removeSession, sessionsExpiringBefore } from '../sessions/session-record.js';
import { notedKeys, notesBefore } from '../storage/expiries.js';
import { key, keysUnder, partsOf, rangeOf } from '../storage/key.js';
import { SESSIONS } from '../storage/tables.js';
import { RepeatedJob } from './repeated-job.js';

/** Entries to remove in one transaction; requests are served between transactions. */
const BATCH = 500;
/**
 * Milliseconds to keep expired sessions, so that they can still be revoked by their handles. The real Core keeps them until
 * its next sweep, up to half a day.
 */
const LINGERING = 3_600_000;

/** Removes expired data and data of removed tenants, a batch in each step. */
export class Sweeper extends RepeatedJob {
  /** What could not be removed, since something that belongs to it is damaged. It is skipped. */
  readonly #damaged = new Set<string>();
  readonly #store: Store;
  readonly #clock: Clock;

  /** @param report receives disk failures, and each damage once; it must not throw */
  constructor(store: Store, report: (error: unknown) => void, clock: Clock = systemClock) {
    super(report);
    this.#clock = clock;
    this.#store = store;
  }

  /** Runs one complete sweep. */
  async sweep(): Promise<void> {
    const now = this.#clock();
    await this.#inBatches(() => this.#removeExpired(now - LINGERING));
    await this.#inBatches(() => this.#removeNoted(now - LINGERING));
    await this.#inBatches(() => this.#clearAbandoned());
  }

  protected override run(): Promise<void> {
    return this.sweep();
  }

  async #inBatches(batch: () => { isLast: boolean; durable: Promise<void> | undefined }): Promise<void> {
    while (!this.isStopped) {
      const { isLast, durable } = batch();
      await durable;
      if (isLast) return;
      await new Promise(setImmediate);
    }
  }

  #isDamaged(entry: Key): boolean {
    return this.#damaged.size > 0 && this.#damaged.has(Buffer.from(entry).toString('hex'));
  }

  /** Does the work of an entry. Damaged data affects only the entry that reads it. */
  #unlessDamaged(entry: Key, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof DamagedData)) throw error;
      this.#damaged.add(Buffer.from(entry).toString('hex'));
      this.report(error);
    }
  }

  #removeExpired(before: number) {
    const { value: isLast, durable } = this.#store.transact((transaction) => {
      const whole = filter(sessionsExpiringBefore(transaction, before), ({ entry }) => !this.#isDamaged(entry));
      const expired = [...take(whole, BATCH)];
      for (const { entry, expiry, place } of expired) {
        this.#unlessDamaged(entry, () => {
          const record = getSessionAt(transaction, place);
          // If the session was prolonged since, this entry has an outdated time.
          if (record?.expiry === expiry) removeSession(transaction, record);
          else transaction.remove(entry);
        });
      }
      return expired.length < BATCH;
    });
    return { isLast, durable };
  }

  #removeNoted(before: number) {
    const { value: isLast, durable } = this.#store.transact((transaction) => {
      const whole = filter(notesBefore(transaction, before), (note) => !this.#isDamaged(note));
      const expired = [...take(whole, BATCH)];
      for (const note of expired) {
        this.#unlessDamaged(note, () => {
          for (const each of [note, ...notedKeys(transaction, note)]) transaction.remove(each);
        });
      }
      return expired.length < BATCH;
    });
    return { isLast, durable };
  }

  #clearAbandoned() {
    const { value: isLast, durable } = this.#store.transact((transaction) => {
      for (const entry of [...take(keysIn(transaction, keysUnder('abandoned')), 1)]) {
        const space = partsOf(entry)[1] as string;
        let seen = 0;
        for (const owned of [keysUnder(space), rangeOf(Buffer.concat([SESSIONS, key(space)]))]) {
          for (const item of [...take(keysIn(transaction, owned), BATCH - seen)]) {
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

function* filter<T>(items: Iterable<T>, isWanted: (item: T) => boolean): Generator<T> {
  for (const item of items) if (isWanted(item)) yield item;
}

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  if (count === 0) return;
  let taken = 0;
  for (const item of items) {
    yield item;
    if (++taken === count) return;
  }
}
