// biome-ignore-all lint/suspicious/noControlCharactersInRegex: some of these classes are about control characters.

import { isInBlock } from './blocks.js';
import type { Flags } from './flags.js';
import type { CodePointTest } from './node.js';

// The names allowed in `\p{…}`, as in java.util.regex.Pattern.

const ASCII_CLASSES: Readonly<Record<string, RegExp>> = {
  ASCII: /[\0-\x7f]/,
  Alnum: /[A-Za-z0-9]/,
  Alpha: /[A-Za-z]/,
  Blank: /[ \t]/,
  Cntrl: /[\0-\x1f\x7f]/,
  Digit: /\d/,
  Graph: /[!-~]/,
  Lower: /[a-z]/,
  Print: /[ -~]/,
  Punct: /[!-/:-@[-`{-~]/,
  Space: /[ \t-\r]/,
  Upper: /[A-Z]/,
  XDigit: /[0-9A-Fa-f]/,
};

/** Binary properties of Unicode, named by `\p{Is…}` and, under the flag `U`, by the POSIX names alone. */
const UNICODE_CLASSES: Readonly<Record<string, RegExp>> = {
  ALPHA: /\p{Alphabetic}/u,
  LOWER: /\p{Lowercase}/u,
  UPPER: /\p{Uppercase}/u,
  SPACE: /[\p{Z}\t-\r\x85]/u,
  PUNCT: /\p{P}/u,
  XDIGIT: /[\p{Nd}0-9A-Fa-f\uff10-\uff19\uff21-\uff26\uff41-\uff46]/u,
  ALNUM: /[\p{Alphabetic}\p{Nd}]/u,
  CNTRL: /\p{Cc}/u,
  DIGIT: /\p{Nd}/u,
  BLANK: /[\p{Zs}\t]/u,
  GRAPH: /[^\p{Z}\p{Cc}\p{Cs}\p{Cn}]/u,
  PRINT: /[^\p{Zl}\p{Zp}\p{Cc}\p{Cs}\p{Cn}]/u,
};

const UNICODE_PROPERTIES: Readonly<Record<string, RegExp>> = {
  ...UNICODE_CLASSES,
  ALPHABETIC: /\p{Alphabetic}/u,
  ASSIGNED: /\P{Cn}/u,
  CONTROL: /\p{Cc}/u,
  HEXDIGIT: UNICODE_CLASSES.XDIGIT!,
  HEX_DIGIT: UNICODE_CLASSES.XDIGIT!,
  IDEOGRAPHIC: /\p{Ideographic}/u,
  JOINCONTROL: /\p{Join_Control}/u,
  JOIN_CONTROL: /\p{Join_Control}/u,
  LETTER: /\p{L}/u,
  LOWERCASE: /\p{Lowercase}/u,
  NONCHARACTERCODEPOINT: /\p{Noncharacter_Code_Point}/u,
  NONCHARACTER_CODE_POINT: /\p{Noncharacter_Code_Point}/u,
  TITLECASE: /\p{Lt}/u,
  PUNCTUATION: /\p{P}/u,
  UPPERCASE: /\p{Uppercase}/u,
  WHITESPACE: UNICODE_CLASSES.SPACE!,
  WHITE_SPACE: UNICODE_CLASSES.SPACE!,
  WORD: /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u,
};

const JAVA_PROPERTIES: Readonly<Record<string, RegExp>> = {
  javaLowerCase: /\p{Lowercase}/u,
  javaUpperCase: /\p{Uppercase}/u,
  javaAlphabetic: /\p{Alphabetic}/u,
  javaIdeographic: /\p{Ideographic}/u,
  javaTitleCase: /\p{Lt}/u,
  javaDigit: /\p{Nd}/u,
  javaDefined: /\P{Cn}/u,
  javaLetter: /\p{L}/u,
  javaLetterOrDigit: /[\p{L}\p{Nd}]/u,
  javaJavaIdentifierStart: /[\p{L}\p{Nl}\p{Sc}\p{Pc}]/u,
  javaJavaIdentifierPart: /[\p{L}\p{Nl}\p{Sc}\p{Pc}\p{Nd}\p{Mn}\p{Mc}\0-\x08\x0e-\x1b\x7f-\x9f\p{Cf}]/u,
  javaUnicodeIdentifierStart: /\p{ID_Start}/u,
  javaUnicodeIdentifierPart: /[\p{ID_Continue}\0-\x08\x0e-\x1b\x7f-\x9f\p{Cf}]/u,
  javaIdentifierIgnorable: /[\0-\x08\x0e-\x1b\x7f-\x9f\p{Cf}]/u,
  javaSpaceChar: /\p{Z}/u,
  javaWhitespace: /[\t-\r\x1c-\x1f\p{Zl}\p{Zp}]|(?![\xa0\u2007\u202f])\p{Zs}/u,
  javaISOControl: /\p{Cc}/u,
  javaMirrored: /\p{Bidi_Mirrored}/u,
};

const CATEGORY = /^(?:C[cfnos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?)$/;
/** Under the flag `i`, each of these means all three cases. */
const CASED = /^(?:Lu|Ll|Lt|(?:java)?(?:Lower|Upper|Title)Case|LOWER|UPPER|(?:LOWER|UPPER|TITLE)CASE)$/;
const ANY_CASE = /[\p{Lowercase}\p{Uppercase}\p{Lt}]/u;

/** The word characters that `\b` looks at, unless the flag `U` is set. */
export const isLetterOrDigit = testOf(/[\p{L}\p{Nd}]/u);

export const isNonSpacingMark = testOf(/\p{Mn}/u);

/** `\d`, `\s` and `\w` (lower case). */
export function predefined(letter: 'd' | 's' | 'w', { unicodeClasses }: Flags): CodePointTest {
  const unicode = { d: 'DIGIT', s: 'SPACE', w: 'WORD' }[letter];
  const ascii = { d: /\d/, s: /[ \t-\r]/, w: /\w/ }[letter];
  return testOf(unicodeClasses ? UNICODE_PROPERTIES[unicode]! : ascii);
}

/** The test for a name in `\p{…}`, or `undefined` if there is no such name. */
export function property(name: string, flags: Flags): CodePointTest | undefined {
  const [key, value] = name.split(/=(.*)/s) as [string, string | undefined];
  if (value !== undefined) {
    switch (key.toLowerCase()) {
      case 'sc':
      case 'script':
        return script(value);
      case 'blk':
      case 'block':
        return isInBlock(value);
      case 'gc':
      case 'general_category':
        return named(value, flags);
      default:
        return undefined;
    }
  }
  if (name.startsWith('In')) return isInBlock(name.slice(2));
  if (name.startsWith('Is')) {
    const short = name.slice(2);
    return lookUp(UNICODE_PROPERTIES, short.toUpperCase(), flags) ?? named(short, flags) ?? script(short);
  }
  return (flags.unicodeClasses ? lookUp(UNICODE_CLASSES, name.toUpperCase(), flags) : undefined) ?? named(name, flags);
}

function named(name: string, flags: Flags): CodePointTest | undefined {
  if (name === 'all') return () => true;
  if (name === 'L1') return (codePoint) => codePoint <= 0xff;
  if (name === 'LC') return testOf(/[\p{Lu}\p{Ll}\p{Lt}]/u);
  if (name === 'LD') return isLetterOrDigit;
  if (flags.caseInsensitive && (name === 'Lower' || name === 'Upper')) return testOf(ASCII_CLASSES.Alpha!);
  if (flags.caseInsensitive && /^L[ult]$/.test(name)) return testOf(/[\p{Lu}\p{Ll}\p{Lt}]/u);
  if (CATEGORY.test(name)) return testOf(new RegExp(`\\p{${name}}`, 'u'));
  return lookUp(ASCII_CLASSES, name, flags) ?? lookUp(JAVA_PROPERTIES, name, flags);
}

function lookUp(table: Readonly<Record<string, RegExp>>, name: string, flags: Flags): CodePointTest | undefined {
  if (!Object.hasOwn(table, name)) return undefined;
  return testOf(flags.caseInsensitive && CASED.test(name) ? ANY_CASE : table[name]!);
}

/** Scripts are named in full or by their four-letter codes, ignoring case. */
function script(name: string): CodePointTest | undefined {
  const words = name
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  try {
    return testOf(new RegExp(`\\p{Script=${words.join('_')}}`, 'u'));
  } catch {
    return undefined;
  }
}

function testOf(expression: RegExp): CodePointTest {
  return (codePoint) => expression.test(String.fromCodePoint(codePoint));
}
