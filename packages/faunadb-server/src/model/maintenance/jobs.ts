import type { Entry, Reader } from '@supertokens-faunadb/store';
import { after } from '../../storage/keys.js';

/** Jobs that are noted under keys with a common beginning, taken by turns. */
export class Turns {
  #from: Buffer;

  /** @param prefix the beginning of their keys */
  constructor(readonly prefix: Buffer) {
    this.#from = prefix;
  }

  /** The next job, in the order of keys and then from the first again, but none that `isPassedOver`. */
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

  /** Says from which key on the next turn looks. */
  goOnFrom(key: Buffer): void {
    this.#from = key;
  }
}
