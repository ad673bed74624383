// Type checks of a query in its database, before it runs.
import { NATIVE } from '../../values/ids.js';
import { ObjectValue, Ref } from '../../values/values.js';
import { fieldPath } from '../documents/index-paths.js';
import { UserCollection } from '../documents/user-collection.js';
import { collectionOf } from '../evaluate/collection.js';
import type { Context } from '../evaluate/context.js';
import type { Doc, Module, Value } from '../evaluate/values.js';
import { userFunction } from '../functions/user-function.js';
import { CollectionModule } from '../library/collections.js';
import { collectionNamed } from '../library/user-collections.js';
import type { Expression, Lambda, TypeExpression } from '../parse/ast.js';
import type { Diagnostic } from '../parse/diagnostic.js';
import { parseLambda, parseType } from '../parse/parse.js';
import { SourceLambda } from '../stored/source-lambda.js';
import { checkExpression } from '../types/check.js';
import { type ComputedDefinition, DatabaseTypes, type Definitions } from '../types/environment.js';
import { OPERATORS, unplaced } from '../types/library-types.js';
import { freeNames } from '../types/names.js';
import { diagnosticOf } from '../types/problem.js';
import { textOf } from '../types/shown.js';
import { NATIVE_COLLECTIONS } from '../types/signatures.js';
import { simple } from '../types/terms.js';
import { type Scope, Typer } from '../types/typer.js';
import { typeOfGiven } from './value-types.js';

/** The result of a check: the result's type or errors, and warnings. */
export interface Checked {
  readonly staticType: string | undefined;
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

/** What is cached for one version of a database's schema. */
interface SchemaCache {
  readonly types: DatabaseTypes;
  /** Checks of texts without arguments. */
  readonly checks: Map<string, Checked>;
}

/** How many checks are cached, and the maximum length of their texts. */
const MAX_KEPT = 1_000;
const MAX_TEXT = 4_000;

/** Checks the types of a query. `text` is its source. */
export function checkQuery(
  context: Context,
  text: string,
  expression: Expression,
  variables: ReadonlyMap<string, Value>,
): Checked {
  const { types, checks } = schemaCacheOf(context);
  const isKept = variables.size === 0 && text.length <= MAX_TEXT;
  const known = isKept ? checks.get(text) : undefined;
  if (known) return known;
  const checked = check(context, types, expression, variables);
  if (isKept) {
    if (checks.size >= MAX_KEPT) checks.clear();
    checks.set(text, checked);
  }
  return checked;
}

function check(
  context: Context,
  types: DatabaseTypes,
  expression: Expression,
  variables: ReadonlyMap<string, Value>,
): Checked {
  const names = freeNames(expression);
  const values = new Map([...names.values].filter(([name]) => !variables.has(name)));
  const { globals, shapes } = types.known({ values, types: names.types });
  let scope: Scope;
  for (const [name, value] of variables) {
    scope = {
      name,
      scheme: simple(typeOfGiven(value, (document) => documentType(context, document), isCollection)),
      outer: scope,
    };
  }
  const checked = checkExpression(new Typer(globals, shapes, OPERATORS), expression, scope);
  const warnings = checked.warnings.map((warning): Diagnostic => ({ name: 'warning', ...warning }));
  if (checked.ok) return { staticType: textOf(checked.type), errors: [], warnings };
  return { staticType: undefined, errors: checked.problems.map(diagnosticOf), warnings };
}

const isCollection = (module: Module): boolean => module instanceof CollectionModule;

function documentType(context: Context, { ref }: Doc): string | undefined {
  const collection = collectionOf(context, ref.collection);
  if (!collection) return undefined;
  return collection.isUser ? collection.name : NATIVE_COLLECTIONS[collection.name]?.document;
}

function schemaCacheOf(context: Context): SchemaCache {
  const { model, auth } = context.host;
  const schema = model.committedSchema(auth.scope);
  const isTypechecked = model.schema(auth.scope).isTypechecked;
  const key = `types of FQL v10/${isTypechecked}`;
  const { derived } = schema;
  let kept = derived.get(key) as (SchemaCache & { readonly definitions: ContextDefinitions }) | undefined;
  if (!kept) {
    const definitions = new ContextDefinitions();
    kept = { types: new DatabaseTypes(definitions, isTypechecked), checks: new Map(), definitions };
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

/** The definitions of a database, as the query sees them. */
class ContextDefinitions implements Definitions {
  context: Context | undefined;

  collection(name: string): ReturnType<Definitions['collection']> {
    const found = this.context && collectionNamed(this.context, name)?.collection;
    if (!(found instanceof UserCollection)) return undefined;
    const { definedFields, wildcard, definition, indexes } = found;
    const computed = [...fieldsOf(definition.fields.get('computed_fields'))].map(
      ([field, given]): ComputedDefinition => {
        const source = `*computed_field:${found.name}:${field}*`;
        return {
          name: field,
          signature: typeOfText(textOfStored(fieldsOf(given).get('signature')), source),
          lambda: lambdaOf(textOfStored(fieldsOf(given).get('body')), source),
        };
      },
    );
    const ttls = definition.fields.get('document_ttls');
    return {
      name,
      fields: definedFields.map((field) => ({
        name: field.name,
        type: field.type,
        hasDefault: field.default !== undefined,
      })),
      computed,
      wildcard,
      hasTtls:
        typeof ttls === 'boolean'
          ? ttls
          : definedFields.length === 0 && wildcard === undefined && computed.length === 0,
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
    if (!(found.schema.body instanceof SourceLambda)) return { signature: undefined, lambda: undefined };
    const source = `*udf:${found.schema.name}*`;
    const data = context.host.model.documents.read(
      new Ref(context.host.auth.scope, NATIVE.functions, found.ref.id),
    )?.data;
    const signature = textOfStored(data?.fields.get('signature'));
    return {
      signature: typeOfText(signature, source),
      lambda: lambdaOf(textOfStored(data?.fields.get('body')), source),
    };
  }
}
