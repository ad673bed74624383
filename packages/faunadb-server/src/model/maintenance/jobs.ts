import type { Entry, Reader } from '@supertokens-faunadb/store';
import { after } from '../../storage/keys.js';

/** Jobs under keys with a common prefix, taken in turns. */
export class Turns {
  #from: Buffer;

  /** @param prefix of their keys */
  constructor(readonly prefix: Buffer) {
    this.#from = prefix;
  }

  /** The next job in the order of keys, starting over at the end; skips jobs that `isPassedOver`. */
  next(reader: Reader, isPassedOver: (key: Uint8Array) => boolean): Entry | undefined {
    const end = after(this.prefix);
    for (const range of [
      { start: this.#from, end },
      { start: this.prefix, end: this.#from },
    ]) {
      for (const entry of reader.range(range)) if (!isPassedOver(entry.key)) return entry;
    }
    return undefined;
  }

  /** Sets the key at which the next turn starts. */
  goOnFrom(key: Buffer): void {
    this.#from = key;
  }
}
