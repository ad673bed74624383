import type { Transaction } from '@supertokens-faunadb/store';
import { KEY, lookupKey, metaKey } from '../../storage/keys.js';
import { limitExceeded } from '../../values/query-ended.js';
import type { ChangeLog } from './changes.js';
import type { RecentWrites } from './recent-writes.js';
import { Usage } from './usage.js';

/** Where the time of the last transaction is. Each one writes it. */
export const LAST_TIME = metaKey('time');

/**
 * The store's keys in one transaction. The first write records the transaction's time, so that no time after a
 * restart is earlier.
 */
export class Keyspace {
  readonly usage = new Usage();
  /** The changes of this query, if streams need them. */
  changes: ChangeLog | undefined;
  #wrote = false;

  /** @param time of the transaction, in µs. */
  constructor(
    readonly transaction: Transaction,
    readonly time: bigint,
    /** The time to write, in µs: a placeholder if the time is only known later. */
    readonly writeTime: bigint = time,
    /** The latest writes of all transactions, if this process sees them all. */
    readonly recent?: RecentWrites,
  ) {}

  /**
   * The transaction's time as data.
   *
   * @throws {QueryEnded} if it is not known yet
   */
  ownTime(): bigint {
    if (this.writeTime === this.time) return this.time;
    throw limitExceeded('A transaction that takes this long cannot keep its own time in the data of a document.');
  }

  put(key: Buffer, value: Buffer): void {
    if (!this.#wrote) {
      this.#wrote = true;
      const time = Buffer.allocUnsafe(8);
      time.writeBigUInt64BE(this.writeTime);
      this.transaction.put(LAST_TIME, time);
    }
    this.transaction.put(key, value);
    if (key[0] === KEY.document) this.recent?.note(key, this.writeTime);
  }

  remove(key: Uint8Array): void {
    this.transaction.remove(key);
  }

  /** Returns the next number of the sequence `name`, which begins at `first`. */
  count(name: string, first: number): number {
    const key = metaKey(name);
    const stored = this.transaction.get(key);
    const next = stored ? Buffer.from(stored).readUInt32BE() : first;
    const value = Buffer.allocUnsafe(4);
    value.writeUInt32BE(next + 1);
    this.put(key, value);
    return next;
  }

  /** The value stored for bytes other than an id: a hash of a secret, an internal id of a database. */
  lookup(kind: string, bytes: Uint8Array): Buffer | undefined {
    const value = this.transaction.get(lookupKey(kind, bytes));
    return value && Buffer.from(value);
  }

  setLookup(kind: string, bytes: Uint8Array, value: Buffer | undefined): void {
    if (value) this.put(lookupKey(kind, bytes), value);
    else this.remove(lookupKey(kind, bytes));
  }
}

/** The time of the last transaction that wrote, in µs; 0 if there is none. */
export function lastTime(reader: Pick<Transaction, 'get'>): bigint {
  const stored = reader.get(LAST_TIME);
  return stored ? Buffer.from(stored).readBigUInt64BE() : 0n;
}
