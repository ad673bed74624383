// Computed fields in indexes and constraints depend only on their document: they call no functions of the database, and read
// no collections, no other computed fields, and not `ts`.
import type { Expression } from '../parse/ast.js';
import { THIS } from '../parse/ast.js';
import type { CollectionItem } from '../parse/schema-ast.js';
import type { Span } from '../parse/span.js';
import { childrenOf } from './children.js';
import { ExpressionTyper } from './expressions.js';
import { freeNames } from './names.js';
import { problem, type TypeProblem } from './problem.js';
import { indexedPaths } from './schema-parts.js';
import { typeOfValue } from './simplify.js';
import { named, simple, type Term } from './terms.js';
import type { Scope, Typer } from './typer.js';

const FIELDS = 'Computed fields used in indexes or constraints cannot';

/** What computed fields in indexes and constraints do, but must not do. */
export function indexedComputedProblems(
  typer: Typer,
  collections: readonly CollectionItem[],
  functions: readonly string[],
): TypeProblem[] {
  const computedIn = new Map(
    collections.map(({ name, fields }) => [
      name.text,
      new Set(fields.filter(({ kind }) => kind === 'computed').map((field) => field.name.text)),
    ]),
  );
  const found: TypeProblem[] = [];
  const checkField = (of: Term, field: string, span: Span): void => {
    const type = typeOfValue(typer, of);
    const computed = type.k === 'id' ? computedIn.get(type.name) : undefined;
    if (!computed) return;
    if (computed.has(field)) found.push(problem(`${FIELDS} use computed fields`, span));
    if (field === 'ts') found.push(problem(`${FIELDS} use a doc's ts field`, span));
  };

  for (const collection of collections) {
    for (const { path } of indexedPaths(collection)) {
      const key = path.elements[0]?.key;
      const field = collection.fields.find((each) => each.kind === 'computed' && each.name.text === key);
      if (field?.kind !== 'computed') continue;
      const { lambda } = field.body;
      const { values } = freeNames(lambda);
      const uses = (names: Iterable<string>, message: string): void => {
        for (const name of names) {
          const span = values.get(name);
          if (span) found.push(problem(message, span));
        }
      };
      uses(functions, `${FIELDS} call UDFs`);
      uses(computedIn.keys(), `${FIELDS} access collections`);

      typer.renew();
      const types = new Map<string, Term>();
      const keyOf = ({ start, end }: Span): string => `${start}-${end}`;
      const parameter = lambda.short ? THIS : lambda.parameters[0]?.text;
      const scope: Scope =
        parameter === undefined
          ? undefined
          : { name: parameter, scheme: simple(named(collection.name.text)), outer: undefined };
      const visit = (span: Span, type: Term) => types.set(keyOf(span), type);
      new ExpressionTyper(typer, visit).type(lambda.body, { scope, level: 0 });
      const checkChains = (expression: Expression): void => {
        if (expression.kind === 'chain') {
          let of = types.get(keyOf(expression.head.span));
          for (const link of expression.links) {
            if (of && (link.kind === 'select' || link.kind === 'method'))
              checkField(of, link.field.text, link.field.span);
            of = types.get(keyOf(link.span));
          }
        }
        childrenOf(expression).forEach(checkChains);
      };
      checkChains(lambda);
    }
  }
  return found;
}
