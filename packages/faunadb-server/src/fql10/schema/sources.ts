// The schema files of a database. They are documents of an internal collection, so that earlier versions can be read.
import { StoredVersion } from '../../model/base/stored-version.js';
import { SCHEMA_SOURCES } from '../../values/ids.js';
import { ObjectValue, Ref } from '../../values/values.js';
import type { Context } from '../evaluate/context.js';
import { foreseeItems, itemsOf, type SchemaFile, textsOf } from './parsed-files.js';
import { describing } from './patch.js';
import { itemText } from './print.js';
import { translateSchema } from './translate.js';

/** The file for items that are in no file yet. */
export const MAIN = 'main.fsl';

/** Begins a generated file. The empty line keeps it from becoming the comment of the first item. */
const PREAMBLE = `// The following schema is auto-generated.
// This file contains FSL for FQL10-compatible schema items.
`;

/** Begins a generated file that cannot be read, which would be a bug. */
const UNREADABLE = `// WARNING: the following auto-generated items contain invalid FSL syntax.
// Please fix its syntax and re-submit the file. Contact support if you need
// assistance via https://support.fauna.com.
`;

interface StoredFile extends SchemaFile {
  readonly ref: Ref;
}

/** The files as they are stored, in the order in which they were added; at a time in µs if given. */
export function storedFiles({ host }: Context, time?: bigint): readonly StoredFile[] {
  const { documents } = host.model;
  const files: StoredFile[] = [];
  for (const [ref] of documents.scan(host.auth.scope, SCHEMA_SOURCES)) {
    const fields = documents.read(ref, time)?.data.fields;
    if (fields) files.push({ ref, name: String(fields.get('name')), text: String(fields.get('content')) });
  }
  return files;
}

/** The files, after an update with what has been written to the schema by queries. */
export function currentFiles(context: Context): readonly SchemaFile[] {
  const stored = storedFiles(context);
  foreseeItems(context.host.budget, stored);
  const changed = patched(context, stored);
  if (changed.length === 0) return stored;
  for (const file of changed) writeFile(context, stored, file);
  return storedFiles(context);
}

/** The files of the schema in effect. */
export function activeFiles(context: Context): readonly SchemaFile[] {
  const { host } = context;
  const { pinnedAt } = host.model.schema(host.auth.scope);
  return pinnedAt === undefined ? currentFiles(context) : storedFiles(context, pinnedAt);
}

/** Replaces the files by others, of which empty ones are not kept; `override` is whether all others are removed. */
export function writeFiles(context: Context, files: readonly SchemaFile[], override: boolean): void {
  const stored = storedFiles(context);
  for (const file of files) {
    const before = stored.find(({ name }) => name === file.name);
    if (before !== undefined && file.text.trim() === '') removeFile(context, before.ref);
    else writeFile(context, stored, file);
  }
  if (!override) return;
  const names = new Set(files.map(({ name }) => name));
  for (const { name, ref } of stored) if (!names.has(name)) removeFile(context, ref);
}

function writeFile({ host }: Context, stored: readonly StoredFile[], { name, text }: SchemaFile): void {
  const before = stored.find((file) => file.name === name);
  if (before?.text === text) return;
  const ref = before?.ref ?? new Ref(host.auth.scope, SCHEMA_SOURCES, host.model.nextId());
  const data = new ObjectValue(
    new Map([
      ['name', name],
      ['content', text],
    ]),
  );
  host.model.documents.append(host, ref, StoredVersion.live(host.model.keys.writeTime, data));
}

function removeFile({ host }: Context, ref: Ref): void {
  host.model.documents.append(host, ref, StoredVersion.deletion(host.model.keys.writeTime));
}

/** The files that must change to describe the database's schema. */
function patched(context: Context, stored: readonly SchemaFile[]): SchemaFile[] {
  const items = translateSchema(context);
  if (stored.length === 0) {
    if (items.length === 0) return [];
    return [readable({ name: MAIN, text: PREAMBLE + items.map((item) => `\n${itemText(item)}`).join('') })];
  }
  // The items of a file that cannot be read are added to the main file.
  const texts = textsOf(stored.filter((file) => itemsOf(file).ok));
  return [...describing(MAIN, texts, items)]
    .filter(([name, text]) => texts.get(name) !== text)
    .map(([name, text]) => readable({ name, text: name === MAIN && !texts.has(MAIN) ? `${PREAMBLE}\n${text}` : text }));
}

function readable(file: SchemaFile): SchemaFile {
  if (itemsOf(file).ok || file.text.startsWith(UNREADABLE)) return file;
  return { name: file.name, text: `${UNREADABLE}\n\n${file.text}` };
}
