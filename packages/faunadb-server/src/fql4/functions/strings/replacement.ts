import { Searched } from '@supertokens-faunadb/java/text';
import type { QueryContext } from '../../../query/context.js';

import { boolean, string } from '../../evaluate/casts.js';
import { type Form, form, optional } from '../../evaluate/form.js';
import { pattern, searching, stepsOf } from './pattern.js';

function replaced(text: string, find: string, replacement: string, { budget }: QueryContext): string {
  budget.work(text.length);
  const searched = new Searched(find);
  let result = '';
  let end = 0;
  for (let from = 0; from <= text.length; ) {
    const start = searched.indexIn(text, from, (steps) => budget.work(steps));
    if (start < 0) break;
    budget.make(start - end + replacement.length + 1);
    result += text.slice(end, start) + replacement;
    end = start + find.length;
    // After an empty match, the next one is a character later.
    from = Math.max(end, start + 1);
  }
  budget.make(text.length - end);
  return result + text.slice(end);
}

/** Functions that replace parts of strings. */
export const replacementFunctions: readonly Form[] = [
  form('pure', { replacestr: string, find: string, replace: string }, ({ replacestr, find, replace }, context) =>
    replaced(replacestr, find, replace, context),
  ),
  form(
    'pure',
    { replacestrregex: string, pattern, replace: string, first: optional(boolean) },
    ({ replacestrregex, pattern, replace, first = false }, { budget }, position) => {
      budget.make(replacestrregex.length);
      return searching(position, () =>
        pattern.replace(replacestrregex, replace, first, (size) => budget.make(size), stepsOf(budget)),
      );
    },
  ),
];
