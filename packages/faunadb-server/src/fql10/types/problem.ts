// Type errors of a query, as reported.
import { cause, type Diagnostic, error, type Hint, hint } from '../parse/diagnostic.js';
import { compareSpans, type Span } from '../parse/span.js';

export interface TypeProblem {
  readonly message: string;
  readonly span: Span;
  readonly causes: readonly TypeProblem[];
  readonly hints: readonly Hint[];
}

/** A problem; its causes are ordered by position. */
export function problem(
  message: string,
  span: Span,
  more: { causes?: readonly TypeProblem[]; hints?: readonly Hint[] } = {},
): TypeProblem {
  const byPlace = (a: TypeProblem, b: TypeProblem) =>
    compareSpans(a.span, b.span) || (a.message < b.message ? -1 : a.message > b.message ? 1 : 0);
  const causes = new Map<string, TypeProblem>();
  for (const each of [...(more.causes ?? [])].sort(byPlace)) {
    causes.set(`${each.span.source.name}:${each.span.start}-${each.span.end}:${each.message}`, each);
  }
  return { message, span, causes: [...causes.values()], hints: more.hints ?? [] };
}

const hintsOf = ({ hints, causes }: TypeProblem): readonly Hint[] => [
  ...hints,
  ...causes.flatMap((each) => [cause(each.message, each.span), ...hintsOf(each)]),
];

export const diagnosticOf = (given: TypeProblem): Diagnostic => {
  const hints = hintsOf(given);
  return error(given.message, given.span, hints.length === 0 ? {} : { hints });
};

export const problems = {
  hole: (span: Span) => problem('Invalid placeholder type `_`.', span),
  projection: (span: Span) =>
    problem('Invalid projection on a unknown type. Use function signatures to fix the issue.', span),
  skolem: (name: string, skolemSpan: Span, closureSpan: Span, span: Span) =>
    problem(`Value cannot be constrained by inner generic type \`${name}\``, span, {
      hints: [hint('Generic type definition', skolemSpan), hint('Outer value originates here', closureSpan)],
    }),
  arity: (span: Span, name: string, expected: number, provided: number) =>
    problem(
      expected === 0
        ? `Type \`${name}\` does not accept any parameters.`
        : `Type constructor \`${name}<>\` accepts ${expected} parameters, received ${provided}`,
      span,
    ),
  recursive: (span: Span, name: string) => problem(`Recursively defined \`${name}\` needs explicit type.`, span),
  refToNonDocument: (span: Span) => problem('Reference type must refer to a doc type', span),
  timeLimit: (span: Span) => problem('Exceeded static typing time limit', span),
  tooComplex: (span: Span) => problem('Typechecking failed due to query complexity', span),
  unknownType: (span: Span, name: string) => problem(`Unknown type \`${name}\``, span),
  unbound: (span: Span, name: string) => problem(`Unbound variable \`${name}\``, span),
  unimplemented: (span: Span, name: string) => problem(`Unimplemented typecheck for class fql.ast.Expr$${name}`, span),
  internal: (span: Span) =>
    problem('Internal typechecking error. Please create a ticket at https://support.fauna.com', span),
};
