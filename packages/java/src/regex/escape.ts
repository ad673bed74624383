import { graphemeBoundary, lastLineEnd, previousEnd, textEnd, textStart, wordBoundary } from './assertions.js';
import { single } from './case.js';
import type { Flags } from './flags.js';
import type { CodePointTest, Node } from './node.js';
import { predefined, property } from './properties.js';
import type { Reader } from './reader.js';

const HORIZONTAL_SPACE = /[ \t\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000]/;
/** The characters of `\v`; `\R` matches any of these, or `\r\n`. */
export const VERTICAL_SPACE = /[\n-\r\x85\u2028\u2029]/;
export const ILLEGAL_ESCAPE = 'Illegal/unsupported escape sequence';
const SURROGATE = { high: 0xd800, low: 0xdc00, mask: 0xfc00 };
const MAX_CODE_POINT = 0x10ffff;
const CONTROL_CHARACTERS: Readonly<Record<string, number>> = { a: 7, e: 0x1b, f: 0xc, n: 0xa, r: 0xd, t: 9 };

/** Parses an escape for one code point, after its backslash; `undefined`, and nothing consumed, if it is another escape. */
export function parseCharacter(reader: Reader): number | undefined {
  const letter = reader.peek();
  if (letter === undefined) throw reader.error('Unclosed character class', 1);
  if (Object.hasOwn(CONTROL_CHARACTERS, letter)) {
    reader.take();
    return CONTROL_CHARACTERS[letter];
  }
  if (reader.takeIf('0')) return octal(reader);
  if (reader.takeIf('x')) return hexadecimal(reader);
  if (reader.takeIf('u')) return unicode(reader);
  if (reader.takeIf('c')) {
    if (reader.atEnd) throw reader.error('Illegal control escape sequence');
    return reader.take() ^ 0x40;
  }
  return /[A-Za-z1-9]/.test(letter) ? undefined : reader.take();
}

function octal(reader: Reader): number {
  const digits = reader.takeWhile(/[0-7]/, /[0-3]/.test(reader.peek() ?? '') ? 3 : 2);
  if (digits === '') throw reader.error('Illegal octal escape sequence', 1);
  return Number.parseInt(digits, 8);
}

function hexadecimal(reader: Reader): number {
  if (!reader.takeIf('{')) {
    const digits = reader.takeWhile(/[\da-f]/i, 2);
    if (digits.length < 2) throw reader.error('Illegal hexadecimal escape sequence', 1);
    return Number.parseInt(digits, 16);
  }
  if (!/[\da-f]/i.test(reader.peek() ?? '')) throw reader.error('Illegal hexadecimal escape sequence');
  let value = 0;
  for (let digit = reader.takeWhile(/[\da-f]/i, 1); digit !== ''; digit = reader.takeWhile(/[\da-f]/i, 1)) {
    value = value * 16 + Number.parseInt(digit, 16);
    if (value > MAX_CODE_POINT) throw reader.error('Hexadecimal codepoint is too big');
  }
  if (!reader.takeIf('}')) throw reader.error('Unclosed hexadecimal escape sequence', 1);
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
  if (digits.length < 4) throw reader.error('Illegal Unicode escape sequence', 1);
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
    while (!reader.takeIf('}')) {
      if (reader.atEnd) throw reader.error('Unclosed character family', 1);
      name += String.fromCodePoint(reader.take());
    }
    if (name === '') throw reader.error('Empty character family');
  } else {
    // Java reads a zero at the end.
    if (reader.atEnd) throw reader.error('Unknown character property name {\0}', 1);
    name = String.fromCodePoint(reader.take());
  }
  const test = property(name, flags);
  if (test !== undefined) return test;
  const [, key, value] = /^([^=]*)=(.*)$/s.exec(name) ?? [];
  if (key !== undefined) throw reader.error(`Unknown Unicode property {name=<${key}>, value=<${value}>}`);
  throw reader.error(`Unknown character property name {${name}}`);
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
