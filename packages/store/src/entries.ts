import type { Database as AnyDatabase, RootDatabase } from 'lmdb';
import { seal, Unsealer } from './seal.js';
import type { Entry, Key, Range, Value } from './store.js';

/** All of a file's databases map bytes to bytes. */
export type Database = RootDatabase<Buffer, Buffer>;

export const BINARY = { encoding: 'binary', keyEncoding: 'binary' } as const;

/** The database in an LMDB file that holds the entries. */
const NAME = 'entries';
/** The key that leads to that database, which LMDB's binding ends with a zero byte. */
export const KEY_OF_ENTRIES = Buffer.from(`${NAME}\0`);
/** The longest that other work waits at a time, in ms. */
const SLICE = 4;
/** How many entries are moved in one transaction. */
const AT_ONCE = 10_000;

/**
 * The entries in an open LMDB file. Each value is stored with a checksum of itself and its key, which every read verifies.
 * Usable in any thread that has the file open; if it is open read-only, the entries must exist.
 */
export class SealedEntries {
  readonly #unsealer = new Unsealer();
  readonly #database: AnyDatabase<Buffer, Buffer>;

  constructor(root: Database) {
    // The binding's types omit that an encoder is allowed.
    const options = { keyEncoding: 'binary', encoder: this.#unsealer } as const;
    this.#database = root.openDB<Buffer, Buffer>(NAME, options);
  }

  /** @throws {DamagedData} */
  get(key: Key): Value | undefined {
    const value = this.#database.get(key as Buffer);
    if (value !== undefined) this.#unsealer.check(key);
    return value;
  }

  /**
   * @param found called at the end with whether there was an entry
   * @throws {DamagedData} during iteration
   */
  range({ start, end, reverse = false }: Range, found?: (isAny: boolean) => void): Iterable<Entry> {
    const source = this.#database.getRange(
      reverse
        ? {
            reverse,
            ...(end === undefined ? {} : { start: end as Buffer, exclusiveStart: true }),
            // Without a bound LMDB's binding would omit a key of one zero byte.
            end: (start ?? Buffer.alloc(0)) as Buffer,
            inclusiveEnd: true,
          }
        : {
            ...(start === undefined || start.length === 0 ? {} : { start: start as Buffer }),
            ...(end === undefined ? {} : { end: end as Buffer }),
          },
    );
    return { [Symbol.iterator]: () => new Unsealed(source[Symbol.iterator](), this.#unsealer, found) };
  }

  /** Writes entries as one transaction; `null` removes a key. @throws the error of the disk or of LMDB */
  async write(entries: Iterable<readonly [Key, Value | null]>): Promise<void> {
    let last: Promise<boolean> | undefined;
    // A failed transaction rejects the promise of each of its writes.
    const seen = (promise: Promise<boolean>) => {
      if (promise !== last) promise.catch(() => {});
      last = promise;
    };
    try {
      await this.#database.batch(() => {
        for (const [key, value] of entries) {
          if (value === null) seen(this.#database.remove(key as Buffer));
          else seen(this.#database.put(key as Buffer, seal(key, value)));
        }
      });
    } catch (error) {
      await (error as { commitError?: Promise<never> }).commitError; // rejected with the reason
      throw error;
    }
  }

  /**
   * Also writes entries as one transaction, but in slices of some milliseconds with other work in between. Nothing else in
   * this process may write meanwhile.
   */
  async writeInSlices(root: Database, entries: Iterable<readonly [Key, Value | null]>): Promise<void> {
    // As in `write`: the promise of the transaction reports the failure of all.
    const ignore = (write: Promise<boolean>) => write.catch(() => {});
    await root.transaction(async () => {
      let until = performance.now() + SLICE;
      for (const [key, value] of entries) {
        if (value === null) ignore(this.#database.remove(key as Buffer));
        else ignore(this.#database.put(key as Buffer, seal(key, value)));
        if (performance.now() < until) continue;
        await new Promise(setImmediate);
        until = performance.now() + SLICE;
      }
    });
  }

  /**
   * Imports the entries of a file written by an older version, which kept them without checksums in the file's unnamed
   * database. What remains in the unnamed database is still to do, so an interrupted import resumes.
   *
   * @param makeRoom called before each write
   */
  async adopt(root: Database, makeRoom: (entries: number, bytes: number) => Promise<void>): Promise<void> {
    while (hasOthers(root)) {
      const batch = [...root.getRange({ limit: AT_ONCE })].filter(({ key }) => !KEY_OF_ENTRIES.equals(key));
      // Each entry is written once and removed once.
      const bytes = batch.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
      await makeRoom(2 * batch.length, bytes + 64 * batch.length);
      root.transactionSync(() => {
        for (const { key, value } of batch) {
          this.#database.put(key, seal(key, value));
          root.remove(key);
        }
      });
      root.resetReadTxn();
    }
  }
}

/**
 * Verifies each entry as it is read. Not a generator: most ranges have at most one entry, and creating a generator costs
 * more than reading it.
 */
class Unsealed implements IterableIterator<Entry> {
  #isAny = false;
  readonly #source: Iterator<Entry>;
  readonly #unsealer: Unsealer;
  readonly #found: ((isAny: boolean) => void) | undefined;

  constructor(source: Iterator<Entry>, unsealer: Unsealer, found: ((isAny: boolean) => void) | undefined) {
    this.#source = source;
    this.#unsealer = unsealer;
    this.#found = found;
  }

  next(): IteratorResult<Entry> {
    const next = this.#source.next();
    if (next.done) this.#found?.(this.#isAny);
    else {
      this.#isAny = true;
      this.#check(next.value.key);
    }
    return next;
  }

  #check(key: Key): void {
    try {
      this.#unsealer.check(key);
    } catch (error) {
      this.return(); // iteration does not call it if `next` throws
      throw error;
    }
  }

  return(): IteratorResult<Entry> {
    return this.#source.return?.() ?? { done: true, value: undefined };
  }

  [Symbol.iterator](): this {
    return this;
  }
}

function hasOthers(root: Database): boolean {
  for (const key of root.getKeys({ limit: 2 })) if (!KEY_OF_ENTRIES.equals(key)) return true;
  return false;
}
