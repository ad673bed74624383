import type { Match } from './pattern.js';
import type { Program } from './program.js';

/** Thrown if a replacement refers to an unknown group or ends inside a reference. */
export class ReplacementError extends Error {
  static override stackTraceLimit = 0;
  override readonly name = 'ReplacementError';
}

/** Literal text, or the number of a group. */
export type ReplacementPiece = string | number;

type Groups = Pick<Program, 'groups' | 'names'>;

const PIECE = /\\(.?)|\$(?:(\d+)|\{([A-Za-z][A-Za-z0-9]*)\})?|[^\\$]+/gsu;

/**
 * Parses a replacement: `$1` and `${name}` stand for groups, and a backslash makes the next character literal.
 *
 * @throws {ReplacementError}
 */
export function parseReplacement(replacement: string, groups: Groups): ReplacementPiece[] {
  return Array.from(replacement.matchAll(PIECE)).flatMap(([piece, escaped, digits, name]): ReplacementPiece[] => {
    if (digits !== undefined) return numbered(digits, groups);
    if (name !== undefined) return [named(name, groups)];
    if (escaped === '') throw new ReplacementError('a backslash at the end');
    if (piece === '$') throw new ReplacementError('$ is followed by neither a number nor a name in braces');
    return [escaped ?? piece];
  });
}

/** The replacement text for a match. */
export function expand(pieces: readonly ReplacementPiece[], { groups }: Match): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : (groups[piece] ?? ''))).join('');
}

/** Digits are consumed as long as there is a group with that number; the rest is text. */
function numbered(digits: string, { groups }: Groups): ReplacementPiece[] {
  let length = 1;
  let group = Number(digits[0]);
  for (; length < digits.length; length++) {
    const longer = group * 10 + Number(digits[length]);
    if (longer > groups) break;
    group = longer;
  }
  if (group > groups) throw new ReplacementError(`there is no group ${group}`);
  return [group, digits.slice(length)];
}

function named(name: string, { names }: Groups): number {
  const group = names.get(name);
  if (group === undefined) throw new ReplacementError(`there is no group named ${name}`);
  return group;
}
