import type { Budget } from '../values/budget.js';
import { limitExceeded, timedOut } from '../values/query-ended.js';

/** How deep lambdas and functions may call each other, as in the real server. */
export const MAX_CALL_DEPTH = 200;

/**
 * How many characters and elements all strings and arrays together may have that the functions of a query make. A few
 * calls could make more than there is memory: each may multiply what the one before has made. What takes long without
 * making anything counts among them, a unit for every 20 ns, so that no call is much more than a step.
 */
const MAX_MADE = 2 ** 26;

/** What looking at a value counts for beside making a character, as long as each takes. */
const VISITED = 32;

/** How many steps pass between two looks at the clock. */
const STEPS_PER_LOOK = 512;

/**
 * What a query may cost. A query runs to its end without giving way to others, so that each is bounded: by the time that
 * its request allows, and by a number of steps, each of which is a call of a function or of a lambda.
 */
export class QueryBudget implements Budget {
  #steps = 0;
  #made = 0;
  readonly #deadline: number;

  /** @param timeout in ms. */
  constructor(
    timeout: number,
    readonly maxSteps: number,
  ) {
    this.#deadline = performance.now() + timeout;
  }

  get steps(): number {
    return this.#steps;
  }

  spend(): void {
    this.#steps++;
    if (this.#steps > this.maxSteps) throw limitExceeded(`Query exceeded the maximum of ${this.maxSteps} calls.`);
    if (this.#steps % STEPS_PER_LOOK === 0 && performance.now() > this.#deadline) {
      throw timedOut();
    }
  }

  visit(): void {
    this.work(VISITED);
  }

  work(units: number): void {
    this.make(units);
  }

  make(size: number): void {
    this.#made += size;
    if (this.#made > MAX_MADE) {
      throw limitExceeded(`Query exceeded the maximum of ${MAX_MADE} characters and elements made by functions.`);
    }
  }
}
