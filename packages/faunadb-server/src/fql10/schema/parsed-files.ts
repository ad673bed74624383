// Schema files with their items. The items of recently read texts are kept, since most writes change few files or none.

import type { Budget } from '../../values/budget.js';
import type { Diagnostic } from '../parse/diagnostic.js';
import { foreseeParsing } from '../parse/foreseen.js';
import type { Outcome } from '../parse/parse.js';
import type { SchemaItem } from '../parse/schema-ast.js';
import { parseSchemaItems } from '../parse/schema-items.js';

/** A schema file. */
export interface SchemaFile {
  readonly name: string;
  readonly text: string;
}

/** How many characters of texts are kept with their items. */
const KEPT = 2_000_000;
const kept = new Map<string, Outcome<readonly SchemaItem[]>>();
let size = 0;

const keyOf = ({ name, text }: SchemaFile): string => `${name}\n${text}`;

/** Announces that files are parsed next, as far as their items are not kept. */
export function foreseeItems(budget: Budget, files: readonly SchemaFile[]): void {
  const length = files.reduce((sum, file) => (kept.has(keyOf(file)) ? sum : sum + file.text.length), 0);
  foreseeParsing(budget, length);
}

/** The items of a file. */
export function itemsOf(file: SchemaFile): Outcome<readonly SchemaItem[]> {
  const key = keyOf(file);
  const known = kept.get(key);
  if (known !== undefined) {
    // The last used are kept longest.
    kept.delete(key);
    kept.set(key, known);
    return known;
  }
  const read = parseSchemaItems(file.text, file.name);
  kept.set(key, read);
  size += key.length;
  for (const oldest of kept.keys()) {
    if (size <= KEPT) break;
    kept.delete(oldest);
    size -= oldest.length;
  }
  return read;
}

/** The items of all files that can be read, and what is wrong with the others. */
export function itemsOfAll(files: readonly SchemaFile[]): {
  readonly items: readonly SchemaItem[];
  readonly errors: readonly Diagnostic[];
} {
  const read = files.map(itemsOf);
  return {
    items: read.flatMap((each) => (each.ok ? each.value : [])),
    errors: read.flatMap((each) => (each.ok ? [] : each.errors)),
  };
}

/** The texts of files by their names. */
export const textsOf = (files: readonly SchemaFile[]): ReadonlyMap<string, string> =>
  new Map(files.map(({ name, text }) => [name, text]));
