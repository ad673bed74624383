// Patterns of `match`.
import type { Literal, Name, Pattern } from './ast.js';
import { identifier, integer, nameOf, nl, spanned, T, ws } from './lexical.js';
import { either, later, map, optional, part, type Rule, separated, sequence } from './peg.js';
import { through } from './span.js';
import { doubleQuoted, singleQuoted } from './strings.js';
import { typeRule } from './types.js';

const pattern0: Rule<Pattern> = part((run) => patternAlternatives(run));
/** A pattern with trailing blanks. */
export const patternRule: Rule<Pattern> = map(part(sequence(pattern0, nl)), ([value]) => value);

const suffix: Rule<Pattern> = part(
  either<Pattern>(
    map(
      sequence(
        T.colon,
        later(() => typeRule),
      ),
      ([, type]): Pattern => ({ kind: 'typePattern', type, span: type.span }),
    ),
    map(sequence(T.atSign, patternRule), ([, value]) => value),
  ),
);
const withSuffix = map(
  sequence(
    spanned(T.underscore, (_, span) => span),
    nl,
    optional(suffix),
  ),
  ([span, , inner]): Pattern => ({ kind: 'hole', inner, span: inner === undefined ? span : through(span, inner.span) }),
);
const bind = map(sequence(identifier, nl, optional(suffix)), ([name, , inner]): Pattern => {
  return { kind: 'bind', name, inner, span: inner === undefined ? name.span : through(name.span, inner.span) };
});
const literalPattern =
  (value: Literal) =>
  (_: unknown, span: Pattern['span']): Pattern => ({ kind: 'literalPattern', literal: value, span });
const literals = either<Pattern>(
  spanned(T.null, literalPattern({ kind: 'null' })),
  spanned(T.true, literalPattern({ kind: 'boolean', value: true })),
  spanned(T.false, literalPattern({ kind: 'boolean', value: false })),
  spanned(integer, (literal, span): Pattern => ({ kind: 'literalPattern', literal, span })),
  spanned(
    either(singleQuoted, doubleQuoted),
    (value, span): Pattern => ({ kind: 'literalPattern', literal: { kind: 'string', value }, span }),
  ),
);
type PatternField = readonly [Name, Pattern];
const field = either<PatternField>(
  map(
    sequence(spanned(either(singleQuoted, doubleQuoted), nameOf), T.colon, patternRule, nl),
    ([name, , value]): PatternField => [name, value],
  ),
  map(
    sequence(identifier, ws, optional(sequence(T.colon, patternRule)), nl),
    ([name, , value]): PatternField => [name, value?.[1] ?? { kind: 'bind', name, inner: undefined, span: name.span }],
  ),
);
const object = spanned(
  sequence(T.openBrace, separated(field, T.comma), optional(T.comma), T.closeBrace),
  ([, fields], span): Pattern => ({ kind: 'objectPattern', fields, span }),
);
const tuple = spanned(
  sequence(T.openParen, separated(patternRule, T.comma), optional(T.comma), T.closeParen),
  ([, elements], span): Pattern => {
    const [only] = elements;
    return elements.length === 1 && only !== undefined
      ? only
      : { kind: 'arrayPattern', elements, rest: undefined, span };
  },
);
const rest = map(sequence(T.ellipsis, patternRule), ([, value]) => value);
const array = spanned(
  sequence(
    T.openBracket,
    either<readonly [readonly Pattern[], Pattern | undefined]>(
      map(rest, (value) => [[], value] as const),
      map(
        sequence(separated(patternRule, T.comma), optional(sequence(T.comma, rest))),
        ([elements, last]) => [elements, last?.[1]] as const,
      ),
    ),
    T.closeBracket,
  ),
  ([, [elements, last]], span): Pattern => ({ kind: 'arrayPattern', elements, rest: last, span }),
);
const patternAlternatives = either<Pattern>(withSuffix, literals, object, tuple, array, bind);
