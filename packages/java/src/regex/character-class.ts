import { range, single } from './case.js';
import { ILLEGAL_ESCAPE, parseCharacter, parseSet } from './escape.js';
import type { Flags } from './flags.js';
import type { CodePointTest } from './node.js';
import type { Reader } from './reader.js';

/**
 * Parses a character class after its opening bracket: `[a-z&&[^aeiou]]`. Nested classes are united with the rest; `&&`
 * intersects everything before it with everything after it.
 */
export function parseClass(reader: Reader, flags: Flags): CodePointTest {
  const negated = reader.takeIf('^');
  const test = reader.nested(() => parseItems(reader, flags));
  if (!reader.takeIf(']')) throw reader.error('Unclosed character class');
  return negated ? (codePoint) => !test(codePoint) : test;
}

/** Parses up to the closing bracket, which is a literal character at the very beginning. */
function parseItems(reader: Reader, flags: Flags): CodePointTest {
  let union: CodePointTest[] = [];
  for (;;) {
    skipSpace(reader, flags);
    if (reader.atEnd) throw reader.error('Unclosed character class');
    if (reader.peek() === ']' && union.length > 0) return anyOf(union);
    if (reader.takeIf('[')) union.push(parseClass(reader, flags));
    else if (reader.takeIf('&&')) union = [intersection(union, reader, flags)];
    else union.push(parseRange(reader, flags));
  }
}

/** What stands before and after `&&`, if anything. */
function intersection(left: readonly CodePointTest[], reader: Reader, flags: Flags): CodePointTest {
  const right: CodePointTest[] = [];
  for (skipSpace(reader, flags); reader.peek() !== ']' && reader.peek() !== '&'; skipSpace(reader, flags)) {
    right.push(reader.takeIf('[') ? parseClass(reader, flags) : reader.nested(() => parseItems(reader, flags)));
  }
  const sides = [left, right].filter((side) => side.length > 0).map(anyOf);
  if (sides.length === 0) throw reader.error('Bad class syntax');
  return (codePoint) => sides.every((side) => side(codePoint));
}

function anyOf(tests: readonly CodePointTest[]): CodePointTest {
  return tests.length === 1 ? tests[0]! : (codePoint) => tests.some((test) => test(codePoint));
}

function parseRange(reader: Reader, flags: Flags): CodePointTest {
  const isEscape = reader.takeIf('\\');
  const set = isEscape ? parseSet(reader, flags) : undefined;
  if (set !== undefined) return set;
  const first = isEscape ? escaped(reader) : reader.take();
  skipSpace(reader, flags);
  const next = reader.peek(1);
  if (reader.peek() !== '-' || next === '[' || next === ']') return single(first, flags);
  reader.take();
  skipSpace(reader, flags);
  if (reader.atEnd) throw reader.error('Illegal character range', 1);
  const isEscapedLast = reader.takeIf('\\');
  if (isEscapedLast && /[dDsSwWhHvV]/.test(reader.peek() ?? '')) throw reader.error('Illegal character range', 1);
  const last = isEscapedLast ? escaped(reader) : reader.take();
  if (last < first) throw reader.error('Illegal character range');
  return range(first, last, flags);
}

function escaped(reader: Reader): number {
  const character = parseCharacter(reader);
  if (character === undefined) throw reader.error(ILLEGAL_ESCAPE, 1);
  return character;
}

function skipSpace(reader: Reader, { comments, unixLines }: Flags): void {
  if (comments) reader.skipComments(unixLines);
}
