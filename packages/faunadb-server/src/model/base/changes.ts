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

  get changes(): Iterable<Change> {
    return this.#changes.values();
  }

  get isEmpty(): boolean {
    return this.#changes.size === 0 && this.histories.length === 0;
  }

  /** Several writes of a document in one transaction count as one change. */
  written(ref: Ref, before: StoredVersion | undefined, after: StoredVersion): void {
    const key = `${ref.scope}/${ref.collection}/${ref.id}`;
    const earlier = this.#changes.get(key);
    this.#changes.set(key, { ref, before: earlier ? earlier.before : before, after });
  }

  rewritten(ref: Ref, before: readonly StoredVersion[], after: readonly StoredVersion[]): void {
    this.histories.push({ ref, before, after });
  }
}
