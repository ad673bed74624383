// Makes a database's schema what files say.
import { NATIVE } from '../../values/ids.js';
import { isStaged, reviveStaged } from '../documents/staged-schema.js';
import { createDocument, deleteDocument, writeDocument } from '../documents/write.js';
import { type Collection, collectionOf } from '../evaluate/collection.js';
import type { Context } from '../evaluate/context.js';
import { documentField } from '../evaluate/documents.js';
import { RuntimeFailure } from '../evaluate/failures.js';
import { Absent } from '../evaluate/members.js';
import { Doc, Null, Ref, type Value } from '../evaluate/values.js';
import type { Diagnostic } from '../parse/diagnostic.js';
import type { SchemaItem } from '../parse/schema-ast.js';
import { NULL_SPAN } from '../parse/span.js';
import type { Typer } from '../types/typer.js';
import { type Diff, diffItems, itemOf, type Renames } from './diff.js';
import { type Base, withMigrations } from './migrations.js';
import { foreseeItems, itemsOf, itemsOfAll, type SchemaFile } from './parsed-files.js';
import { invalid, invalidFiles, messageOf } from './schema-failure.js';
import { checkItems } from './settle.js';
import { activeFiles, currentFiles, writeFiles } from './sources.js';
import { structOfItem } from './struct.js';

/** Files to replace others. */
export interface Push {
  readonly files: readonly SchemaFile[];
  /** Whether the files that are not among these are removed. */
  readonly override: boolean;
  readonly renames?: Renames;
}

/** The differences that files would make. */
export interface Validated {
  readonly before: readonly SchemaFile[];
  readonly after: readonly SchemaFile[];
  readonly diffs: readonly Diff[];
  /** Knows the types of the files. */
  readonly typer: Typer;
}

type Compared = Omit<Validated, 'typer'> & { readonly items: readonly SchemaItem[] };

/** A document that has been written, and the item that says what is in it. */
export interface WrittenItem {
  readonly item: SchemaItem;
  readonly document: Doc;
}

/** The differences between a schema and files, not yet checked. @throws {SchemaFailure} if they cannot be read */
function compare(context: Context, { files, override, renames = new Map() }: Push, base: Base): Compared {
  const before = base === 'active' ? activeFiles(context) : currentFiles(context);
  const submitted = new Set(files.map(({ name }) => name));
  const after = override ? files : [...files, ...before.filter(({ name }) => !submitted.has(name))];
  foreseeItems(context.host.budget, after);
  const items = validItems(after);
  const all = diffItems(itemsOfAll(before).items, items, renames);
  // Items of files that are not submitted stay.
  const diffs = override
    ? all
    : all.filter((diff) => diff.kind !== 'remove' || submitted.has(diff.item.span.source.name));
  return { before, after, items, diffs };
}

/** Checks files, and says what they would change. @throws {SchemaFailure} */
export const validatePush = (context: Context, given: Push, base: Base = 'active'): Validated =>
  validated(context, compare(context, given, base), base);

function validated(context: Context, { before, after, items, diffs }: Compared, base: Base): Validated {
  const checked = checkItems(context, items);
  if (!checked.ok) throw invalidFiles(checked.errors);
  const migrated = withMigrations(context, checked.typer, diffs, base);
  if (migrated.errors.length > 0) throw invalidFiles(migrated.errors);
  return { before, after, diffs: migrated.diffs, typer: checked.typer };
}

/** The items of files, each of which must be there only once. @throws {SchemaFailure} */
function validItems(files: readonly SchemaFile[]): SchemaItem[] {
  const names = new Map<string, string>();
  const errors: (Diagnostic | string)[] = [];
  const items: SchemaItem[] = [];
  for (const file of files) {
    const read = itemsOf(file);
    if (!read.ok) {
      errors.push(...read.errors);
      continue;
    }
    for (const { kind, name } of read.value) {
      const space = kind === 'collection' || kind === 'function' ? 'collection or function' : kind;
      const first = names.get(`${space} ${name.text}`);
      if (first === undefined) names.set(`${space} ${name.text}`, file.name);
      else errors.push(`Duplicate ${space} \`${name.text}\` in ${file.name} (originally seen in ${first})`);
    }
    items.push(...read.value);
  }
  if (errors.length > 0) throw invalidFiles(errors);
  return items;
}

/** Replaces files, and changes the schema accordingly. @throws {SchemaFailure} */
export function push(context: Context, given: Push): readonly WrittenItem[] {
  // With a staged schema, the files replace that one, and documents must fit the one in effect.
  const compared = compare(context, given, 'staged');
  const { after, diffs } = compared;
  if (isStaged(context)) validatePush(context, { ...given, files: after, override: true });
  else validated(context, compared, 'active');
  writeFiles(context, given.files, given.override);
  const errors: string[] = [];
  const written = diffs.flatMap((diff): WrittenItem[] => {
    try {
      return [{ item: itemOf(diff), document: apply(context, diff) }];
    } catch (failure) {
      if (!(failure instanceof RuntimeFailure)) throw failure;
      errors.push(messageOf(failure));
      return [];
    }
  });
  if (errors.length > 0) throw invalid(errors.join('\n'));
  return written;
}

const COLLECTIONS: Readonly<Record<SchemaItem['kind'], number>> = {
  collection: NATIVE.collections,
  function: NATIVE.functions,
  role: NATIVE.roles,
  'access provider': NATIVE.access_providers,
};

/** The document of an item; `undefined` if there is none. */
export function documentOfItem({ host }: Context, kind: SchemaItem['kind'], name: string): Doc | undefined {
  const { scope } = host.auth;
  const collection = COLLECTIONS[kind];
  const id = host.model.schema(scope).written.idOf(collection, name);
  return id === undefined ? undefined : new Doc(new Ref(scope, collection, id), name);
}

function apply(outer: Context, diff: Diff): Doc {
  const item = itemOf(diff);
  const context = outer.at(item.span);
  const document = documentOfItem(context, item.kind, item.name.text);
  if (diff.kind === 'remove') return deleteDocument(context, known(item, document));
  if (diff.kind === 'modify') return replace(context, known(item, document), diff.after);
  if (document !== undefined) return replace(context, document, item);
  const revived = revivedDocument(context, item);
  if (revived !== undefined) return replace(context, revived, item);
  const collection = collectionOf(context, COLLECTIONS[item.kind]) as Collection;
  return createDocument(context, collection, 'fields', structOfItem(item, undefined));
}

/** A document of the schema in effect that a staged schema no longer had. */
function revivedDocument(context: Context, { kind, name }: SchemaItem): Doc | undefined {
  const { model, auth } = context.host;
  const collection = COLLECTIONS[kind];
  const id = model.schema(auth.scope).idOf(collection, name.text);
  if (id === undefined) return undefined;
  const ref = new Ref(auth.scope, collection, id);
  return reviveStaged(context, ref) ? new Doc(ref, name.text) : undefined;
}

function known({ kind, name }: SchemaItem, document: Doc | undefined): Doc {
  if (document === undefined) throw new Error(`The ${kind} \`${name.text}\` is in a file, but not in the schema.`);
  return document;
}

/** What clients have stored in a schema document stays. */
function replace(context: Context, document: Doc, item: SchemaItem): Doc {
  const data = documentField(context, document, 'data', NULL_SPAN);
  const kept = data instanceof Absent || data instanceof Null ? undefined : (data as Value);
  return writeDocument(context, document, 'replace', 'fields', structOfItem(item, kept));
}
