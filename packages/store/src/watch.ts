import type { Layer } from './layer.js';
import type { ReadSet } from './reads.js';
import type { Key } from './store.js';

/** Beyond this many keys they are no longer recorded one by one, so that a check never takes long. */
const MAX_KEYS = 50_000;

/** What has been written since some moment, for a reader of the state at that moment or later. */
export class Watch {
  readonly #keys: Key[] = [];
  readonly #end: (watch: Watch) => void;
  #isLost = false;

  constructor(end: (watch: Watch) => void) {
    this.#end = end;
  }

  note(layer: Layer): void {
    if (this.#keys.length + layer.size > MAX_KEYS) {
      this.#isLost = true;
      this.#keys.length = 0;
    }
    if (!this.#isLost) for (const [key] of layer.entries()) this.#keys.push(key);
  }

  /** The whole state has been replaced. */
  lose(): void {
    this.#isLost = true;
    this.#keys.length = 0;
  }

  /** Whether anything that was read may have been written since. */
  touches(reads: ReadSet): boolean {
    return this.#isLost || this.#keys.some((key) => reads.includes(key));
  }

  end(): void {
    this.#end(this);
  }
}
