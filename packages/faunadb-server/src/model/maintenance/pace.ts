/** How long a step may take, in ms, before the next ones are made smaller. */
const LONG = 8;
const SHORT = 2;

/** How much to do in one transaction: what takes a few milliseconds, so that no query waits long. */
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

  /** Runs a step and adapts to how long it took. After a failure the size shrinks, down to 1. */
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
