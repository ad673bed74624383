/** How long one step may take, in ms, before the next ones are made smaller. */
const LONG = 8;
const SHORT = 2;

/** How much is done in one transaction: as much as takes a few milliseconds, so that no query waits long for it. */
export class Pace {
  #size: number;

  constructor(
    readonly most: number,
    start = Math.min(16, most),
  ) {
    this.#size = start;
  }

  get size(): number {
    return this.#size;
  }

  /** Runs a step, and learns from how long it took. A step that fails is tried with less: 1 in the end. */
  run<T>(step: (size: number) => T): T {
    const began = performance.now();
    try {
      const result = step(this.#size);
      const elapsed = performance.now() - began;
      if (elapsed > LONG) this.#size = Math.max(1, this.#size >> 1);
      else if (elapsed < SHORT) this.#size = Math.min(this.most, this.#size * 2);
      return result;
    } catch (error) {
      this.#size = Math.max(1, this.#size >> 2);
      throw error;
    }
  }
}
