import { stripLeading, stripTrailing } from '@supertokens-faunadb/java/text';
import { string } from '../../evaluate/casts.js';
import { type Form, form } from '../../evaluate/form.js';

/** Removes white space at the ends of strings. */
export const trimFunctions: readonly Form[] = [
  form('pure', { trim: string }, ({ trim }) => stripLeading(stripTrailing(trim))),
  form('pure', { ltrim: string }, ({ ltrim }) => stripLeading(ltrim)),
  form('pure', { rtrim: string }, ({ rtrim }) => stripTrailing(rtrim)),
];
