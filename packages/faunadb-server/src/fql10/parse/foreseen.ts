// Parsing cannot be interrupted: what takes long is announced before.
import type { Budget } from '../../values/budget.js';

/** Texts of fewer characters are parsed at once. */
const SHORT = 4_000;
const MILLISECONDS_PER_CHARACTER = 0.002;

/** Announces that a text of so many characters is parsed next. */
export function foreseeParsing(budget: Budget, length: number): void {
  if (length > SHORT) budget.foresee(length * MILLISECONDS_PER_CHARACTER);
}
