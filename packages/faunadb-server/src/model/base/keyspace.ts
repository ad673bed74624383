import type { Transaction } from '@supertokens-faunadb/store';
import { lookupKey, metaKey } from '../../storage/keys.js';
import { limitExceeded } from '../../values/query-ended.js';
import type { ChangeLog } from './changes.js';
import { Usage } from './usage.js';

const LAST_TIME = metaKey('time');

/** The keys of the store in one transaction. Its first write notes the transaction's time, so that none after a restart is earlier. */
export class Keyspace {
  readonly usage = new Usage();
  /** What this query changes, where anybody watches. */
  changes: ChangeLog | undefined;
  #wrote = false;

  /** @param time the transaction's, in µs. */
  constructor(
    readonly transaction: Transaction,
    readonly time: bigint,
    /** What stands for the time in what the transaction writes, in µs: another one where that is known only later. */
    readonly writeTime: bigint = time,
  ) {}

  /**
   * The time of the transaction as data.
   *
   * @throws {QueryEnded} where it is not known yet
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
  }

  remove(key: Uint8Array): void {
    this.transaction.remove(key);
  }

  /** The next of a row of numbers that belongs to `name`; the first is `first`. */
  count(name: string, first: number): number {
    const key = metaKey(name);
    const stored = this.transaction.get(key);
    const next = stored ? Buffer.from(stored).readUInt32BE() : first;
    const value = Buffer.allocUnsafe(4);
    value.writeUInt32BE(next + 1);
    this.put(key, value);
    return next;
  }

  /** What is found under some bytes other than an id: a hash of a secret, an internal id of a database. */
  lookup(kind: string, bytes: Uint8Array): Buffer | undefined {
    const value = this.transaction.get(lookupKey(kind, bytes));
    return value && Buffer.from(value);
  }

  setLookup(kind: string, bytes: Uint8Array, value: Buffer | undefined): void {
    if (value) this.put(lookupKey(kind, bytes), value);
    else this.remove(lookupKey(kind, bytes));
  }
}

/** The time of the last transaction that wrote, in µs; 0 where there is none. */
export function lastTime(reader: Pick<Transaction, 'get'>): bigint {
  const stored = reader.get(LAST_TIME);
  return stored ? Buffer.from(stored).readBigUInt64BE() : 0n;
}
