// What happens at the end of a query that has changed the schema: the files are updated, and the whole schema is checked.
import { StoredVersion } from '../../model/base/stored-version.js';
import { NATIVE } from '../../values/ids.js';
import { omit, withField } from '../../values/objects.js';
import { Ref } from '../../values/values.js';
import { settleCollection } from '../documents/settled-collection.js';
import type { Context } from '../evaluate/context.js';
import { RuntimeFailure } from '../evaluate/failures.js';
import { type Diagnostic, render } from '../parse/diagnostic.js';
import type { SchemaItem } from '../parse/schema-ast.js';
import { COMPUTED_TYPES, FUNCTION_TYPE } from '../stored/signature-fields.js';
import { checkSchema, type SchemaChecked, type Signatures } from '../types/schema.js';
import { derivedTypeConflicts } from './derived-types.js';
import { itemsOfAll } from './parsed-files.js';
import { currentFiles } from './sources.js';
import { namesOf4 } from './translate.js';

/** Ends a query: does what waits for its end, and checks the schema. @throws {RuntimeFailure} */
export function finishQuery(context: Context): void {
  for (const afterwards of context.session.afterwards.values()) afterwards();
  settleSchema(context);
}

/**
 * Checks the schema that a query has left, if it has changed it, and then does what follows from the change.
 *
 * @throws {RuntimeFailure} `invalid_schema`
 */
function settleSchema(context: Context): void {
  const change = context.session.schemaChange;
  if (change === undefined) return;
  const { items, errors } = itemsOfAll(currentFiles(context));
  if (errors.length > 0) throw invalidSchema(errors, change.trace);
  const checked = checkItems(context, items);
  if (!checked.ok) throw invalidSchema(checked.errors, change.trace);
  if (checked.signatures) storeSignatures(context, checked.signatures);
  for (const changed of context.session.changedCollections.values())
    settleCollection(changed.context, changed.ref, checked.typer);
  const conflicts = derivedTypeConflicts(context, context.session.changedCollections.values());
  if (conflicts.length > 0) throw invalidSchema(conflicts, change.trace);
}

/** Stores the types that the check has found with the definitions, for the checks of queries. */
function storeSignatures(context: Context, { functions, computed }: Signatures): void {
  for (const [name, text] of functions) storeField(context, NATIVE.functions, name, FUNCTION_TYPE, text);
  for (const [name, text] of computed) storeField(context, NATIVE.collections, name, COMPUTED_TYPES, text);
}

function storeField(
  { host }: Context,
  collection: number,
  name: string,
  field: string,
  text: string | undefined,
): void {
  const { scope } = host.auth;
  const id = host.model.schema(scope).idOf(collection, name);
  if (id === undefined) return;
  const ref = new Ref(scope, collection, id);
  const data = host.model.documents.read(ref)?.data;
  if (!data || (data.fields.get(field) ?? undefined) === text) return;
  host.model.changeSchema(scope, collection, id, []);
  const changed = text === undefined ? omit(data, [field]) : withField(data, field, text);
  host.model.documents.append(host, ref, StoredVersion.live(host.model.keys.writeTime, changed));
}

/** The last check: a push and the end of its query check the same items. */
let last:
  | { readonly items: readonly SchemaItem[]; readonly others: string; readonly checked: SchemaChecked }
  | undefined;

/** Checks the items of a whole schema. */
export function checkItems(context: Context, items: readonly SchemaItem[]): SchemaChecked {
  const { functions, roles } = namesOf4(context);
  const { host } = context;
  const { isTypechecked } = host.model.schema(host.auth.scope);
  const others = JSON.stringify([functions, roles, isTypechecked]);
  const isKnown =
    last?.others === others && last.items.length === items.length && items.every((item, i) => item === last?.items[i]);
  if (last !== undefined && isKnown) return last.checked;
  const definitions = { items, functions4: functions, roles4: roles };
  const checked = checkSchema(definitions, isTypechecked, () => host.budget.touch());
  last = { items, others, checked };
  return checked;
}

function invalidSchema(errors: readonly Diagnostic[], trace: RuntimeFailure['trace']): RuntimeFailure {
  const lines = errors.flatMap((each) => render(each).trim().split('\n'));
  const text = lines.map((line) => `    ${line}`).join('\n');
  return new RuntimeFailure('invalid_schema', `Invalid database schema update.\n${text}`, trace);
}
