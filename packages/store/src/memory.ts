import type { Base } from './base.js';
import { Layer } from './layer.js';
import type { Entry, Key, Range, Value } from './store.js';

/** Keeps everything in the process's memory, for test suites. */
export class MemoryBase implements Base {
  readonly persistent: boolean = false;
  readonly #layer = new Layer();

  get(key: Key): Value | undefined {
    return this.#layer.get(key) ?? undefined;
  }

  *range(range: Range): Generator<Entry> {
    for (const [key, value] of this.#layer.range(range)) if (value !== null) yield { key, value };
  }

  async write(layer: Layer): Promise<void> {
    for (const [key, value] of layer.entries()) {
      if (value === null) this.#layer.delete(key);
      else this.#layer.set(key, value);
    }
  }

  async backup(): Promise<void> {
    throw new Error('A store in memory has no backup: give it a data directory.');
  }

  async close(): Promise<void> {}
}
