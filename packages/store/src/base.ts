import type { Layer } from './layer.js';
import type { Entry, Key, Range, Value } from './store.js';

/** What lies under the pending layers: the state that is on disk, or held in memory where there is no disk. */
export interface Base {
  /** Whether writes go to a disk, and so are worth grouping and waiting for. */
  readonly persistent: boolean;
  get(key: Key): Value | undefined;
  range(range: Range): Iterable<Entry>;
  /** Takes a layer in, all or nothing; settles when it is on disk. One write at a time. */
  write(layer: Layer): Promise<void>;
  backup(file: string): Promise<void>;
  close(): Promise<void>;
}
