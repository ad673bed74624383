import type { Flags } from './flags.js';
import type { CodePointTest } from './node.js';

/** The canonical form that all cases of a code point share, as far as the flags make them equal. */
export function folding({ caseInsensitive, unicodeCase }: Flags): (codePoint: number) => number {
  if (!caseInsensitive) return (codePoint) => codePoint;
  return unicodeCase ? foldUnicode : foldAscii;
}

/** Matches a code point in any case that the flags make equal. */
export function single(codePoint: number, flags: Flags): CodePointTest {
  const fold = folding(flags);
  const folded = fold(codePoint);
  return (other) => other === codePoint || fold(other) === folded;
}

/** Matches code points in a range, or whose other case is. */
export function range(first: number, last: number, flags: Flags): CodePointTest {
  const contains: CodePointTest = (codePoint) => codePoint >= first && codePoint <= last;
  if (!flags.caseInsensitive) return contains;
  if (flags.unicodeCase) {
    return (codePoint) => contains(codePoint) || contains(upperCase(codePoint)) || contains(foldUnicode(codePoint));
  }
  return (codePoint) => contains(codePoint) || (isAsciiLetter(codePoint) && contains(codePoint ^ 0x20));
}

function foldAscii(codePoint: number): number {
  return codePoint >= 0x41 && codePoint <= 0x5a ? codePoint + 0x20 : codePoint;
}

function isAsciiLetter(codePoint: number): boolean {
  return foldAscii(codePoint) >= 0x61 && foldAscii(codePoint) <= 0x7a;
}

function foldUnicode(codePoint: number): number {
  return mapped(upperCase(codePoint), (c) => c.toLowerCase());
}

function upperCase(codePoint: number): number {
  return mapped(codePoint, (c) => c.toUpperCase());
}

/** A case mapping to a single code point; longer ones, such as ß to SS, do not count here. */
function mapped(codePoint: number, map: (character: string) => string): number {
  const [first, ...rest] = map(String.fromCodePoint(codePoint));
  return rest.length === 0 ? first!.codePointAt(0)! : codePoint;
}
