import type { QueryContext } from '../../../query/context.js';

import { boolean, string } from '../../evaluate/casts.js';
import { type Form, form, optional } from '../../evaluate/form.js';
import { pattern, searching, stepsOf } from './pattern.js';

function replaced(text: string, find: string, replacement: string, { budget }: QueryContext): string {
  budget.work(text.length);
  const pieces = find === '' ? text.length + 1 : text.split(find).length - 1;
  budget.make(text.length + pieces * replacement.length);
  return text.replaceAll(find, () => replacement);
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
