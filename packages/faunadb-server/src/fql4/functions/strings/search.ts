import { codePointLength, Searched } from '@supertokens-faunadb/java/text';
import { integer, string } from '../../evaluate/casts.js';
import { type Form, form, optional } from '../../evaluate/form.js';
import { searchStart } from './start.js';

/** Whether and where a string contains another. */
export const searchFunctions: readonly Form[] = [
  form('pure', { startswith: string, search: string }, ({ startswith, search }) => startswith.startsWith(search)),
  form('pure', { endswith: string, search: string }, ({ endswith, search }) => endswith.endsWith(search)),
  form(
    'pure',
    { containsstr: string, search: string },
    ({ containsstr, search }, { budget }) =>
      new Searched(search).indexIn(containsstr, 0, (steps) => budget.work(steps)) >= 0,
  ),
  form(
    'pure',
    { findstr: string, find: string, start: optional(integer) },
    ({ findstr, find, start }, { budget }, position) => {
      const from = searchStart(findstr, start, position);
      const index = new Searched(find).indexIn(findstr, from, (steps) => budget.work(steps));
      return BigInt(index > 0 ? codePointLength(findstr.slice(0, index)) : index);
    },
  ),
];
