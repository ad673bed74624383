// How the documents of collections would change with the schema of a push.
import { NATIVE } from '../../values/ids.js';
import { isEmptyCollection } from '../documents/settled-migrations.js';
import type { Context } from '../evaluate/context.js';
import type { SchemaMigration } from '../migrations/rewind.js';
import { validateMigrations } from '../migrations/validate.js';
import type { Diagnostic } from '../parse/diagnostic.js';
import { displayValue } from '../types/simplify.js';
import type { Typer } from '../types/typer.js';
import type { Diff, ShownMigration } from './diff.js';

/** What a schema is compared with: the one in effect, or the one that is staged. */
export type Base = 'active' | 'staged';

/** The differences with their migrations, or why documents would not fit. */
export function withMigrations(
  context: Context,
  typer: Typer,
  diffs: readonly Diff[],
  base: Base,
): { readonly diffs: readonly Diff[]; readonly errors: readonly Diagnostic[] } {
  const errors: Diagnostic[] = [];
  const found = diffs.map((diff): Diff => {
    const submitted = diff.kind === 'modify' ? diff.after : diff.kind === 'add' ? diff.item : undefined;
    if (submitted?.kind !== 'collection') return diff;
    const before = diff.kind === 'modify' && diff.before.kind === 'collection' ? diff.before : undefined;
    // An empty collection is like a new one.
    const live = before !== undefined && isFilled(context, before.name.text, base) ? before : undefined;
    const validated = validateMigrations(typer, live, submitted);
    if (!validated.ok) errors.push(...validated.errors);
    else if (live !== undefined && diff.kind === 'modify')
      return { ...diff, migrations: validated.migrations.map((each) => shown(typer, each)) };
    return diff;
  });
  return { diffs: found, errors };
}

function isFilled(context: Context, name: string, base: Base): boolean {
  const { model, auth } = context.host;
  const schema = model.schema(auth.scope);
  const id = (base === 'active' ? schema : schema.written).idOf(NATIVE.collections, name);
  return id !== undefined && !isEmptyCollection(context, auth.scope, Number(id));
}

function shown(typer: Typer, migration: SchemaMigration): ShownMigration {
  if (migration.kind !== 'split') return migration;
  const { kind, path, targets } = migration;
  return {
    kind,
    path,
    targets: targets.map((target) => ({
      path: target.path,
      type: displayValue(typer, target.type),
      value: target.value,
    })),
  };
}
