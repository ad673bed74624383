import type { Layer } from './layer.js';
import type { Entry, Key, Range, Value } from './store.js';

/** The reads that a base offers. */
export interface Readable {
  get(key: Key): Value | undefined;
  range(range: Range): Iterable<Entry>;
}

/** The store below the pending layers: the state on disk, or in memory if there is no disk. */
export interface Base extends Readable {
  /** Whether writes go to a disk, so that grouping them and waiting for them makes sense. */
  readonly persistent: boolean;
  /** Applies a layer, all or nothing; resolves when it is durable. One write at a time. */
  write(layer: Layer): Promise<void>;
  /** Makes what has been written so far readable by other processes. @returns the file for them to open */
  share(): Promise<string>;
  backup(file: string): Promise<void>;
  /** Everything that it holds at this moment. Only for stores in memory. */
  snapshot?(): Layer;
  /** Restores such a state. */
  restore?(snapshot: Layer): void;
  close(): Promise<void>;
}
