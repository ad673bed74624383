import { titleCase } from '@supertokens-faunadb/java/text';
import { string } from '../../evaluate/casts.js';
import { type Form, form } from '../../evaluate/form.js';

/** Upper, lower and title case, of any script. */
export const caseFunctions: readonly Form[] = [
  form('pure', { lowercase: string }, ({ lowercase }) => lowercase.toLowerCase()),
  form('pure', { uppercase: string }, ({ uppercase }) => uppercase.toUpperCase()),
  form('pure', { titlecase: string }, ({ titlecase }) => titleCase(titlecase)),
];
