import { codePointLength, indexOfCodePoint } from '@supertokens-faunadb/java/text';
import { boundsError } from '../../../values/errors.js';
import { integer, string } from '../../evaluate/casts.js';
import { type Form, form, optional } from '../../evaluate/form.js';

/** Parts of strings, and their length, in code points. */
export const substringFunctions: readonly Form[] = [
  form('pure', { length: string }, ({ length }) => BigInt(codePointLength(length))),
  form(
    'pure',
    { substring: string, start: optional(integer), length: optional(integer) },
    ({ substring: text, start = 0n, length }, _, position) => {
      const size = BigInt(codePointLength(text));
      // The real server computes in 32 bits.
      const from = BigInt.asIntN(32, start < 0n ? start + size : start);
      if (from > size || from < 0n) throw boundsError('start', 'less than or equal to the string length', position);
      if (length !== undefined && length < 0n) throw boundsError('length', 'positive', position);
      const to = length === undefined || from + length > size ? size : from + length;
      return text.slice(indexOfCodePoint(text, Number(from)), indexOfCodePoint(text, Number(to)));
    },
  ),
];
