// Whitespace, tokens, identifiers and numbers, shared by queries, types and schema files.
import type { Literal, Name } from './ast.js';
import { error } from './diagnostic.js';
import {
  CUT,
  captured,
  chain,
  cut,
  either,
  fail,
  index,
  literal,
  map,
  not,
  opaque,
  optional,
  part,
  pass,
  type Rule,
  repeat,
  sequence,
  unit,
  units,
} from './peg.js';
import type { Span } from './span.js';

/** A test for the characters of a class such as `a-z_`. */
export function inClass(description: string): (unit: number) => boolean {
  const members = new Set<number>();
  for (let i = 0; i < description.length; i++) {
    const first = description.charCodeAt(i);
    if (description[i + 1] === '-' && i + 2 < description.length) {
      for (let c = first; c <= description.charCodeAt(i + 2); c++) members.add(c);
      i += 2;
    } else members.add(first);
  }
  return (code) => members.has(code);
}

/** One character of a class; `shown` is the real server's notation of the class. */
export const charIn = (description: string, shown = description): Rule<undefined> =>
  unit(inClass(description), `[${shown}]`);
/** One or more characters of a class. */
export const charsIn = (description: string, shown = description): Rule<undefined> =>
  units(inClass(description), `[${shown}]`);

/** Whether a character may occur literally: not if it is a control character or changes how text is displayed. */
export function isShown(code: number): boolean {
  return !(
    code <= 0x08 ||
    (code >= 0x0e && code <= 0x1f) ||
    code === 0x7f ||
    code >= 0xfff0 ||
    code === 0xfeff ||
    (code >= 0x2000 && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202f) ||
    (code >= 0x2060 && code <= 0x206f)
  );
}

export const anyCharacter = part(unit(isShown, 'char-pred(<function1>)'));

/** A value and its span. */
export function spanned<A, B>(rule: Rule<A>, make: (value: A, span: Span) => B): Rule<B> {
  return part((run) => {
    const [start, value, end] = spannedParts(rule)(run) ?? [];
    return run.ok ? make(value as A, run.state.span(start as number, end as number)) : (undefined as never);
  });
}
const spannedRules = new WeakMap<Rule<unknown>, Rule<[number, unknown, number]>>();
function spannedParts<A>(rule: Rule<A>): Rule<[number, A, number]> {
  let found = spannedRules.get(rule) as Rule<[number, A, number]> | undefined;
  if (found === undefined) {
    found = sequence(index, rule, index);
    spannedRules.set(rule, found as Rule<[number, unknown, number]>);
  }
  return found;
}

/** Reports an error and fails. */
export function failWith(make: (span: (start: number, end: number) => Span) => ReturnType<typeof error>): Rule<never> {
  return (run) => {
    run.state.errors.push(make((start, end) => run.state.span(start, end)));
    return fail(run);
  };
}

// Whitespace.
const notNewline = not(charIn('\n', '\\n'));
export const lineComment = part(
  sequence(literal('//'), repeat(sequence(notNewline, anyCharacter)), optional(literal('\n'))),
);
export const blockComment: Rule<unknown> = part((run) => blockCommentBody(run));
const blockCommentBody: Rule<unknown> = sequence(
  literal('/*'),
  repeat(either<unknown>(sequence(not(literal('/*')), not(literal('*/')), anyCharacter), blockComment)),
  literal('*/'),
);
export const spaces = part(charsIn(' \t', ' \\t'));
export const newlines = part(charsIn('\n\r', '\\n\\r'));
/** Blanks and block comments. */
export const ws: Rule<unknown> = part(repeat(either<unknown>(spaces, blockComment)));
/** Blanks, newlines and comments. */
export const nl: Rule<unknown> = part(repeat(either<unknown>(newlines, spaces, lineComment, blockComment)));
/** What separates statements. */
export const statementSeparator: Rule<unknown> = part(
  sequence(ws, repeat(sequence(either<unknown>(charsIn(';\n\r', ';\\n\\r'), lineComment), ws), 1)),
);
/** What separates the fields of an object type. */
export const fieldSeparator: Rule<unknown> = part(
  sequence(ws, either<unknown>(charIn(';,\n\r', ';,\\n\\r'), lineComment), nl),
);

// Identifiers.
const identifierStart = part(charIn('a-zA-Z_'));
export const identifierRest = part(charsIn("a-zA-Z0-9_'"));
/** A name, keyword or not. */
export const plainIdentifier = opaque(
  part(captured(sequence(identifierStart, optional(identifierRest)))),
  'identifier',
);
export { identifierStart };

/** A word that is not part of a longer one. */
export const word = (text: string): Rule<unknown> => part(opaque(sequence(literal(text), not(identifierRest)), text));

/** Keywords. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  'if',
  'else',
  'at',
  'match',
  'case',
  'let',
  'null',
  'true',
  'false',
  'isa',
  'join',
  'on',
  'of',
]);
/** Reserved names of variables. */
export const RESERVED_VARIABLES: ReadonlySet<string> = new Set([...KEYWORDS, 'FQL', '_']);

export const isIdentifier = (text: string): boolean => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(text) && !KEYWORDS.has(text);

/** `Invalid identifier`, for a keyword instead of a name. */
export const INVALID_IDENTIFIER = (name: Name) =>
  error('Invalid identifier', name.span, { annotation: `\`${name.text}\` is a keyword` });

export const nameOf = (text: string, span: Span): Name => ({ text, span });
const anyIdentifier = spanned(plainIdentifier, nameOf);
/** A name that is not a keyword. */
export const identifier: Rule<Name> = chain(anyIdentifier, (name) =>
  KEYWORDS.has(name.text) ? failWith(() => INVALID_IDENTIFIER(name)) : pass(name),
);

// Tokens: an opening token includes the following blanks and forbids backtracking.
const opening = (text: string) => opaque(part(sequence(literal(text), CUT, nl)), `\`${text}\``);
const closing = (text: string) => opaque(part(cut(literal(text))), `\`${text}\``);
const keyword = (text: string): Rule<unknown> => part(sequence(word(text), CUT, nl));

export const T = {
  if: keyword('if'),
  at: keyword('at'),
  else: keyword('else'),
  match: keyword('match'),
  case: keyword('case'),
  let: keyword('let'),
  colon: opening(':'),
  atSign: opening('@'),
  equals: opening('='),
  comma: opaque(part(sequence(literal(','), nl)), '`,`'),
  dot: opening('.'),
  dotUncut: opaque(part(sequence(literal('.'), nl)), '`.`'),
  optionalDot: opening('?.'),
  ellipsis: opening('...'),
  openBrace: opening('{'),
  openParen: opening('('),
  openBracket: opening('['),
  openAngle: opening('<'),
  arrow: opening('=>'),
  thinArrow: opening('->'),
  star: opening('*'),
  closeBrace: closing('}'),
  closeParen: closing(')'),
  closeBracket: closing(']'),
  closeAngle: closing('>'),
  underscore: closing('_'),
  bang: closing('!'),
  // No cut: both an object's key and a block may begin with it.
  quote: opaque(part(literal('"')), '`"`'),
  heredocPlus: opaque(part(cut(literal('<<+'))), '`<<+`'),
  heredocMinus: opaque(part(cut(literal('<<-'))), '`<<-`'),
  null: cut(word('null')),
  true: cut(word('true')),
  false: cut(word('false')),
  any: cut(word('Any')),
  never: cut(word('Never')),
  keyword,
} as const;

// Numbers.
const integerOf = (radix: 2 | 8 | 10 | 16) => {
  const prefix = { 2: '0b', 8: '0o', 10: '', 16: '0x' }[radix];
  return (text: string): Literal => ({ kind: 'integer', value: BigInt(prefix + (text.replaceAll('_', '') || '0')) });
};
export const digit = part(charIn('0-9'));
export const hexDigit = opaque(part(charIn('0-9a-fA-F')), 'hex digit');
const digits = part(charsIn('0-9_'));
const sign = captured(charIn('+-', '+\\\\-'));
const exponent = part(sequence(charIn('eE'), CUT, optional(sign), digit, optional(digits)));
const decimalInteger = part(either<unknown>(literal('0'), sequence(part(charIn('1-9')), optional(digits))));
const otherInteger: Rule<Literal> = part(
  map(
    sequence(
      literal('0'),
      either<Literal>(
        map(sequence(charIn('xX'), CUT, map(captured(charsIn('0-9a-fA-F_')), integerOf(16))), (v) => v[1]),
        map(sequence(charIn('oO'), CUT, map(captured(charsIn('0-7_')), integerOf(8))), (v) => v[1]),
        map(sequence(charIn('bB'), CUT, map(captured(charsIn('01_')), integerOf(2))), (v) => v[1]),
      ),
    ),
    ([, value]) => value,
  ),
);
const negated = ([mark, , value]: [string | undefined, unknown, Literal]): Literal => {
  if (mark !== '-') return value;
  if (value.kind === 'integer') return { kind: 'integer', value: -value.value };
  return value.kind === 'double' ? { kind: 'double', text: `-${value.text}` } : value;
};
const unsignedInteger = part(either<Literal>(otherInteger, map(captured(decimalInteger), integerOf(10))));
export const integer: Rule<Literal> = map(part(sequence(optional(sign), ws, unsignedInteger)), negated);
const unsignedNumber: Rule<Literal> = part(
  either<Literal>(
    otherInteger,
    map(
      sequence(
        captured(decimalInteger),
        CUT,
        either<string | undefined>(
          captured(
            sequence(opaque(literal('.'), '`.`'), part(digit, 'digit'), CUT, optional(digits), optional(exponent)),
          ),
          captured(exponent),
          pass(undefined),
        ),
      ),
      ([whole, fraction]) =>
        fraction === undefined
          ? integerOf(10)(whole)
          : { kind: 'double', text: (whole + fraction).replaceAll('_', '') },
    ),
  ),
);
/** A number: `1`, `-0x1f`, `+1.5e3`. */
export const number: Rule<Literal> = map(part(sequence(optional(sign), ws, unsignedNumber)), negated);
