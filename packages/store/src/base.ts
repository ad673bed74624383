import type { Layer } from './layer.js';
import type { Entry, Key, Range, Value } from './store.js';

/** What can be read of it. */
export interface Readable {
  get(key: Key): Value | undefined;
  range(range: Range): Iterable<Entry>;
}

/** What lies under the pending layers: the state that is on disk, or held in memory where there is no disk. */
export interface Base extends Readable {
  /** Whether writes go to a disk, and so are worth grouping and waiting for. */
  readonly persistent: boolean;
  /** Takes a layer in, all or nothing; settles when it is on disk. One write at a time. */
  write(layer: Layer): Promise<void>;
  /** Makes what is written so far readable by other processes. @returns the file that they open */
  share(): Promise<string>;
  backup(file: string): Promise<void>;
  /** All that it holds at this moment. Only where that is in memory. */
  snapshot?(): Layer;
  /** Goes back to what it held. */
  restore?(snapshot: Layer): void;
  close(): Promise<void>;
}
