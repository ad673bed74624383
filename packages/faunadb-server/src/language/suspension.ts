/**
 * Thrown where a query needs something that takes long and must not hold up others: the hash of a password, the keys of
 * an identity provider. The query is undone, the work is done outside of any transaction, and the query runs again, this
 * time with the result at hand.
 */
export class Suspension {
  constructor(
    readonly key: string,
    readonly work: () => Promise<unknown>,
  ) {}
}

/** What earlier runs of the same query have found out. */
export class Findings {
  readonly #known = new Map<string, unknown>();

  /**
   * The result of `work`, if it has been done.
   *
   * @param key names the work, and must be the same when the query runs again.
   * @throws {Suspension} if it has not.
   */
  require<T>(key: string, work: () => Promise<T>): T {
    if (!this.#known.has(key)) throw new Suspension(key, work);
    return this.#known.get(key) as T;
  }

  async settle({ key, work }: Suspension): Promise<void> {
    this.#known.set(key, await work());
  }
}
