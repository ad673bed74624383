import { graphemeBoundary, lastLineEnd, previousEnd, textEnd, textStart, wordBoundary } from './assertions.js';
import { single } from './case.js';
import type { Flags } from './flags.js';
import type { CodePointTest, Node } from './node.js';
import { predefined, property } from './properties.js';
import { PatternError, type Reader } from './reader.js';

const HORIZONTAL_SPACE = /[ \t\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000]/;
/** The characters of `\v`; `\R` matches any of these, or `\r\n`. */
export const VERTICAL_SPACE = /[\n-\r\x85\u2028\u2029]/;
const SURROGATE = { high: 0xd800, low: 0xdc00, mask: 0xfc00 };
const MAX_CODE_POINT = 0x10ffff;
const CONTROL_CHARACTERS: Readonly<Record<string, number>> = { a: 7, e: 0x1b, f: 0xc, n: 0xa, r: 0xd, t: 9 };

/** Parses an escape for one code point, after its backslash; `undefined`, and nothing consumed, if it is another escape. */
export function parseCharacter(reader: Reader): number | undefined {
  const letter = reader.peek();
  if (letter === undefined) throw new PatternError('a backslash at the end');
  if (Object.hasOwn(CONTROL_CHARACTERS, letter)) {
    reader.take();
    return CONTROL_CHARACTERS[letter];
  }
  if (reader.takeIf('0')) return octal(reader);
  if (reader.takeIf('x')) return hexadecimal(reader);
  if (reader.takeIf('u')) return unicode(reader);
  if (reader.takeIf('c')) return reader.take() ^ 0x40;
  return /[A-Za-z1-9]/.test(letter) ? undefined : reader.take();
}

function octal(reader: Reader): number {
  const digits = reader.takeWhile(/[0-7]/, /[0-3]/.test(reader.peek() ?? '') ? 3 : 2);
  if (digits === '') throw new PatternError('an octal escape without digits');
  return Number.parseInt(digits, 8);
}

function hexadecimal(reader: Reader): number {
  const braces = reader.takeIf('{');
  const digits = reader.takeWhile(/[\da-f]/i, braces ? Number.POSITIVE_INFINITY : 2);
  const value = Number.parseInt(digits, 16);
  const isComplete = braces ? digits !== '' && reader.takeIf('}') && value <= MAX_CODE_POINT : digits.length === 2;
  if (!isComplete) throw new PatternError('an invalid hexadecimal escape');
  return value;
}

/** Four digits, or eight for a pair of surrogates. */
function unicode(reader: Reader): number {
  const first = fourDigits(reader);
  if ((first & SURROGATE.mask) !== SURROGATE.high || !reader.takeIf('\\u')) return first;
  const second = fourDigits(reader);
  if ((second & SURROGATE.mask) === SURROGATE.low) return String.fromCharCode(first, second).codePointAt(0)!;
  for (let i = 0; i < 6; i++) reader.back();
  return first;
}

function fourDigits(reader: Reader): number {
  const digits = reader.takeWhile(/[\da-f]/i, 4);
  if (digits.length < 4) throw new PatternError('a Unicode escape with fewer than four digits');
  return Number.parseInt(digits, 16);
}

/** Parses an escape for a set of characters, such as `\d`, `\H` or `\p{Lu}`; `undefined` if it is another escape. */
export function parseSet(reader: Reader, flags: Flags): CodePointTest | undefined {
  const letter = reader.peek();
  if (letter === undefined || !/[dDsSwWhHvVpP]/.test(letter)) return undefined;
  reader.take();
  const lower = letter.toLowerCase();
  const test =
    lower === 'p'
      ? parseProperty(reader, flags)
      : lower === 'h' || lower === 'v'
        ? testOf(lower === 'h' ? HORIZONTAL_SPACE : VERTICAL_SPACE)
        : predefined(lower as 'd' | 's' | 'w', flags);
  return letter === lower ? test : (codePoint) => !test(codePoint);
}

function parseProperty(reader: Reader, flags: Flags): CodePointTest {
  let name = '';
  if (reader.takeIf('{')) {
    while (!reader.takeIf('}')) name += String.fromCodePoint(reader.take());
  } else {
    name = String.fromCodePoint(reader.take());
  }
  const test = property(name, flags);
  if (test === undefined) throw new PatternError(`an unknown property, ${name}`);
  return test;
}

/** Parses an escape outside a character class, except references to groups; `undefined` if there is no such escape. */
export function parseEscape(reader: Reader, flags: Flags): Node | undefined {
  const set = parseSet(reader, flags);
  if (set !== undefined) return { kind: 'set', test: set };
  const assertion = parseAssertion(reader, flags);
  if (assertion !== undefined) return { kind: 'assertion', holds: assertion };
  if (reader.takeIf('R')) return { kind: 'lineBreak' };
  if (reader.takeIf('X')) return { kind: 'grapheme' };
  const character = parseCharacter(reader);
  return character === undefined ? undefined : { kind: 'set', test: single(character, flags) };
}

function parseAssertion(reader: Reader, flags: Flags) {
  if (reader.takeIf('A')) return textStart;
  if (reader.takeIf('z')) return textEnd;
  if (reader.takeIf('Z')) return lastLineEnd(flags);
  if (reader.takeIf('G')) return previousEnd;
  if (reader.takeIf('b{g}')) return graphemeBoundary;
  if (reader.takeIf('b')) return wordBoundary(flags, false);
  if (reader.takeIf('B')) return wordBoundary(flags, true);
  return undefined;
}

function testOf(expression: RegExp): CodePointTest {
  return (codePoint) => expression.test(String.fromCodePoint(codePoint));
}
