// Strings: in quotes, with interpolation, and heredocs.
import { error } from './diagnostic.js';
import {
  anyCharacter,
  charIn,
  charsIn,
  failWith,
  hexDigit,
  isShown,
  newlines,
  plainIdentifier,
  T,
  word,
  ws,
} from './lexical.js';
import {
  CUT,
  captured,
  chain,
  cut,
  either,
  index,
  literal,
  map,
  not,
  optional,
  part,
  pass,
  type Rule,
  repeat,
  sequence,
  times,
  units,
} from './peg.js';

const ESCAPES: Record<string, string> = {
  '\\': '\\',
  '0': '\0',
  "'": "'",
  '"': '"',
  '`': '`',
  n: '\n',
  r: '\r',
  v: '\v',
  t: '\t',
  b: '\b',
  f: '\f',
  '#': '#',
};

function character(hex: string, start: number, end: number): Rule<string> {
  const code = Number.parseInt(hex, 16);
  const wrong = (annotation: string) => failWith((span) => error('Invalid escape', span(start, end), { annotation }));
  if (code > 0x10ffff) return wrong('outside of valid unicode range');
  if (code >= 0xd800 && code <= 0xdfff) return wrong('surrogates are disallowed');
  return pass(String.fromCodePoint(code));
}

const second = <A, B>([, value]: [A, B]): B => value;
const hexEscape = part(map(sequence(literal('x'), CUT, captured(sequence(hexDigit, hexDigit))), second));
const unicodeEscape = part(
  map(
    sequence(
      literal('u'),
      CUT,
      either<string>(
        captured(sequence(hexDigit, CUT, hexDigit, CUT, hexDigit, CUT, hexDigit)),
        map(
          sequence(part(literal('{'), '`{`'), CUT, captured(times(hexDigit, 1, 6)), CUT, T.closeBrace),
          ([, hex]) => hex,
        ),
      ),
    ),
    second,
  ),
);
const escapeCode = part(charIn('\\0\'"nrvtbf#', '\\\\\\\\0\'\\"nrvtbf#'), 'escape code');
const escapeSequence: Rule<string> = part(
  map(
    sequence(
      literal('\\'),
      CUT,
      either<string>(
        map(captured(escapeCode), (code) => ESCAPES[code] as string),
        chain(sequence(part(index), either(hexEscape, unicodeEscape), index), ([start, hex, end]) =>
          character(hex, start - 1, end),
        ),
      ),
    ),
    second,
  ),
);

// The text of a string up to its quote; `others` are the quotes that need no escape in it.
const textWith = (others: string, shown: string): Rule<string[]> => {
  const plain = part(
    either<unknown>(
      units(
        (code) => code !== 0x5c && code !== 0x22 && code !== 0x27 && code !== 0x60 && code !== 0x23 && isShown(code),
        'chars-while(<function1>, 1)',
      ),
      charsIn(others, shown),
    ),
  );
  return part(repeat(either<string>(captured(plain), escapeSequence), 1));
};

/** A string in quotes; `others` are the quotes that need no escape in it. */
export const quoted = (quote: string, others: string, shown: string): Rule<string> =>
  part(
    map(
      sequence(
        literal(quote),
        map(optional(textWith(others, shown)), (parts) => (parts ?? []).join('')),
        literal(quote),
      ),
      ([, text]) => text,
    ),
  );

export const singleQuoted = part(quoted("'", '"#`', '\\"#`'));
export const doubleQuoted = part(quoted('"', "'#`", "'#`"));

/** A part of a string: text, or the content and position of an interpolation. */
export type Interpolated<E> = string | { readonly start: number; readonly value: E };

/** A string in double quotes with `#{…}`. */
export function interpolated<E>(inner: Rule<E>): Rule<Interpolated<E>[]> {
  const section = part(
    either<Interpolated<E>>(
      map(
        sequence(
          map(sequence(index, literal('#{'), CUT, inner), ([start, , value]) => ({ start, value })),
          T.closeBrace,
        ),
        ([value]) => value,
      ),
      captured(literal('#')),
      map(textWith("'`", "'`"), (parts) => parts.join('')),
    ),
  );
  return map(part(sequence(T.quote, repeat(section), T.quote)), ([, parts]) => parts);
}

const indentOf = (line: string): number => {
  const at = line.search(/[^ \t]/);
  return at === -1 ? line.length : at;
};

/** `<<-END` … `END`: literal text, without the indentation that its lines share. */
export const heredoc: Rule<string> = part((run) => heredocRule(run));
const heredocStart = (opener: Rule<unknown>) =>
  part(map(sequence(opener, CUT, ws, plainIdentifier, CUT, repeat(sequence(ws, newlines), 1)), (v) => v[2]));
const heredocLine = sequence(captured(repeat(sequence(not(newlines), anyCharacter), 1)), captured(repeat(newlines, 1)));
const heredocRule = chain(heredocStart(T.heredocMinus), (name) =>
  map(
    sequence(repeat(map(sequence(not(sequence(ws, word(name))), heredocLine), second)), ws, cut(literal(name))),
    ([lines]) => {
      const indent = Math.min(...lines.map(([text]) => indentOf(text)));
      return lines.map(([text, end]) => text.slice(indent) + end).join('');
    },
  ),
);

/** `<<+END` … `END`: the same with interpolation. */
export function interpolatedHeredoc<E>(inner: Rule<E>): Rule<(string | { readonly value: E })[]> {
  type Part = string | { readonly value: E };
  const section = part(
    either<Part>(
      map(
        sequence(
          literal('#{'),
          CUT,
          map(inner, (value) => ({ value })),
          T.closeBrace,
        ),
        ([, value]) => value,
      ),
      captured(literal('#')),
      captured(repeat(sequence(not(either<unknown>(literal('#'), newlines)), anyCharacter), 1)),
    ),
  );
  const line = sequence(repeat(section), captured(repeat(newlines, 1)));
  return part(
    chain(heredocStart(T.heredocPlus), (name) =>
      map(
        sequence(repeat(map(sequence(not(sequence(ws, word(name))), line), second)), ws, cut(literal(name))),
        ([lines]) => {
          // A line that is empty or begins with an interpolation has no indentation.
          const indents = lines.map(([parts]) => (typeof parts[0] === 'string' ? indentOf(parts[0]) : 0));
          const indent = Math.min(...indents);
          return lines.flatMap(([parts, end]): Part[] => {
            const [first, ...rest] = parts;
            return typeof first === 'string' ? [first.slice(indent), ...rest, end] : [...parts, end];
          });
        },
      ),
    ),
  );
}
