import { Pattern, PatternError, ReplacementError, TooManySteps } from '@supertokens-faunadb/java/regex';
import type { Budget } from '../../../values/budget.js';
import { invalidArgument, wrongType } from '../../../values/errors.js';
import { at, type Position } from '../../../values/position.js';
import type { Cast } from '../../evaluate/form.js';

const MAX_KEPT = 500;
/** Longer ones are not kept: what they are compiled to takes much memory. */
const MAX_KEPT_LENGTH = 1_000;
/** To compile a character of a pattern takes as long as to make so many. */
const COMPILED = 50;
const kept = new Map<string, Pattern>();

/** Takes a regular expression; those of late are kept compiled. */
export const pattern: Cast<Pattern> = (value, position, { budget }) => {
  if (typeof value !== 'string') throw wrongType(['String'], value, position);
  let compiled = kept.get(value);
  if (!compiled) {
    budget.work(COMPILED * value.length);
    compiled = compile(value, position);
  }
  if (value.length > MAX_KEPT_LENGTH) return compiled;
  // The one used last goes to the end, so that the one at the beginning is the oldest.
  kept.delete(value);
  kept.set(value, compiled);
  if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value!);
  return compiled;
};

function compile(text: string, position: Position | undefined): Pattern {
  try {
    return new Pattern(text);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw invalidArgument(`Search pattern /${text}/ is not a valid regular expression.`, position);
  }
}

/** A step of a search takes as long as making so many characters. */
const STEP = 4;

/** Accounts for the steps of searches. */
export function stepsOf(budget: Budget): (steps: number) => void {
  return (steps) => budget.work(Math.ceil(STEP * steps));
}

/** Lets a search fail as a function does: the real server would answer that something went wrong inside of it, or never. */
export function searching<T>(position: Position | undefined, search: () => T): T {
  try {
    return search();
  } catch (error) {
    if (error instanceof TooManySteps) {
      throw invalidArgument('The search pattern backtracks too often on this string.', at(position, 'pattern'));
    }
    if (error instanceof ReplacementError) {
      throw invalidArgument(`Invalid replacement: ${error.message}.`, at(position, 'replace'));
    }
    throw error;
  }
}
