import type { QueryContext } from '../../../query/context.js';

import { integer, string, zeroOrMore } from '../../evaluate/casts.js';
import { type Form, form, optional } from '../../evaluate/form.js';

/** The maximum number of copies that `repeat` and `space` create. */
const MAX_COPIES = 1024n;
const DEFAULT_COPIES = 2n;

function repeated(text: string, copies: bigint, { budget }: QueryContext): string {
  if (copies <= 0n) return '';
  const count = Number(copies < MAX_COPIES ? copies : MAX_COPIES);
  budget.make(text.length * count);
  return text.repeat(count);
}

function concatenated(texts: readonly string[], separator: string, { budget }: QueryContext): string {
  budget.make(texts.reduce((size, text) => size + text.length + separator.length, 0));
  return texts.join(separator);
}

/** Functions that build longer strings. */
export const concatenationFunctions: readonly Form[] = [
  form('pure', { concat: zeroOrMore(string), separator: optional(string) }, ({ concat, separator = '' }, context) =>
    concatenated(concat, separator, context),
  ),
  form('pure', { repeat: string, number: optional(integer) }, ({ repeat, number = DEFAULT_COPIES }, context) =>
    repeated(repeat, number, context),
  ),
  form('pure', { space: integer }, ({ space }, context) => repeated(' ', space, context)),
];
