import type { Match, Pattern } from '@supertokens-faunadb/java/regex';
import { CodePointCounter } from '@supertokens-faunadb/java/text';
import { ObjectValue, type Value } from '../../../values/values.js';
import { integer, string } from '../../evaluate/casts.js';
import { type Form, form, optional } from '../../evaluate/form.js';
import { pattern, searching, stepsOf } from './pattern.js';
import { searchStart } from './start.js';

const MAX_RESULTS = 1024n;

/** Matches in the text from the start on; the pattern does not see the text before it. */
function find(
  text: string,
  expression: Pattern,
  start: number,
  limit: number,
  onSteps: (steps: number) => void,
): Value[] {
  const found: Value[] = [];
  if (limit <= 0) return found;
  const counter = new CodePointCounter(text);
  for (const match of expression.find(text.slice(start), onSteps)) {
    found.push(describe(match, (index) => BigInt(counter.before(start + index))));
    if (found.length === limit) break;
  }
  return found;
}

/** The end is the index of the last unit, not the one after it, unless the match is empty. */
function describe({ start, end, groups }: Match, positionOf: (index: number) => bigint): ObjectValue {
  return new ObjectValue(
    new Map<string, Value>([
      ['start', positionOf(start)],
      ['end', positionOf(start === end ? end : end - 1)],
      ['data', groups[0]!],
    ]),
  );
}

/** Functions that search with regular expressions. */
export const regexFunctions: readonly Form[] = [
  form('pure', { containsstrregex: string, pattern }, (args, { budget }, position) =>
    searching(position, () => args.pattern.isIn(args.containsstrregex, stepsOf(budget))),
  ),
  form(
    'pure',
    { findstrregex: string, pattern, start: optional(integer), num_results: optional(integer) },
    ({ findstrregex, pattern, start, num_results = MAX_RESULTS }, { budget }, position) => {
      const limit = BigInt.asIntN(32, num_results < MAX_RESULTS ? num_results : MAX_RESULTS);
      const from = searchStart(findstrregex, start, position);
      return searching(position, () => find(findstrregex, pattern, from, Number(limit), stepsOf(budget)));
    },
  ),
  // If the text contains no \E, this is the text between \Q and \E.
  form('pure', { regexescape: string }, ({ regexescape }, { budget }) => {
    budget.make(regexescape.length);
    return `\\Q${regexescape.replaceAll('\\E', '\\E\\\\E\\Q')}\\E`;
  }),
];
