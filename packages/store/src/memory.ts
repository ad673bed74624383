import type { Base } from './base.js';
import { Layer } from './layer.js';
import type { Mirror } from './mirror.js';
import type { Entry, Key, Range, Value } from './store.js';

/** Keeps everything in the process's memory, for test suites. */
export class MemoryBase implements Base {
  readonly persistent: boolean = false;
  #layer = new Layer();
  /** What is not in the mirror yet; `undefined` as long as nobody wanted one. */
  #unmirrored: Layer | undefined;
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
    }
    this.#unmirrored?.absorb(layer);
  }

  async share(): Promise<string> {
    const layer = this.#unmirrored ?? this.#layer.clone();
    this.#unmirrored = new Layer();
    const before = this.#mirror;
    this.#mirror = this.#brought(before, layer);
    return (await this.#mirror).file;
  }

  async #brought(before: Promise<Mirror> | undefined, layer: Layer): Promise<Mirror> {
    // Loaded where it is used: LMDB's native part takes its time.
    const mirror = await (before ?? import('./mirror.js').then(({ Mirror }) => Mirror.open()));
    await mirror.write(layer);
    return mirror;
  }

  snapshot(): Layer {
    return this.#layer.clone();
  }

  restore(snapshot: Layer): void {
    this.#unmirrored?.absorb(difference(this.#layer, snapshot));
    this.#layer = snapshot.clone();
  }

  async backup(): Promise<void> {
    throw new Error('A store in memory has no backup: give it a data directory.');
  }

  async close(): Promise<void> {
    await (await this.#mirror)?.close();
  }
}

/** The writes that make one state the other. */
function difference(from: Layer, to: Layer): Layer {
  const writes = new Layer();
  for (const [key] of from.entries()) if (to.get(key) === undefined) writes.set(key, null);
  for (const [key, value] of to.entries()) if (from.get(key) !== value) writes.set(key, value);
  return writes;
}
