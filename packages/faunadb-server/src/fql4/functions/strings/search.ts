import { codePointLength } from '@supertokens-faunadb/java/text';
import { integer, string } from '../../evaluate/casts.js';
import { type Form, form, optional } from '../../evaluate/form.js';
import { searchStart } from './start.js';

/** Whether and where a string contains another. */
export const searchFunctions: readonly Form[] = [
  form('pure', { startswith: string, search: string }, ({ startswith, search }) => startswith.startsWith(search)),
  form('pure', { endswith: string, search: string }, ({ endswith, search }) => endswith.endsWith(search)),
  form('pure', { containsstr: string, search: string }, ({ containsstr, search }) => containsstr.includes(search)),
  form('pure', { findstr: string, find: string, start: optional(integer) }, ({ findstr, find, start }, _, position) => {
    const index = findstr.indexOf(find, searchStart(findstr, start, position));
    return BigInt(index > 0 ? codePointLength(findstr.slice(0, index)) : index);
  }),
];
