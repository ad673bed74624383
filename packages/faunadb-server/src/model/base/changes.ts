import type { Ref } from '../../values/values.js';
import type { StoredVersion } from './stored-version.js';

/** A transaction's change of a document's current state. */
export interface Change {
  readonly ref: Ref;
  /** The version before the transaction, or its deletion. */
  readonly before: StoredVersion | undefined;
  readonly after: StoredVersion;
}

/** A transaction's change of a document's history: its versions, the earliest first. */
export interface HistoryChange {
  readonly ref: Ref;
  readonly before: readonly StoredVersion[];
  readonly after: readonly StoredVersion[];
}

/** Records the changes of a transaction for streams. */
export class ChangeLog {
  readonly #changes = new Map<string, Change>();
  readonly histories: HistoryChange[] = [];
  #size = 0;

  /** How much it takes in the store, in bytes, or a little more. */
  get size(): number {
    return this.#size;
  }

  get changes(): Iterable<Change> {
    return this.#changes.values();
  }

  get isEmpty(): boolean {
    return this.#changes.size === 0 && this.histories.length === 0;
  }

  /**
   * Several writes of a document in one transaction count as one change.
   *
   * @param size of the new version, in bytes
   */
  written(ref: Ref, before: StoredVersion | undefined, after: StoredVersion, size: number): void {
    this.#size += size + (before?.size ?? 0);
    const key = `${ref.scope}/${ref.collection}/${ref.id}`;
    const earlier = this.#changes.get(key);
    this.#changes.set(key, { ref, before: earlier ? earlier.before : before, after });
  }

  /** @param size of all versions, in bytes */
  rewritten(ref: Ref, before: readonly StoredVersion[], after: readonly StoredVersion[], size: number): void {
    this.#size += size;
    this.histories.push({ ref, before, after });
  }
}
