import { wrap } from '@supertokens-faunadb/java/numbers';
import { boundsError } from '../../../values/errors.js';
import { Failure } from '../../../values/failure.js';
import type { Position } from '../../../values/position.js';
import type { Value } from '../../../values/values.js';
import { integer, scalar, zeroOrMore } from '../../evaluate/casts.js';
import { type Form, form, optional } from '../../evaluate/form.js';
import { ngrams } from './ngrams.js';

const DEFAULT_MIN = 1n;
const DEFAULT_MAX = 2n;
const MAX_DIFFERENCE = 1n;
/** The maximum, since sizes differ by at most one. */
const GRAMS_PER_CHARACTER = 2;

/** The limits are checked as on the real server: each given one against the other, or against its default. */
function checkSizes(min: bigint | undefined, max: bigint | undefined, position: Position | undefined): void {
  const errors: Failure[] = [];
  const refuse = (size: 'min' | 'max', predicate: string) =>
    errors.push(boundsError(`${size} ngram size`, predicate, position));
  if (min !== undefined) {
    if (min > (max ?? DEFAULT_MAX) || min <= 0n) refuse('min', '> 0 and <= max');
    if (max !== undefined && max <= 0n) refuse('max', '> 0');
    if (max === undefined && wrap(DEFAULT_MAX - min) > MAX_DIFFERENCE) refuse('min', `>= max - ${MAX_DIFFERENCE}`);
  } else if (max !== undefined && max <= DEFAULT_MIN) {
    refuse('max', '> 0 and >= min');
  }
  if (max !== undefined && wrap(max - (min ?? DEFAULT_MIN)) > MAX_DIFFERENCE) {
    refuse('max', `<= min + ${MAX_DIFFERENCE}`);
  }
  if (errors.length > 0) throw new Failure(errors.flatMap((failure) => failure.errors));
}

/** Sequences of characters, for indexes that find parts of words. */
export const ngramFunctions: readonly Form[] = [
  // Values other than strings are kept.
  form(
    'pure',
    { ngram: zeroOrMore(scalar), min: optional(integer), max: optional(integer) },
    ({ ngram, min, max }, { budget }, position) => {
      checkSizes(min, max, position);
      for (const term of ngram) if (typeof term === 'string') budget.make(GRAMS_PER_CHARACTER * term.length);
      return ngram.flatMap<Value>((term) =>
        typeof term === 'string' ? ngrams(term, Number(min ?? DEFAULT_MIN), Number(max ?? DEFAULT_MAX)) : [term],
      );
    },
  ),
];
