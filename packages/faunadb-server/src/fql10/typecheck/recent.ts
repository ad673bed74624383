/** The most recently used values of a cache, up to a number. */
export class Recent<T> {
  // A Map keeps the order of insertion: used entries move to its end, unused ones are at its front.
  readonly #values = new Map<string, T>();

  constructor(readonly capacity: number) {}

  get(key: string): T | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) {
      this.#values.delete(key);
      this.#values.set(key, value);
    }
    return value;
  }

  set(key: string, value: T): void {
    this.#values.delete(key);
    if (this.#values.size >= this.capacity) this.#values.delete(this.#values.keys().next().value as string);
    this.#values.set(key, value);
  }
}
