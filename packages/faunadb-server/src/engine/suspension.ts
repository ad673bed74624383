import type { DeferredWork } from '../model/base/context.js';

type Work = () => Promise<unknown>;

/**
 * Thrown when a query needs something slow that must not delay other queries: the hash of a password, the keys of an
 * identity provider. The query is undone, the work is done outside of any transaction, and the query runs again with
 * the result.
 */
export class Suspension {
  constructor(readonly work: ReadonlyMap<string, Work>) {}
}

/** The results that earlier runs of the same query have found. */
export class DeferredResults implements DeferredWork {
  // Most queries need none of these maps.
  #known: Map<string, unknown> | undefined;
  #promised: Map<string, Work> | undefined;
  #uses: Map<string, number> | undefined;

  /**
   * Returns the result of `work`, which the query needs to continue.
   *
   * @param key identifies the work; must be the same when the query runs again.
   * @throws {Suspension} if the work has not been done.
   */
  require<T>(key: string, work: () => Promise<T>): T {
    if (!this.#known?.has(key)) throw new Suspension(new Map([[key, work]]));
    return this.#known.get(key) as T;
  }

  known<T>(key: string): T | undefined {
    return this.#known?.get(key) as T | undefined;
  }

  /** Takes over the results of another request that are not known here. */
  adopt(other: DeferredResults): void {
    for (const [key, result] of other.#known ?? []) if (!this.#known?.has(key)) this.note(key, result);
  }

  /** Removes a result, so that it is found anew. */
  forget(key: string): void {
    this.#known?.delete(key);
  }

  /** Stores a result that is known without any work, for later runs in which it may no longer be known. */
  note(key: string, result: unknown): void {
    this.#known ??= new Map();
    this.#known.set(key, result);
  }

  /**
   * Returns the result of `work` if it has been done. Otherwise returns `meanwhile`, so that the query continues and
   * all such work can be done at once. A run that used `meanwhile` is never committed or answered: the query then runs
   * again.
   */
  promise<T>(key: string, work: () => Promise<T>, meanwhile: T): T {
    if (this.#known?.has(key)) return this.#known.get(key) as T;
    this.#promised ??= new Map();
    this.#promised.set(key, work);
    return meanwhile;
  }

  /** Like `promise`, but each use of a key within a run has its own result. */
  promiseEach<T>(key: string, work: () => Promise<T>, meanwhile: T): T {
    this.#uses ??= new Map();
    const use = this.#uses.get(key) ?? 0;
    this.#uses.set(key, use + 1);
    return this.promise(`${key} ${use}`, work, meanwhile);
  }

  /** How much work has been done or promised in all. */
  get size(): number {
    return (this.#known?.size ?? 0) + (this.#promised?.size ?? 0);
  }

  /** Ends a run, whatever its outcome. @throws {Suspension} if it continued with a promised result. */
  complete(): void {
    if (this.#promised?.size) throw new Suspension(new Map(this.#promised));
  }

  async settle({ work }: Suspension): Promise<void> {
    await Promise.all([...work].map(async ([key, done]) => this.note(key, await done())));
    this.#promised = undefined;
    this.#uses = undefined;
  }
}

/** Runs suspended work again until it completes, each time with the results found meanwhile. */
export function untilSettled<T>(
  run: (deferred: DeferredResults) => T | Promise<T>,
  deferred = new DeferredResults(),
): T | Promise<T> {
  const resume = async (first: Suspension): Promise<T> => {
    for (let suspension = first; ; ) {
      await deferred.settle(suspension);
      try {
        return run(deferred);
      } catch (error) {
        if (!(error instanceof Suspension)) throw error;
        suspension = error;
      }
    }
  };
  try {
    return run(deferred);
  } catch (error) {
    if (error instanceof Suspension) return resume(error);
    throw error;
  }
}
