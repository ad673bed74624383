import type { Readable } from './base.js';
import { type Handle, openHandle } from './handle.js';
import { compare, Layer } from './layer.js';
import { View } from './layered-store.js';
import { ReadLog } from './reads.js';
import type { Entry, Key, Outcome, Range, Reader, Store, Transaction, Value } from './store.js';

/** What a transaction would write, and what it read to determine that. */
export interface Attempt {
  /** `null` for a removed key. */
  readonly writes: Iterable<[Key, Value | null]>;
  readonly reads: ReadLog;
}

/**
 * The store of a process that only reads what another process stores. Each transaction sees the newest state on disk. Its
 * writes are not applied but returned.
 */
export class AttemptStore implements Store {
  readonly #snapshot: Snapshot;
  readonly #reads = new ReadLog();
  #writes = new Layer();

  readonly #unnoted: Key | undefined;

  private constructor(snapshot: Snapshot, unnoted: Key | undefined) {
    this.#snapshot = snapshot;
    this.#unnoted = unnoted;
  }

  /**
   * @param file from `Store.share` of the process that owns the store
   * @param unnoted a key that transactions may read without depending on it: no other transaction disturbs them by
   *   writing it
   */
  static open(file: string, unnoted?: Key): AttemptStore {
    return new AttemptStore(new Snapshot(file), unnoted);
  }

  /** The attempt of the latest transaction; `undefined` if it wrote nothing. */
  get attempt(): Attempt | undefined {
    return this.#writes.size === 0 ? undefined : { writes: this.#writes.entries(), reads: this.#reads };
  }

  read<T>(work: (reader: Reader) => T): Outcome<T> {
    return this.transact(work);
  }

  transact<T>(work: (transaction: Transaction) => T): Outcome<T> {
    this.#reads.clear();
    this.#writes = new Layer();
    this.#snapshot.renew();
    const view = new View(new Noted(this.#snapshot, this.#reads, this.#unnoted), this.#writes, undefined, undefined);
    try {
      return { value: work(view), durable: undefined };
    } catch (error) {
      this.#writes.clear();
      throw error;
    } finally {
      view.end();
    }
  }

  onRollback(): void {}

  share(): Promise<string> {
    throw new Error('A snapshot cannot be shared: share its store.');
  }

  watch(): never {
    throw new Error('A snapshot does not change.');
  }

  async backup(): Promise<void> {
    throw new Error('A snapshot has no backup.');
  }

  snapshot(): never {
    throw new Error('A snapshot cannot take snapshots.');
  }

  restore(): never {
    throw new Error('A snapshot does not change.');
  }

  async close(): Promise<void> {
    await this.#snapshot.close();
  }
}

/** The newest state on disk, until it is renewed. */
class Snapshot implements Readable {
  readonly #handle: Handle;

  constructor(file: string) {
    this.#handle = openHandle(file, true);
  }

  renew(): void {
    this.#handle.root.resetReadTxn();
  }

  get(key: Key): Value | undefined {
    return this.#handle.entries.get(key);
  }

  range(range: Range): Iterable<Entry> {
    return this.#handle.entries.range(range);
  }

  close(): Promise<void> {
    return this.#handle.root.close();
  }
}

/** Records what is read from a base. */
class Noted implements Readable {
  constructor(
    readonly base: Readable,
    readonly reads: ReadLog,
    readonly unnoted: Key | undefined,
  ) {}

  get(key: Key): Value | undefined {
    if (this.unnoted === undefined || compare(key, this.unnoted) !== 0) this.reads.get(key);
    return this.base.get(key);
  }

  range(range: Range): Iterable<Entry> {
    return this.reads.range(range, this.base.range(range));
  }
}
