import type { Budget } from './budget.js';
import { limitExceeded } from './query-ended.js';

/** The longest answer, in characters. */
export const MAX_ANSWER = 32 * 1024 * 1024;
/** Texts that are longer than this are announced before they are written. */
const LONG = 10_000;
const CHARACTERS_PER_MS = 200_000;

/** Counts the characters of an answer while it is written: few values may refer to one long text many times. */
export class AnswerSize {
  readonly #budget: Pick<Budget, 'foresee'> | undefined;
  #length = 0;

  constructor(budget: Pick<Budget, 'foresee'> | undefined) {
    this.#budget = budget;
  }

  /**
   * Counts a text before it is written.
   *
   * @param length in characters
   * @throws {QueryEnded} if the answer is too long
   */
  add(length: number): void {
    this.#length += length;
    if (length > LONG) this.#budget?.foresee(length / CHARACTERS_PER_MS);
    checkAnswer(this.#length);
  }
}

/** @throws {QueryEnded} if an answer of so many characters is too long */
export function checkAnswer(length: number): void {
  if (length > MAX_ANSWER) throw limitExceeded(`Response exceeded the maximum of ${MAX_ANSWER} characters.`);
}
