// The parts of a schema's items that are checked, as expressions and types.
import type { Expression, FieldPath, Lambda, Link, TypeExpression } from '../parse/ast.js';
import { THIS } from '../parse/ast.js';
import type { CollectionItem, FunctionItem } from '../parse/schema-ast.js';
import { termsOf, valuesOf } from '../parse/schema-ast.js';
import type { Span } from '../parse/span.js';
import type { CollectionDefinition } from './collection-types.js';
import type { Term } from './terms.js';

/** The names by which a collection is known: its own, and its alias. */
export const namesOf = ({ name, alias }: CollectionItem) => (alias ? [name, alias.config.name] : [name]);

/** What the types of a collection depend on, where it is known by a name. */
export function definitionOf(
  collection: CollectionItem,
  { text, span }: { readonly text: string; readonly span: Span },
  computed: ReadonlyMap<string, Term>,
): CollectionDefinition {
  const { fields, documentTtls, indexes } = collection;
  return {
    name: text,
    span,
    fields: fields
      .filter((field) => field.kind === 'defined')
      .map(({ name, type, default: given }) => ({ name: name.text, type, hasDefault: given !== undefined })),
    computed,
    wildcard: fields.find((field) => field.kind === 'wildcard')?.type,
    hasTtls: documentTtls?.config.value ?? fields.length === 0,
    indexes: indexes.map((index) => ({
      name: index.name.text,
      terms: termsOf(index).map(({ path, mva }) => ({ path: path.elements.map(({ key }) => key), mva })),
    })),
  };
}

/** The fields that indexes and unique constraints contain. */
export function indexedPaths({ indexes, uniques }: CollectionItem) {
  return [
    ...indexes.flatMap((index) => [...termsOf(index), ...valuesOf(index)]),
    ...uniques.flatMap(({ config }) => config.elements),
  ];
}

/** A function that reads a field of its argument. */
export function selection({ elements }: FieldPath, span: Span): Lambda {
  const links = elements.map(({ key, span: at }): Link => {
    if (typeof key === 'string') {
      return { kind: 'select', dotSpan: at, field: { text: key, span: at }, optional: false, span: at };
    }
    const index: Expression = { kind: 'literal', literal: { kind: 'integer', value: BigInt(key) }, span: at };
    return { kind: 'access', arguments: [index], optional: undefined, accessSpan: at, span: at };
  });
  const body: Expression = { kind: 'chain', head: { kind: 'identifier', name: THIS, span }, links, span };
  return { kind: 'lambda', parameters: [], variadic: undefined, body, short: true, span };
}

/** The function type that a function is declared with. */
export function signatureOf({ signature }: FunctionItem): TypeExpression | undefined {
  const { parameters, result, span } = signature;
  if (!result) return undefined;
  const types = parameters.flatMap(({ name, type, variadic }) =>
    type ? [{ name: name.text === '_' && !variadic ? undefined : name, type, variadic }] : [],
  );
  const variadic = types.find((each) => each.variadic);
  return { kind: 'functionType', parameters: types.filter((each) => !each.variadic), variadic, result, span };
}

/** The function as a lambda. */
export function lambdaOf({ signature, body, span }: FunctionItem): Lambda {
  const named = signature.parameters.map(({ name, variadic }) => ({
    name: name.text === '_' ? undefined : name,
    variadic,
  }));
  return {
    kind: 'lambda',
    parameters: named.filter(({ variadic }) => !variadic).map(({ name }) => name),
    variadic: named.find(({ variadic }) => variadic),
    body,
    short: false,
    span,
  };
}
