import { isUserCollection } from '../../values/ids.js';

/** How many writes are remembered. */
const KEPT = 8_192;

interface Write {
  readonly scope: number;
  readonly collection: number;
  readonly id: bigint;
  readonly time: bigint;
}

/**
 * The latest writes of documents, so that finding what has changed lately needs no search through a collection. Some of
 * them may have been undone.
 */
export class RecentWrites {
  readonly #writes: Write[] = [];
  #next = 0;
  /** All writes after this time are remembered, in µs. */
  #since: bigint | undefined;

  /** Begins to remember, after all transactions until a time in µs. */
  begin(time: bigint): void {
    this.#since ??= time;
  }

  /** @param key of the document; @param time of the write, in µs */
  note(key: Buffer, time: bigint): void {
    const collection = key.readUInt16BE(5);
    if (!isUserCollection(collection)) return;
    const oldest = this.#writes[this.#next];
    if (oldest) this.#since = oldest.time;
    this.#writes[this.#next] = { scope: key.readUInt32BE(1), collection, id: key.readBigInt64BE(7), time };
    this.#next = (this.#next + 1) % KEPT;
  }

  /**
   * The ids of documents of a collection that may have been written from a time on, in µs; `undefined` if that is too
   * long ago.
   */
  idsSince(scope: number, collection: number, time: bigint): ReadonlySet<bigint> | undefined {
    if (this.#since === undefined || time <= this.#since) return undefined;
    const ids = new Set<bigint>();
    for (const write of this.#writes) {
      if (write.time >= time && write.collection === collection && write.scope === scope) ids.add(write.id);
    }
    return ids;
  }
}
