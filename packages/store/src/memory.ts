import type { Base } from './base.js';
import { Layer } from './layer.js';
import type { Mirror } from './mirror.js';
import type { Entry, Key, Range, Value } from './store.js';

/** Keeps everything in the process's memory, for test suites. */
export class MemoryBase implements Base {
  readonly persistent: boolean = false;
  #layer = new Layer();
  /**
   * The keys that are not in the mirror yet, as strings, which are fastest to record. `undefined` until a mirror is needed.
   */
  #unmirrored: Set<string> | undefined;
  #mirror: Promise<Mirror> | undefined;

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
      this.#unmirrored?.add(textOf(key));
    }
  }

  async share(): Promise<string> {
    const layer = this.#unmirrored ? this.#writesTo(this.#unmirrored) : this.#layer.clone();
    this.#unmirrored = new Set();
    const mirror = this.#brought(this.#mirror, layer);
    this.#mirror = mirror;
    try {
      return (await mirror).file;
    } catch (error) {
      // The next call copies everything anew.
      if (this.#mirror === mirror) {
        this.#mirror = undefined;
        this.#unmirrored = undefined;
      }
      throw error;
    }
  }

  async #brought(before: Promise<Mirror> | undefined, layer: Layer): Promise<Mirror> {
    // Loaded on first use: loading LMDB's native part takes time.
    const mirror = await (before ?? import('./mirror.js').then(({ Mirror }) => Mirror.open()));
    try {
      await mirror.write(layer);
    } catch (error) {
      await mirror.close();
      throw error;
    }
    return mirror;
  }

  snapshot(): Layer {
    return this.#layer.clone();
  }

  restore(snapshot: Layer): void {
    if (this.#unmirrored) for (const key of different(this.#layer, snapshot)) this.#unmirrored.add(textOf(key));
    this.#layer = snapshot.clone();
  }

  /** The current values of keys, as writes. */
  #writesTo(keys: Iterable<string>): Layer {
    const writes = new Layer();
    for (const text of keys) {
      const key = Buffer.from(text, 'latin1');
      writes.set(key, this.get(key) ?? null);
    }
    return writes;
  }

  async backup(): Promise<void> {
    throw new Error('A store in memory has no backup: give it a data directory.');
  }

  async close(): Promise<void> {
    await (await this.#mirror?.catch(() => undefined))?.close();
  }
}

/** Each byte as a character. */
function textOf(key: Key): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1');
}

/** The keys whose values differ between two states. */
function* different(from: Layer, to: Layer): Generator<Key> {
  for (const [key] of from.entries()) if (to.get(key) === undefined) yield key;
  for (const [key, value] of to.entries()) if (from.get(key) !== value) yield key;
}
