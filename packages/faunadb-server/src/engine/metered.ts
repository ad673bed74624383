import type { Entry, Key, Range, Transaction, Value } from '@supertokens-faunadb/store';
import type { Budget } from '../values/budget.js';
import { limitExceeded, type QueryEnded } from '../values/query-ended.js';

/** How much a transaction may write: bytes as in FaunaDB, and as many entries as take about 50 ms to apply. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_ENTRIES = 20_000;

/** Values that are larger than this, in bytes, are announced before they are decoded, and how many take a millisecond. */
const LARGE = 64 * 1024;
const BYTES_PER_MS = 50_000;

/**
 * A transaction that counts all reads, so that no part of a query can read for long without a check of the clock. It
 * limits writes, because they are applied in one step.
 */
export class MeteredTransaction implements Transaction {
  readonly #transaction: Transaction;
  readonly #budget: Budget;
  #bytes = 0;
  #entries = 0;

  constructor(transaction: Transaction, budget: Budget) {
    this.#transaction = transaction;
    this.#budget = budget;
  }

  get(key: Key): Value | undefined {
    this.#budget.touch();
    const value = this.#transaction.get(key);
    if (value !== undefined && value.length > LARGE) this.#budget.foresee(value.length / BYTES_PER_MS);
    return value;
  }

  range(range: Range): Iterable<Entry> {
    this.#budget.touch();
    return new MeteredEntries(this.#transaction.range(range)[Symbol.iterator](), this.#budget);
  }

  put(key: Key, value: Value): void {
    this.#write(key.length + value.length);
    this.#transaction.put(key, value);
  }

  remove(key: Key): void {
    this.#write(key.length);
    this.#transaction.remove(key);
  }

  #write(bytes: number): void {
    this.#budget.touch();
    this.#bytes += bytes;
    if (this.#bytes > MAX_BYTES) throw tooLarge(this.#bytes, MAX_BYTES, 'bytes');
    if (++this.#entries > MAX_ENTRIES) throw tooLarge(this.#entries, MAX_ENTRIES, 'entries');
  }

  rollback(): void {
    this.#transaction.rollback();
  }
}

class MeteredEntries implements IterableIterator<Entry> {
  readonly #entries: Iterator<Entry>;
  readonly #budget: Budget;

  constructor(entries: Iterator<Entry>, budget: Budget) {
    this.#entries = entries;
    this.#budget = budget;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Entry> {
    this.#budget.touch();
    const next = this.#entries.next();
    if (!next.done && next.value.value.length > LARGE) this.#budget.foresee(next.value.value.length / BYTES_PER_MS);
    return next;
  }

  return(): IteratorResult<Entry> {
    return this.#entries.return?.() ?? { done: true, value: undefined };
  }
}

function tooLarge(size: number, limit: number, unit: string): QueryEnded {
  return limitExceeded(`Transaction exceeded limit: got ${size} ${unit}, limit ${limit} ${unit}`);
}
