// Checks a submitted schema of a collection, with its migrations, against the live one.
import type { Diagnostic } from '../parse/diagnostic.js';
import type { CollectionItem, MigrationItem } from '../parse/schema-ast.js';
import { guarded } from '../types/check.js';
import { diagnosticOf } from '../types/problem.js';
import type { Typer } from '../types/typer.js';
import { explain } from './explain.js';
import { Rewinding, type SchemaMigration } from './rewind.js';
import { CollectionShape, shapeOf } from './shape.js';

export type Validated =
  | { readonly ok: true; readonly migrations: readonly SchemaMigration[] }
  | { readonly ok: false; readonly errors: readonly Diagnostic[] };

/**
 * Derives the migrations that lead from the live schema of a collection to a submitted one.
 *
 * @param typer knows the types of the submitted schema
 * @param live `undefined` if there are no documents; then the migrations need only make sense
 */
export function validateMigrations(
  typer: Typer,
  live: CollectionItem | undefined,
  submitted: CollectionItem,
): Validated {
  const found = guarded(submitted.span, () => validate(typer, live, submitted));
  if ('ok' in found) return found;
  return { ok: false, errors: found.map(diagnosticOf) };
}

function validate(typer: Typer, live: CollectionItem | undefined, submitted: CollectionItem): Validated {
  const before = live && shapeOf(typer, live, false);
  const after = shapeOf(typer, submitted, true);
  for (const shape of [before, after]) {
    if (shape !== undefined && !(shape instanceof CollectionShape)) return { ok: false, errors: shape };
  }
  const items = submitted.migrations?.config.items ?? [];
  const target = (after as CollectionShape).copy();
  const rewinding = new Rewinding(typer, submitted, target);
  rewinding.run(live ? toApply(live.migrations?.config.items ?? [], items) : items);
  const { errors, migrations } = rewinding;
  if (errors.length > 0) return { ok: false, errors };
  if (!(before instanceof CollectionShape) || target.isCompatibleWith(typer, before)) return { ok: true, migrations };
  // What was found while taking migrations back explains more than the submitted fields alone.
  const known = (after as CollectionShape).copy();
  for (const [name, field] of target.fields) known.fields.set(name, field);
  return { ok: false, errors: explain(typer, submitted, known, before) };
}

/** The statements after the longest start of the submitted ones that the live ones end with: those were applied before. */
function toApply(live: readonly MigrationItem[], submitted: readonly MigrationItem[]): readonly MigrationItem[] {
  const [before, now] = [live.map(keyOf), submitted.map(keyOf)];
  for (let count = Math.min(before.length, now.length); count > 0; count--) {
    const end = before.slice(before.length - count);
    if (end.every((key, i) => key === now[i])) return submitted.slice(count);
  }
  return submitted;
}

/** Identifies a statement regardless of its position. */
const keyOf = (item: MigrationItem): string =>
  JSON.stringify(item, (key, value: unknown) => {
    if (/span$/i.test(key)) return undefined;
    return typeof value === 'bigint' ? `${value}n` : value;
  });
