import type { DeferredWork } from '../model/base/context.js';

type Work = () => Promise<unknown>;

/**
 * Thrown where a query needs something that takes long and must not hold up others: the hash of a password, the keys of
 * an identity provider. The query is undone, the work is done outside of any transaction, and the query runs again, this
 * time with the result at hand.
 */
export class Suspension {
  constructor(readonly work: ReadonlyMap<string, Work>) {}
}

/** What earlier runs of the same query have found out. */
export class DeferredResults implements DeferredWork {
  readonly #known = new Map<string, unknown>();
  readonly #promised = new Map<string, Work>();
  readonly #uses = new Map<string, number>();

  /**
   * The result of `work`, on which it depends how the query goes on.
   *
   * @param key names the work, and must be the same when the query runs again.
   * @throws {Suspension} if it has not been done.
   */
  require<T>(key: string, work: () => Promise<T>): T {
    if (!this.#known.has(key)) throw new Suspension(new Map([[key, work]]));
    return this.#known.get(key) as T;
  }

  /** Remembers a result that is known without any work, for those who go on with these results when it is not any more. */
  note(key: string, result: unknown): void {
    this.#known.set(key, result);
  }

  /**
   * The result of `work` if it has been done; else `meanwhile`, with which the query goes on, so that all it needs of this
   * kind is done at once. What comes of it is never committed nor told: the query then runs again.
   */
  promise<T>(key: string, work: () => Promise<T>, meanwhile: T): T {
    if (this.#known.has(key)) return this.#known.get(key) as T;
    this.#promised.set(key, work);
    return meanwhile;
  }

  /** The same, but each use of a key within one run has a result of its own. */
  promiseEach<T>(key: string, work: () => Promise<T>, meanwhile: T): T {
    const use = this.#uses.get(key) ?? 0;
    this.#uses.set(key, use + 1);
    return this.promise(`${key} ${use}`, work, meanwhile);
  }

  /** How much work has been done and is promised, all in all. */
  get size(): number {
    return this.#known.size + this.#promised.size;
  }

  /** Ends a run, whatever came of it. @throws {Suspension} if it went on with what was only promised. */
  complete(): void {
    if (this.#promised.size > 0) throw new Suspension(new Map(this.#promised));
  }

  async settle({ work }: Suspension): Promise<void> {
    await Promise.all([...work].map(async ([key, done]) => this.#known.set(key, await done())));
    this.#promised.clear();
    this.#uses.clear();
  }
}
