import type { Watch } from './watch.js';

/** Keys are compared byte by byte, as unsigned numbers; a prefix sorts before longer keys. */
export type Key = Uint8Array;
export type Value = Uint8Array;

export interface Entry {
  readonly key: Key;
  readonly value: Value;
}

/** The keys from `start` (inclusive) to `end` (exclusive), ascending, or descending with `reverse`. */
export interface Range {
  readonly start?: Key;
  readonly end?: Key;
  readonly reverse?: boolean;
}

/** The content of a store in memory at one moment. */
export interface Snapshot {
  readonly size: number;
}

/** One consistent view of the store. Valid only while the callback that received it runs. */
export interface Reader {
  get(key: Key): Value | undefined;
  range(range: Range): Iterable<Entry>;
}

/** A view that sees its own writes. Others see them only after the callback has returned. */
export interface Transaction extends Reader {
  put(key: Key, value: Value): void;
  remove(key: Key): void;
  /** Discards all writes so far: for an outcome that is a regular answer, not an exception, but must change nothing. */
  rollback(): void;
}

/** A callback's result, and when it may be revealed. */
export interface Outcome<T> {
  readonly value: T;
  /**
   * Resolves when everything that the callback wrote, and everything it read of others' writes, is durable; `undefined` if
   * it already is. Rejects with a `DiskFailure` if the disk refuses: then all of that is undone, and nothing of it may be
   * acknowledged.
   */
  readonly durable: Promise<void> | undefined;
}

/**
 * An ordered key-value store. Callbacks are synchronous and run one at a time, so that transactions are
 * strictly serialisable without locks; their commits reach the disk in groups, off the main thread.
 */
export interface Store {
  /** Runs `work` on the newest state. @throws {DamagedData} if what it reads differs from what was written */
  read<T>(work: (reader: Reader) => T): Outcome<T>;
  /** Runs `work` and applies its writes together. If it throws, none is applied, and the error is passed on. */
  transact<T>(work: (transaction: Transaction) => T): Outcome<T>;
  /**
   * Calls `listener` whenever the disk has refused applied writes, after they are undone and before callers are notified:
   * for caches of what was read, which may be gone. It may read, but must not throw.
   */
  onRollback(listener: () => void): void;
  /**
   * Makes the present state, or a later one, readable by other processes.
   *
   * @returns the file for `AttemptStore` to open there
   */
  share(): Promise<string>;
  /** Starts recording writes, to decide later whether what was read on a snapshot still holds. */
  watch(): Watch;
  /** Copies a consistent state to `file` while the store keeps serving. */
  backup(file: string): Promise<void>;
  /**
   * Everything that it holds at this moment, to restore later: for test suites.
   *
   * @throws {Error} if it is on disk: use {@link Store.backup}.
   */
  snapshot(): Snapshot;
  /** Restores a snapshot and notifies the rollback listeners. @throws {Error} as {@link Store.snapshot} does. */
  restore(snapshot: Snapshot): void;
  /** Waits for running writes, then closes the files. */
  close(): Promise<void>;
}
