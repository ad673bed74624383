import type { Base, Readable } from './base.js';
import { Layer, merge } from './layer.js';
import type { Entry, Key, Outcome, Range, Reader, Snapshot, Store, Transaction, Value } from './store.js';
import { Watch } from './watch.js';

/** LMDB's limit for a key, in bytes. */
export const MAX_KEY_BYTES = 1978;

const EMPTY: Key = new Uint8Array(0);

/** Applied writes that go to the disk together. */
class Pending {
  readonly layer = new Layer();
  readonly settled: Promise<void>;
  settle!: () => void;
  fail!: (error: Error) => void;

  constructor() {
    this.settled = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.fail = reject;
    });
    // Callers that need durability await it; otherwise its rejection concerns nobody.
    this.settled.catch(() => {});
  }
}

/**
 * The store over any base. Applied transactions are in `#next` until the group before them, `#writing`, is on disk; then
 * they become the group being written. Reads look through both. If the disk refuses a group, both are discarded.
 */
export class LayeredStore implements Store {
  readonly #base: Base;
  #next: Pending | undefined;
  #writing: Pending | undefined;
  readonly #listeners = new Set<() => void>();
  #busy = false;
  #closed = false;
  readonly #watches = new Set<Watch>();

  constructor(base: Base) {
    this.#base = base;
  }

  read<T>(work: (reader: Reader) => T): Outcome<T> {
    return this.#run(new View(this.#base, undefined, this.#next, this.#writing), work);
  }

  transact<T>(work: (transaction: Transaction) => T): Outcome<T> {
    const own = new Layer();
    const view = new View(this.#base, own, this.#next, this.#writing);
    const outcome = this.#run(view, work);
    if (own.size === 0) return outcome;
    for (const watch of this.#watches) watch.note(own);
    if (!this.#base.persistent) {
      this.#base.write(own);
      return outcome;
    }
    if (!this.#next) {
      this.#next = new Pending();
      // At the end of this event loop turn, so that requests that arrived together are written together.
      if (!this.#writing) setImmediate(() => this.#write());
    }
    this.#next.layer.absorb(own);
    return { value: outcome.value, durable: this.#next.settled };
  }

  onRollback(listener: () => void): void {
    this.#listeners.add(listener);
  }

  async share(): Promise<string> {
    // Waiting callers learn of their groups' failure; others read what is on disk.
    await (this.#next ?? this.#writing)?.settled;
    return this.#base.share();
  }

  watch(): Watch {
    const watch = new Watch((ended) => this.#watches.delete(ended));
    this.#watches.add(watch);
    return watch;
  }

  async backup(file: string): Promise<void> {
    await this.#quiet();
    await this.#base.backup(file);
  }

  snapshot(): Snapshot {
    const snapshot = this.#base.snapshot?.();
    if (snapshot !== undefined) return snapshot;
    throw new Error('Only a store in memory has snapshots: back this one up.');
  }

  restore(snapshot: Snapshot): void {
    if (this.#base.restore === undefined || !(snapshot instanceof Layer)) {
      throw new Error('Only a store in memory goes back to a snapshot, and to one of its own kind.');
    }
    this.#base.restore(snapshot);
    for (const watch of this.#watches) watch.lose();
    for (const listener of this.#listeners) listener();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#quiet().catch(() => {});
    await this.#base.close();
  }

  #run<V extends View, T>(view: V, work: (view: V) => T): Outcome<T> {
    if (this.#closed) throw new Error('The store is closed.');
    if (this.#busy) throw new Error('A transaction of this store is under way: its callbacks do not nest.');
    this.#busy = true;
    try {
      const value = work(view);
      return { value, durable: view.dependsOn?.settled };
    } finally {
      this.#busy = false;
      view.end();
    }
  }

  #write(): void {
    const group = this.#next;
    if (!group) return;
    this.#next = undefined;
    this.#writing = group;
    this.#base.write(group.layer).then(
      () => {
        this.#writing = undefined;
        group.settle();
        this.#write();
      },
      (error: Error) => this.#undo(group, error),
    );
  }

  /**
   * Undoes what could not be written and everything done since, which may have read it: the newest state is again the one
   * on disk. Later writes are attempted again.
   */
  #undo(group: Pending, error: Error): void {
    const next = this.#next;
    this.#next = undefined;
    this.#writing = undefined;
    let reported = error;
    // Before callers are notified, for they may retry at once.
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (failure) {
        reported = failure as Error;
      }
    }
    group.fail(reported);
    next?.fail(reported);
  }

  async #quiet(): Promise<void> {
    for (let last = this.#next ?? this.#writing; last; last = this.#next ?? this.#writing) await last.settled;
  }
}

export class View implements Transaction {
  readonly #base: Readable;
  readonly #own: Layer | undefined;
  /** Groups that are not on disk, the latest first. */
  readonly #latest: Pending | undefined;
  readonly #earlier: Pending | undefined;
  #ended = false;
  /** The latest group of which anything was read. */
  dependsOn: Pending | undefined;

  constructor(base: Readable, own: Layer | undefined, next: Pending | undefined, writing: Pending | undefined) {
    this.#base = base;
    this.#own = own;
    this.#latest = next ?? writing;
    this.#earlier = next && writing;
  }

  get(key: Key): Value | undefined {
    this.#check(key);
    const own = this.#own?.get(key);
    if (own !== undefined) return own ?? undefined;
    let pending = this.#getPending(key, this.#latest);
    // `null`: it was removed.
    if (pending === undefined) pending = this.#getPending(key, this.#earlier);
    return pending === undefined ? this.#base.get(key) : (pending ?? undefined);
  }

  #getPending(key: Key, pending: Pending | undefined): Value | null | undefined {
    const value = pending?.layer.get(key);
    if (value !== undefined) this.#depend(pending!);
    return value;
  }

  range(range: Range): Iterable<Entry> {
    this.#check();
    // Nothing precedes the empty key, and LMDB would ignore it as a bound.
    if (range.end && Buffer.compare(range.start ?? EMPTY, range.end) >= 0) return [];
    const layers: Iterable<[Key, Value | null]>[] = [];
    // The transaction's own writes are copied: the callback may write while it iterates.
    if (this.#own?.touches(range)) layers.push([...this.#own.range(range)]);
    for (const pending of [this.#latest, this.#earlier]) {
      if (!pending?.layer.touches(range)) continue;
      this.#depend(pending);
      layers.push(pending.layer.range(range));
    }
    const base = this.#base.range(range);
    return layers.length === 0 ? base : merge(layers, base, range.reverse ?? false);
  }

  put(key: Key, value: Value): void {
    this.#check(key);
    this.#own!.set(key, value);
  }

  remove(key: Key): void {
    this.#check(key);
    this.#own!.set(key, null);
  }

  rollback(): void {
    this.#check();
    this.#own!.clear();
  }

  end(): void {
    this.#ended = true;
  }

  #check(key?: Key): void {
    if (this.#ended) throw new Error('This view of the store is used after its callback has returned.');
    if (key && (key.length === 0 || key.length > MAX_KEY_BYTES)) {
      throw new RangeError(`A key of the store has 1 to ${MAX_KEY_BYTES} bytes, not ${key.length}.`);
    }
  }

  #depend(on: Pending): void {
    // Groups become durable in order.
    if (this.dependsOn === undefined || on === this.#latest) this.dependsOn = on;
  }
}
