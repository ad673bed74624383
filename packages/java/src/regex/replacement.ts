import type { Match } from './pattern.js';
import type { Program } from './program.js';

/** Thrown when a replacement refers to no group, or ends in the middle of a reference. */
export class ReplacementError extends Error {
  static override stackTraceLimit = 0;
  override readonly name = 'ReplacementError';
}

/** A text, or the number of a group. */
export type ReplacementPiece = string | number;

type Groups = Pick<Program, 'groups' | 'names'>;

const PIECE = /\\(.?)|\$(?:(\d+)|\{([A-Za-z][A-Za-z0-9]*)\})?|[^\\$]+/gsu;

/**
 * Takes a replacement apart: `$1` and `${name}` stand for groups, and a backslash takes its meaning from the character
 * behind it.
 *
 * @throws {ReplacementError}
 */
export function parseReplacement(replacement: string, groups: Groups): ReplacementPiece[] {
  return Array.from(replacement.matchAll(PIECE)).flatMap(([piece, escaped, digits, name]): ReplacementPiece[] => {
    if (digits !== undefined) return numbered(digits, groups);
    if (name !== undefined) return [named(name, groups)];
    if (escaped === '') throw new ReplacementError('nothing stands behind a backslash');
    if (piece === '$') throw new ReplacementError('$ is followed by neither a number nor a name in braces');
    return [escaped ?? piece];
  });
}

/** What the pieces are where a pattern matched. */
export function expand(pieces: readonly ReplacementPiece[], { groups }: Match): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : (groups[piece] ?? ''))).join('');
}

/** A number goes on as long as there is a group of it; what is left of it is text. */
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
