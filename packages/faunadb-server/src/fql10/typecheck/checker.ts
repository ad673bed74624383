// Type checks of a query in its database, before it runs.
import { NATIVE } from '../../values/ids.js';
import { ObjectValue } from '../../values/values.js';
import { fieldPath } from '../documents/index-paths.js';
import { UserCollection } from '../documents/user-collection.js';
import { collectionOf } from '../evaluate/collection.js';
import type { Context } from '../evaluate/context.js';
import type { Doc, Module, Value } from '../evaluate/values.js';
import { userFunction } from '../functions/user-function.js';
import { CollectionModule } from '../library/collections.js';
import { collectionNamed } from '../library/user-collections.js';
import type { Expression, Lambda, TypeExpression, TypeScheme } from '../parse/ast.js';
import type { Diagnostic } from '../parse/diagnostic.js';
import { parseLambda, parseType, parseTypeScheme } from '../parse/parse.js';
import { NULL_SOURCE, NULL_SPAN } from '../parse/span.js';
import { COMPUTED_TYPES, FUNCTION_TYPE } from '../stored/signature-fields.js';
import { SourceLambda } from '../stored/source-lambda.js';
import { checkExpression } from '../types/check.js';
import { type ComputedDefinition, DatabaseTypes, type Definitions } from '../types/environment.js';
import { hashOfText, inSetOrder } from '../types/hash-order.js';
import { OPERATORS, unplaced } from '../types/library-types.js';
import { freeNames } from '../types/names.js';
import { diagnosticOf } from '../types/problem.js';
import { mentions, textOf } from '../types/shown.js';
import { NATIVE_COLLECTIONS } from '../types/signatures.js';
import { LiteralsMatter, simple } from '../types/terms.js';
import { type Scope, Typer } from '../types/typer.js';
import { Recent } from './recent.js';
import { type Given, keyOf, similarTypesOf, type TypeNames, typesOf } from './value-types.js';

/** The result of a check: the result's type or errors, and warnings. */
export interface Checked {
  readonly staticType: string | undefined;
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

/** What is cached for one version of a database's schema. */
interface SchemaCache {
  readonly types: DatabaseTypes;
  readonly checks: Recent<Checked | 'literals matter'>;
}

/** How many checks are cached, and the maximum length of their texts with the types of their arguments. */
const MAX_KEPT = 1_000;
const MAX_KEY = 4_000;

/** Checks the types of a query. `text` is its source. */
export function checkQuery(
  context: Context,
  text: string,
  expression: Expression,
  variables: ReadonlyMap<string, Value>,
): Checked {
  const { types, checks } = schemaCacheOf(context);
  const names: TypeNames = { isCollection, documentType: (document) => documentType(context, document) };
  const remember = (given: Given, check: () => Checked | 'literals matter'): Checked | 'literals matter' => {
    const key = given.types.size === 0 ? text : `${text}\0${keyOf(given)}`;
    if (key.length > MAX_KEY) return check();
    const known = checks.get(key);
    if (known) return known;
    const checked = check();
    checks.set(key, checked);
    return checked;
  };
  // Most checks do not depend on the literals in arguments, and hold for queries with others, too.
  if (variables.size > 0) {
    const similar = similarTypesOf(variables, names);
    const checked = remember(similar, () => {
      try {
        return check(context, types, expression, similar);
      } catch (thrown) {
        if (thrown instanceof LiteralsMatter) return 'literals matter';
        throw thrown;
      }
    });
    if (checked !== 'literals matter') return checked;
  }
  const given = typesOf(variables, names);
  return remember(given, () => check(context, types, expression, given)) as Checked;
}

/** @throws {LiteralsMatter} if the result depends on literals for which others stand */
function check(context: Context, types: DatabaseTypes, expression: Expression, given: Given): Checked {
  const names = freeNames(expression);
  const values = new Map([...names.values].filter(([name]) => !given.types.has(name)));
  const { globals, shapes } = types.known({ values, types: names.types });
  let scope: Scope;
  for (const [name, type] of given.types) scope = { name, scheme: simple(type), outer: scope };
  const typer = new Typer(globals, shapes, OPERATORS, { tick: ticking(context), standIns: given.standIns });
  const checked = checkExpression(typer, expression, scope);
  const warnings = checked.warnings.map((warning): Diagnostic => ({ name: 'warning', ...warning }));
  if (given.standIns.size > 0 && (!checked.ok || mentions(checked.type, given.standIns))) throw new LiteralsMatter();
  if (checked.ok) return { staticType: textOf(checked.type), errors: [], warnings };
  return { staticType: undefined, errors: checked.problems.map(diagnosticOf), warnings };
}

/** Counts the work of a check as work of its query. */
const ticking =
  ({ host }: Context) =>
  () =>
    host.budget.touch();

const isCollection = (module: Module): boolean => module instanceof CollectionModule;

function documentType(context: Context, { ref }: Doc): string | undefined {
  const collection = collectionOf(context, ref.collection);
  if (!collection) return undefined;
  return collection.isUser ? collection.name : NATIVE_COLLECTIONS[collection.name]?.document;
}

/** The types of a database, as the query sees them. */
export const databaseTypesOf = (context: Context): DatabaseTypes => schemaCacheOf(context).types;

function schemaCacheOf(context: Context): SchemaCache {
  const { model, auth } = context.host;
  const schema = model.committedSchema(auth.scope);
  const isTypechecked = model.schema(auth.scope).isTypechecked;
  const key = `types of FQL v10/${isTypechecked}`;
  const { derived } = schema;
  let kept = derived.get(key) as (SchemaCache & { readonly definitions: ContextDefinitions }) | undefined;
  if (!kept) {
    const definitions = new ContextDefinitions();
    const tick = () => definitions.context && ticking(definitions.context)();
    kept = { types: new DatabaseTypes(definitions, isTypechecked, tick), checks: new Recent(MAX_KEPT), definitions };
    derived.set(key, kept);
  }
  // Definitions are read by the first query that uses them.
  kept.definitions.context = context;
  return kept;
}

const textOfStored = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const fieldsOf = (value: unknown): ReadonlyMap<string, unknown> =>
  value instanceof ObjectValue ? value.fields : new Map();

function lambdaOf(text: string | undefined, name: string): Lambda | undefined {
  const read = text === undefined ? undefined : parseLambda(text, { name, text });
  return read?.ok ? read.value : undefined;
}
function typeOfText(text: string | undefined, name: string): TypeExpression | undefined {
  const read = text === undefined ? undefined : parseType(text, { name, text });
  return read?.ok ? unplaced(read.value) : undefined;
}

function schemeOfText(text: string | undefined): TypeScheme | undefined {
  const read = text === undefined ? undefined : parseTypeScheme(text, NULL_SOURCE);
  return read?.ok ? unplaced(read.value) : undefined;
}

/** Fields in the order of the real server, which keeps them in a hash map. */
const inRealOrder = <T>(fields: readonly T[], nameOf: (field: T) => string): readonly T[] =>
  inSetOrder(fields, (field) => hashOfText(nameOf(field)));

/** The definitions of a database, as the query sees them. */
class ContextDefinitions implements Definitions {
  context: Context | undefined;

  collection(name: string): ReturnType<Definitions['collection']> {
    const found = this.context && collectionNamed(this.context, name)?.collection;
    if (!(found instanceof UserCollection)) return undefined;
    const { definedFields, wildcard, definition, indexes } = found;
    const types = typeOfText(textOfStored(definition.fields.get(COMPUTED_TYPES)), NULL_SOURCE.name);
    const known =
      types?.kind === 'objectType' ? new Map(types.fields.map(({ name: { text }, type }) => [text, type])) : undefined;
    const computed = inRealOrder([...fieldsOf(definition.fields.get('computed_fields'))], ([field]) => field).map(
      ([field, given]): ComputedDefinition => {
        const source = `*computed_field:${found.name}:${field}*`;
        return {
          name: field,
          found: known && (known.get(field) ?? { kind: 'any', span: NULL_SPAN }),
          signature: typeOfText(textOfStored(fieldsOf(given).get('signature')), source),
          lambda: lambdaOf(textOfStored(fieldsOf(given).get('body')), source),
        };
      },
    );
    const ttls = definition.fields.get('document_ttls');
    return {
      name,
      fields: inRealOrder(definedFields, (field) => field.name).map((field) => ({
        name: field.name,
        type: field.type,
        hasDefault: field.default !== undefined,
      })),
      computed,
      wildcard,
      hasTtls: typeof ttls === 'boolean' ? ttls : definedFields.length === 0 && wildcard === undefined,
      indexes: indexes.map((index) => ({
        name: index.name,
        terms: index.terms.map(({ field, mva }) => ({ path: fieldPath(field) ?? [], mva })),
      })),
    };
  }

  function(name: string): ReturnType<Definitions['function']> {
    const { context } = this;
    const found = context && userFunction(context, name);
    if (!context || !found) return undefined;
    if (!(found.schema.body instanceof SourceLambda))
      return { found: undefined, signature: undefined, lambda: undefined };
    const source = `*udf:${found.schema.name}*`;
    const data = context.host.model.schema(context.host.auth.scope).definition(NATIVE.functions, found.ref.id);
    const signature = textOfStored(data?.fields.get('signature'));
    return {
      found: schemeOfText(textOfStored(data?.fields.get(FUNCTION_TYPE))),
      signature: typeOfText(signature, source),
      lambda: lambdaOf(textOfStored(data?.fields.get('body')), source),
    };
  }
}
