// Turns the migrations of a schema into those that are stored with the collection: evaluates the values for earlier
// documents, once.
import type { FieldNames, Migration } from '../../model/migrations/migrations.js';
import { testOf } from '../../model/migrations/types.js';
import type { StoredValue } from '../../storage/data.js';
import type { Context } from '../evaluate/context.js';
import { evaluate } from '../evaluate/evaluate.js';
import { errors } from '../evaluate/failures.js';
import { failure, shapeOf, shapeText } from '../evaluate/shape.js';
import { NotStorable, toStored } from '../evaluate/stored.js';
import type { Expression, FieldPath } from '../parse/ast.js';
import type { Span } from '../parse/span.js';
import { displayValue } from '../types/simplify.js';
import type { Term } from '../types/terms.js';
import type { Typer } from '../types/typer.js';
import type { SchemaMigration, SplitTarget } from './rewind.js';
import { type CollectionFinder, persisted, storedType } from './stored-type.js';

const namesOf = ({ elements }: FieldPath): FieldNames => elements.map(({ key }) => String(key));

/** @throws {RuntimeFailure} where a value cannot be evaluated or stored */
export function convertMigrations(
  context: Context,
  typer: Typer,
  migrations: readonly SchemaMigration[],
  collectionNamed: CollectionFinder,
): readonly Migration[] {
  const fill: Filler = (value, type, path) => {
    const stored = typeOf(context, type, path, collectionNamed);
    return { type: stored, value: checkedValue(context, typer, value, { type, stored, path }) };
  };
  const fillAny = (value: Expression | undefined, path: FieldPath) => storedValue(context, value, path);
  return migrations.flatMap((migration) => converted(migration, fill, fillAny));
}

/** The stored type and value of a field. */
type Filler = (
  value: Expression | undefined,
  type: Term,
  path: FieldPath,
) => { readonly type: StoredValue; readonly value: StoredValue };

function converted(
  migration: SchemaMigration,
  fill: Filler,
  fillAny: (value: Expression | undefined, path: FieldPath) => StoredValue,
): readonly Migration[] {
  switch (migration.kind) {
    case 'add': {
      const { kind, path } = migration;
      return [{ kind, path: namesOf(path), ...fill(migration.value, migration.type, path) }];
    }
    case 'drop':
      return [{ kind: 'drop', path: namesOf(migration.path) }];
    case 'move':
      return [{ kind: 'move', path: namesOf(migration.path), to: namesOf(migration.to) }];
    case 'split': {
      const path = namesOf(migration.path);
      const [first, ...others] = migration.targets;
      if (!first) return [];
      const isSame = path.join('.') === namesOf(first.path).join('.');
      // What the type of one target does not hold goes on to the next.
      const splits = others.map((to, i): Migration => {
        const from = migration.targets[i] as SplitTarget;
        const { type, value: replacement } = fill(from.value, from.type, from.path);
        const value = fillAny(to.value, to.path);
        return { kind: 'split', path: namesOf(from.path), to: namesOf(to.path), type, replacement, value };
      });
      return isSame ? splits : [{ kind: 'move', path, to: namesOf(first.path) }, ...splits];
    }
    case 'move_conflicts':
      return [{ kind: 'move_conflicts', into: namesOf(migration.into) }];
    case 'move_wildcard':
      return [{ kind: 'move_wildcard', into: namesOf(migration.into), keep: migration.keep }];
    case 'add_wildcard':
      return [];
  }
}

const refuse = (context: Context, message: string, path: FieldPath, reason: string, span: Span) =>
  errors.constraintViolation(
    message,
    [failure(namesOf(path), reason)],
    context.with({ trace: undefined }).at(span).trace,
  );

function typeOf(context: Context, type: Term, path: FieldPath, collectionNamed: CollectionFinder): StoredValue {
  const stored = storedType(type, collectionNamed);
  if (stored !== undefined) return stored;
  throw refuse(context, 'Failed to convert migration.', path, 'Type cannot be persisted.', type.span);
}

function storedValue(context: Context, value: Expression | undefined, path: FieldPath): StoredValue {
  if (value === undefined) return null;
  const inside = context.with({ effectLimit: { effect: 'observation', reason: 'backfill values' }, trace: undefined });
  try {
    return toStored(context, evaluate(inside, value, undefined));
  } catch (thrown) {
    if (!(thrown instanceof NotStorable)) throw thrown;
    const reason = `Value has type ${thrown.message}, which cannot be persisted.`;
    throw refuse(context, 'Failed to convert migration.', path, reason, value.span);
  }
}

function checkedValue(
  context: Context,
  typer: Typer,
  given: Expression | undefined,
  { type, stored, path }: { readonly type: Term; readonly stored: StoredValue; readonly path: FieldPath },
): StoredValue {
  const value = storedValue(context, given, path);
  if (testOf(stored)(value)) return value;
  const reason = `Expected ${displayValue(typer, persisted(type))}, provided ${shapeText(shapeOf(value))}`;
  throw refuse(context, 'Failed to convert backfill value.', path, reason, given?.span ?? type.span);
}
