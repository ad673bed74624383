import { integer, string, zeroOrMore } from '../../casts.js';
import { type Form, form, optional } from '../../form.js';

/** The most copies that `repeat` and `space` make. */
const MAX_COPIES = 1024n;
const DEFAULT_COPIES = 2n;

function repeated(text: string, copies: bigint): string {
  return copies > 0n ? text.repeat(Number(copies < MAX_COPIES ? copies : MAX_COPIES)) : '';
}

/** Longer strings out of shorter ones. */
export const concatenationFunctions: readonly Form[] = [
  form('pure', { concat: zeroOrMore(string), separator: optional(string) }, ({ concat, separator = '' }) =>
    concat.join(separator),
  ),
  form('pure', { repeat: string, number: optional(integer) }, ({ repeat, number = DEFAULT_COPIES }) =>
    repeated(repeat, number),
  ),
  form('pure', { space: integer }, ({ space }) => repeated(' ', space)),
];
