import type { ByteWriter } from './bytes.js';

/**
 * FaunaDB orders strings as the Unicode collation algorithm does in CLDR's root locale: first by letters, then by
 * accents, then by case, with punctuation and symbols before digits before letters. What a store keeps must not change
 * its order with the version of the Unicode library underneath, so the weights are computed here, from what Unicode
 * promises never to change: decompositions and case pairs. Exact for Latin and Greek, and for Cyrillic from а to я
 * except й; other scripts sort by code point.
 *
 * @see https://www.unicode.org/reports/tr10/
 */
const WHITESPACE_AND_PUNCTUATION =
  '\t\n\v\f\r\u0085\u2028\u2029 ‾_‗-‐‒–—―⁓,;⁏:!‼⁉¡?⁈⁇¿‽.‥…·⁕⁖⁘⁙⁚⁛⁜⁝⁞\'‹›"«»()[]{}⁅⁆‖§¶⁋@*⁎⁑/\\&⁊#%‰‱†‡•‣‧⁃⁌⁍′″‴⁗‵‶‷‸※‿⁔⁀⁐⁁⁂';
const SYMBOLS = '`´^¯¨¸°©®+±÷×<=>¬|¦~⁒⁄';
const CURRENCIES = '¤¢$£¥₠₡₢₣₤₥₦₩₪₫€₭₮₯₰₱₲₳₴₵₶₷₸₹₺₻₼₽₾₿';
const DIGITS = '0123456789';
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Accents by weight, the lightest first; others follow by code point. */
const ACCENTS = '\u0301\u0300\u0306\u0302\u030c\u030a\u0308\u030b\u0303\u0307\u0328\u0327\u0304';

/** Characters that sort like others except for a difference in accent or case. */
const EXPANSIONS: Readonly<Record<string, string>> = {
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ß: 'ss',
  ẞ: 'SS',
  ĳ: 'ij',
  Ĳ: 'IJ',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  ø: 'o',
  Ø: 'O',
  ł: 'l',
  Ł: 'L',
  ħ: 'h',
  Ħ: 'H',
  ª: 'a',
  º: 'o',
  '¹': '1',
  '²': '2',
  '³': '3',
  ſ: 's',
  '‘': "'",
  '’': "'",
  '‚': "'",
  '‛': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '‟': '"',
  '‑': '‐',
  '․': '.',
  '\u00a0': ' ',
  '\u202f': ' ',
  '\u2007': ' ',
};

const COMMON = 0x05;
const ACCENT_BASE = 0x20;
const UPPER = 0x08;
const VARIANT = 0x0c;
const EXPANDED = 0xf8;

// One byte for characters in the tables; others have a byte for their class and three for their code point.
const OTHER_SYMBOL = 0x02 + WHITESPACE_AND_PUNCTUATION.length + SYMBOLS.length;
const FIRST_CURRENCY = OTHER_SYMBOL + 1;
const FIRST_DIGIT = FIRST_CURRENCY + CURRENCIES.length;
const FIRST_LETTER = FIRST_DIGIT + DIGITS.length;
const OTHER_LETTER = FIRST_LETTER + LETTERS.length;

const primary = new Map<string, number>();
for (const [first, characters] of [
  [0x02, WHITESPACE_AND_PUNCTUATION + SYMBOLS],
  [FIRST_CURRENCY, CURRENCIES],
  [FIRST_DIGIT, DIGITS],
  [FIRST_LETTER, LETTERS],
] as const) {
  for (const [i, c] of [...characters].entries()) primary.set(c, first + i);
}

/** By ASCII code: the character's primary weight, and whether it is a capital; 0 if it has no weight. */
const asciiPrimary = new Uint8Array(128);
for (const [c, weight] of primary) if (c.charCodeAt(0) < 128) asciiPrimary[c.charCodeAt(0)] = weight;
for (const [i, c] of [...LETTERS.toUpperCase()].entries()) asciiPrimary[c.charCodeAt(0)] = FIRST_LETTER + i;

const isCapital = (code: number) => code >= 0x41 && code <= 0x5a;

/** Writes bytes that sort as the string does and end themselves: none is a prefix of another. */
export function writeSortKey(writer: ByteWriter, text: string): void {
  if (!writeAscii(writer, text)) writeUnicode(writer, text);
}

function writeAscii(writer: ByteWriter, text: string): boolean {
  const start = writer.length;
  let lastCapital = -1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const weight = code < 128 ? asciiPrimary[code]! : 0;
    if (weight === 0) {
      writer.truncate(start);
      return false;
    }
    writer.byte(weight);
    if (isCapital(code)) lastCapital = i;
  }
  writer.byte(0).byte(0);
  for (let i = 0; i <= lastCapital; i++) writer.byte(isCapital(text.charCodeAt(i)) ? UPPER : COMMON);
  // ASCII strings differ in weight or case, so no further bytes are needed.
  writer.byte(0).byte(0);
  return true;
}

function writeUnicode(writer: ByteWriter, text: string): void {
  const accents: number[] = [];
  const cases: number[] = [];
  const letter = (c: string, variant: boolean) => {
    const code = c.codePointAt(0)!;
    if (isIgnorable(code)) return;
    const lower = c.toLowerCase();
    const base = lower === c || lower.length !== c.length ? c : lower;
    const weight = primary.get(base);
    if (weight !== undefined) writer.byte(weight);
    else {
      const other = base.codePointAt(0)!;
      writer.byte(/[\p{L}\p{N}]/u.test(base) ? OTHER_LETTER : OTHER_SYMBOL);
      writer
        .byte(other >> 16)
        .byte((other >> 8) & 0xff)
        .byte(other & 0xff);
    }
    accents.push(COMMON);
    cases.push((base === c ? COMMON : UPPER) + (variant ? VARIANT : 0));
  };
  for (const c of text.normalize('NFD')) {
    const expansion = EXPANSIONS[c];
    if (expansion !== undefined) {
      for (const part of expansion) letter(part, true);
      if (/\p{L}/u.test(c) && expansion !== 's' && !'ªº'.includes(c)) accents.push(EXPANDED);
    } else if (/\p{M}/u.test(c)) accents.push(accentWeight(c));
    else letter(c, false);
  }
  writer.byte(0);
  writeTrimmed(writer, accents);
  writeTrimmed(writer, cases);
  for (const byte of Buffer.from(text)) {
    if (byte < 2) writer.byte(1).byte(byte + 1);
    else writer.byte(byte);
  }
  writer.byte(0);
}

function accentWeight(c: string): number {
  const known = ACCENTS.indexOf(c);
  return known >= 0 ? ACCENT_BASE + known : ACCENT_BASE + ACCENTS.length + (c.codePointAt(0)! % 128);
}

function writeTrimmed(writer: ByteWriter, weights: readonly number[]): void {
  let end = weights.length;
  while (end > 0 && weights[end - 1] === COMMON) end--;
  for (let i = 0; i < end; i++) writer.byte(weights[i]!);
  writer.byte(0);
}

function isIgnorable(code: number): boolean {
  return (
    (code < 0x20 && (code < 0x09 || code > 0x0d)) ||
    (code >= 0x7f && code < 0xa0 && code !== 0x85) ||
    code === 0xad ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f)
  );
}
