import type { Layer } from './layer.js';
import type { ReadSet } from './reads.js';
import type { Key } from './store.js';

/** Of more keys it is not told any more which they are, so that looking at them never takes long. */
const MAX_KEYS = 50_000;

/** What is written from some moment on, for one who has looked at the state of then, or a later one. */
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

  /** The whole state has been replaced by another. */
  lose(): void {
    this.#isLost = true;
    this.#keys.length = 0;
  }

  /** Whether anything that was looked at may have been written since. */
  touches(reads: ReadSet): boolean {
    return this.#isLost || this.#keys.some((key) => reads.includes(key));
  }

  end(): void {
    this.#end(this);
  }
}
