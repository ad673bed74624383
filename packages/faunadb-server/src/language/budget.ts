import { Failure } from './failure.js';

/** How deep lambdas and functions may call each other, as in the real server. */
export const MAX_CALL_DEPTH = 200;

/** How many steps pass between two looks at the clock. */
const STEPS_PER_LOOK = 512;

/**
 * What a query may cost. Queries run to their end without giving way to others, so that every one of them is bounded: by
 * the time its request allows, and by a number of steps, for a clock that is not looked at between them.
 */
export class Budget {
  #steps = 0;
  readonly #deadline: number;

  /** @param timeout ms. */
  constructor(
    timeout: number,
    readonly maxSteps: number,
  ) {
    this.#deadline = performance.now() + timeout;
  }

  get steps(): number {
    return this.#steps;
  }

  /** @throws {Failure} when the budget is used up. */
  spend(): void {
    this.#steps++;
    if (this.#steps > this.maxSteps) throw exhausted('Query exceeded its limit of steps.');
    if (this.#steps % STEPS_PER_LOOK === 0 && performance.now() > this.#deadline) {
      throw exhausted('Query exceeded its time limit.');
    }
  }
}

function exhausted(description: string): Failure {
  return new Failure([{ code: 'time out', description, position: undefined, status: 440, rank: 'other' }]);
}
