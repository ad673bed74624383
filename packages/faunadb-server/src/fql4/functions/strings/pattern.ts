import { Pattern, PatternError, ReplacementError, TooManySteps } from '@supertokens-faunadb/java/regex';
import type { Budget } from '../../../values/budget.js';
import { invalidArgument, wrongType } from '../../../values/errors.js';
import { at, type Position } from '../../../values/position.js';
import type { Cast } from '../../evaluate/form.js';

const MAX_KEPT = 500;
/** Longer patterns are not cached: their compiled form takes much memory. */
const MAX_KEPT_LENGTH = 1_000;
/** Compiling a character of a pattern counts as much as creating this many. */
const COMPILED = 50;
const kept = new Map<string, Pattern>();

/** Compiles a regular expression; recent ones are cached. */
export const pattern: Cast<Pattern> = (value, position, { budget }) => {
  if (typeof value !== 'string') throw wrongType(['String'], value, position);
  let compiled = kept.get(value);
  if (!compiled) {
    budget.work(COMPILED * value.length);
    compiled = compile(value, position);
  }
  if (value.length > MAX_KEPT_LENGTH) return compiled;
  // The most recently used one moves to the end, so the first one is the oldest.
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

/** A step of a search counts as much as creating this many characters. */
const STEP = 4;

/** Counts the steps of searches. */
export function stepsOf(budget: Budget): (steps: number) => void {
  return (steps) => budget.work(Math.ceil(STEP * steps));
}

/**
 * Reports a search that takes too many steps as a function error: the real server would answer with an internal error, or
 * never.
 */
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
