import { indexOfCodePoint } from '@supertokens-faunadb/java/text';
import { boundsError } from '../../../values/errors.js';
import type { Position } from '../../../values/position.js';

/**
 * The index at which a search from a code point begins. A start outside the string is invalid; the real server measures in
 * UTF-16 units, and fails where surrogate pairs hide that the start is beyond the end.
 */
export function searchStart(text: string, start: bigint | undefined, position: Position | undefined): number {
  if (start === undefined || start <= 0n || start >= BigInt(text.length)) return 0;
  const index = indexOfCodePoint(text, Number(start));
  if (index === undefined) throw boundsError('start', 'less than or equal to the string length', position);
  return index;
}
