import { type Key, keysIn, type Reader } from '@supertokens-faunadb/store';
import { after } from '../../storage/keys.js';

/** Jobs under keys with a common prefix, taken in turns. */
export class Turns {
  #from: Buffer;

  /** @param prefix of their keys */
  constructor(readonly prefix: Buffer) {
    this.#from = prefix;
  }

  /** The key of the next job, in the order of keys and then from the first again, but none that `isPassedOver`. */
  next(reader: Reader, isPassedOver: (key: Key) => boolean): Buffer | undefined {
    const end = after(this.prefix);
    for (const range of [
      { start: this.#from, end },
      { start: this.prefix, end: this.#from },
    ]) {
      for (const key of keysIn(reader, range)) if (!isPassedOver(key)) return Buffer.from(key);
    }
    return undefined;
  }

  /** Sets the key at which the next turn starts. */
  goOnFrom(key: Buffer): void {
    this.#from = key;
  }
}
