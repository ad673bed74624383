import type { Watch } from './watch.js';

/** Keys are compared byte by byte, as unsigned numbers; a prefix comes before what it starts. */
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

/** What a store in memory held at one moment. */
export interface Snapshot {
  readonly size: number;
}

/** One consistent view of the store. Valid only while the callback that received it runs. */
export interface Reader {
  get(key: Key): Value | undefined;
  range(range: Range): Iterable<Entry>;
}

/** A view that sees its own writes. Nobody else sees them before the callback has returned. */
export interface Transaction extends Reader {
  put(key: Key, value: Value): void;
  remove(key: Key): void;
  /** Forgets all writes so far: for an outcome that is an answer and no exception, but must leave nothing. */
  rollback(): void;
}

/** What a callback returned, and when it may be told to the outside. */
export interface Outcome<T> {
  readonly value: T;
  /**
   * Settles when everything the callback wrote, and everything it saw of others' writes, is on disk;
   * `undefined` where that is so already. It rejects if the disk refuses (by a `DiskFailure`): then all of that is undone,
   * and nothing of it may be acknowledged.
   */
  readonly durable: Promise<void> | undefined;
}

/**
 * An ordered key-value store. Callbacks are synchronous and run one at a time, so that transactions are
 * strictly serialisable without locks; their commits reach the disk in groups, off the main thread.
 */
export interface Store {
  /** Runs `work` on the newest state. @throws {DamagedData} when what it reads is not what was once written */
  read<T>(work: (reader: Reader) => T): Outcome<T>;
  /** Runs `work` and applies its writes all together; when it throws, none, and the error is passed on. */
  transact<T>(work: (transaction: Transaction) => T): Outcome<T>;
  /**
   * Calls `listener` whenever the disk has refused what was applied, after that has been undone and before anybody is
   * told: for those who remember what they have read, which may be gone. It may read, but must not throw.
   */
  onRollback(listener: () => void): void;
  /**
   * Makes the present state, or a later one, readable by other processes.
   *
   * @returns the file to be opened by `AttemptStore` there
   */
  share(): Promise<string>;
  /** Begins to note what is written, to tell whether what is found out on a snapshot from then on still holds. */
  watch(): Watch;
  /** Copies a consistent state to `file` while the store goes on serving. */
  backup(file: string): Promise<void>;
  /**
   * All that it holds at this moment, to go back to: for test suites.
   *
   * @throws {Error} where it is on a disk: that has {@link Store.backup}.
   */
  snapshot(): Snapshot;
  /** Goes back to what it held; those who listen for a rollback are told. @throws {Error} as {@link Store.snapshot} does. */
  restore(snapshot: Snapshot): void;
  /** Waits for what is under way, then lets go of the files. */
  close(): Promise<void>;
}
