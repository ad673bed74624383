/** A map whose values are made when they are first read. */
export class LazyMap<V> implements ReadonlyMap<string, V> {
  readonly #made = new Map<string, V>();
  readonly #makers: ReadonlyMap<string, () => V>;

  constructor(makers: Iterable<readonly [string, () => V]>) {
    this.#makers = new Map(makers);
  }

  get(key: string): V | undefined {
    const make = this.#makers.get(key);
    if (!make) return undefined;
    let value = this.#made.get(key);
    if (value === undefined) {
      value = make();
      this.#made.set(key, value);
    }
    return value;
  }

  has(key: string): boolean {
    return this.#makers.has(key);
  }
  get size(): number {
    return this.#makers.size;
  }
  keys(): MapIterator<string> {
    return this.#makers.keys();
  }
  *entries(): MapIterator<[string, V]> {
    for (const key of this.#makers.keys()) yield [key, this.get(key) as V];
  }
  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }
  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }
  forEach(visit: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this.entries()) visit(value, key, this);
  }
}
