import { boolean, string } from '../../casts.js';
import { type Form, form, optional } from '../../form.js';
import { pattern, searching } from './pattern.js';

/** Strings with parts of them replaced. */
export const replacementFunctions: readonly Form[] = [
  form('pure', { replacestr: string, find: string, replace: string }, ({ replacestr, find, replace }) =>
    replacestr.replaceAll(find, () => replace),
  ),
  form(
    'pure',
    { replacestrregex: string, pattern, replace: string, first: optional(boolean) },
    ({ replacestrregex, pattern, replace, first = false }, _, position) =>
      searching(position, () => pattern.replace(replacestrregex, replace, first)),
  ),
];
