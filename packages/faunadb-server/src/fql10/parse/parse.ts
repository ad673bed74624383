import type { Expression, FieldPath, Lambda, TypeExpression, TypeScheme } from './ast.js';
import type { Diagnostic } from './diagnostic.js';
import { error } from './diagnostic.js';
import { expressionRule, lambdaRule, onlyExpression, queryRule, shortExpressionRule } from './expressions.js';
import { nl } from './lexical.js';
import { end, map, parse, part, type Rule, sequence, TooMuchWork } from './peg.js';
import { NULL_SOURCE, querySource, type Source } from './span.js';
import { ParserState } from './state.js';
import { schemaTypeRule0, typeRule, typeSchemeRule } from './types.js';

/** The result, or the errors of the text. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly Diagnostic[] };

/** Parses a text with a rule of the grammar. `offset` is where the text begins in its source. */
export function read<T>(
  text: string,
  rule: Rule<T>,
  { source, isTemplate = false, offset = 0 }: { source: Source; isTemplate?: boolean; offset?: number },
): Outcome<T> {
  const state = new ParserState(source, isTemplate, offset);
  try {
    const parsed = parse(text, rule, state);
    if (state.errors.length > 0) return { ok: false, errors: state.errors };
    if (parsed.ok) return { ok: true, value: parsed.value };
    const at = parsed.index;
    return { ok: false, errors: [error(`Expected ${list(parsed.expected)}`, { start: at, end: at + 1, source })] };
  } catch (thrown) {
    const tooDeep = thrown instanceof RangeError;
    if (!tooDeep && !(thrown instanceof TooMuchWork)) throw thrown;
    const message = tooDeep ? 'The query is nested too deeply' : 'The query has too many ways to be read';
    return { ok: false, errors: [error(message, { start: 0, end: Math.min(1, text.length), source })] };
  }
}

function list(names: readonly string[]): string {
  if (names.length === 0) return 'expression';
  if (names.length <= 2) return names.join(' or ');
  return `${names.slice(0, -1).join(', ')}, or ${names.at(-1)}`;
}

/**
 * Parses a query: statements, the last of which has the value. In a template, marks stand for the variables `$0`, `$1`, ….
 */
export const parseQuery = (text: string, isTemplate = false): Outcome<Expression> =>
  read(text, queryRule, { source: querySource(text), isTemplate });

/** Parses the body of a function: one lambda. */
export const parseLambda = (text: string, source: Source, offset = 0): Outcome<Lambda> =>
  read(text, lambdaRule as Rule<Lambda>, { source, offset });

/** Parses one expression; `short` is whether it may be a lambda such as `.field`. */
export const parseExpression = (
  text: string,
  source: Source,
  { short = false, offset = 0 } = {},
): Outcome<Expression> => read(text, short ? shortRule : plainRule, { source, offset });
const shortRule = onlyExpression(true);
const plainRule = onlyExpression(false);

const only = <T>(rule: Rule<T>): Rule<T> => map(part(sequence(nl, rule, end)), ([, value]) => value);
const onlyType = only(typeRule);
const onlySchemaType = only(map(sequence(schemaTypeRule0, nl), ([type]) => type));
const onlyScheme = only(typeSchemeRule);

/** Parses a type. */
export const parseType = (text: string, source: Source, offset = 0): Outcome<TypeExpression> =>
  read(text, onlyType, { source, offset });
/** Parses the type of a schema's field, whose objects may have defaults. */
export const parseSchemaType = (text: string, source: Source, offset = 0): Outcome<TypeExpression> =>
  read(text, onlySchemaType, { source, offset });
/** Parses a type with type parameters. */
export const parseTypeScheme = (text: string, source: Source, offset = 0): Outcome<TypeScheme> =>
  read(text, onlyScheme, { source, offset });

/** The path of an expression such as `.a[0]["b"]`, or why it is invalid. */
export function fieldPathOf(expression: Expression): Outcome<FieldPath> {
  const invalid = (span: FieldPath['span']) => ({ ok: false, errors: [error('Invalid field path', span)] }) as const;
  if (expression.kind !== 'lambda' || !expression.short || expression.body.kind !== 'chain')
    return invalid(expression.span);
  const elements: FieldPath['elements'][number][] = [];
  for (const link of expression.body.links) {
    if (link.kind === 'select' && !link.optional) elements.push({ key: link.field.text, span: link.field.span });
    else if (link.kind === 'access' && link.optional === undefined && link.arguments.length === 1) {
      const [argument] = link.arguments;
      if (argument?.kind !== 'literal') return invalid(link.span);
      const { literal, span } = argument;
      if (literal.kind === 'string') elements.push({ key: literal.value, span });
      else if (literal.kind === 'integer' && literal.value >= 0n && literal.value < 2n ** 63n)
        elements.push({ key: Number(literal.value), span });
      else return invalid(link.span);
    } else return invalid(link.span);
  }
  return { ok: true, value: { elements, span: expression.body.span } };
}

/** The grammar rule of a path such as `.a.b`, for schemas. */
export const fieldPathRule: Rule<FieldPath> = part((run) => {
  const expression = shortExpressionRule(run);
  if (!run.ok) return undefined as never;
  const path = fieldPathOf(expression);
  if (path.ok) return path.value;
  run.state.errors.push(...path.errors);
  return { elements: [], span: expression.span };
});
const onlyPath = only(fieldPathRule);
/** Parses a path such as `.a.b[0]`. */
export const parseFieldPath = (text: string, source: Source = NULL_SOURCE): Outcome<FieldPath> =>
  read(text, onlyPath, { source });

export { expressionRule };
