// The migrations that a change of a collection's schema leads to, found at the end of the query that made it.
import { type Migration, storedMigrations } from '../../model/migrations/migrations.js';
import type { StoredValue } from '../../storage/data.js';
import { aliasesOf, NATIVE } from '../../values/ids.js';
import { withField } from '../../values/objects.js';
import { type ObjectValue, Ref } from '../../values/values.js';
import type { Context } from '../evaluate/context.js';
import { errors, RuntimeFailure } from '../evaluate/failures.js';
import { failure } from '../evaluate/shape.js';
import { convertMigrations } from '../migrations/convert.js';
import { itemOfDefinition } from '../migrations/definition.js';
import { validateMigrations } from '../migrations/validate.js';
import { type Diagnostic, render } from '../parse/diagnostic.js';
import type { Typer } from '../types/typer.js';

const NOTHING: readonly Migration[] = [];
const ALIASES = aliasesOf(NATIVE.collections);

/** Whether a collection has no documents: then its schema may change in any way. */
export function isEmptyCollection(context: Context, scope: number, id: number): boolean {
  const { documents, keys } = context.host.model;
  for (const [, version] of documents.scan(scope, id)) {
    // There may be many deleted ones.
    context.spend();
    if (version.isLive(keys.time)) return false;
  }
  return true;
}

/**
 * The document of a changed collection with its migrations, and those that are new.
 *
 * @param live its document before the change; `undefined` if it is new
 * @param typer knows the types of the present schema
 * @throws {RuntimeFailure} if documents would not fit the new schema
 */
export function settleMigrations(
  context: Context,
  ref: Ref,
  live: ObjectValue | undefined,
  data: ObjectValue,
  typer: Typer,
): { readonly data: ObjectValue; readonly migrations: readonly Migration[] } {
  const isFilled = live !== undefined && !isEmptyCollection(context, ref.scope, Number(ref.id));
  const submitted = itemOfDefinition(data);
  const before = isFilled ? itemOfDefinition(live) : undefined;
  const validated = validateMigrations(typer, before, submitted);
  if (!validated.ok) throw invalidSchema(context, validated.errors);
  const known = live?.fields.get('internal_migrations') as readonly StoredValue[] | undefined;
  const kept = withField(data, 'internal_migrations', known);
  if (!isFilled || validated.migrations.length === 0) return { data: kept, migrations: NOTHING };
  const migrations = converted(context, typer, validated.migrations);
  if (migrations.length === 0) return { data: kept, migrations };
  refuseForeignIndexes(context, ref, data, live);
  const stored = [...(known ?? []), ...storedMigrations(migrations)];
  return { data: withField(data, 'internal_migrations', stored), migrations };
}

/** The error of a schema that does not hold together. */
export function invalidSchema(context: Context, found: readonly Diagnostic[]): RuntimeFailure {
  const lines = found.flatMap((each) => render(each).trim().split('\n'));
  return errors.invalidSchema(
    `Invalid database schema update.\n${lines.map((line) => `    ${line}`).join('\n')}`,
    context.trace,
  );
}

function converted(
  context: Context,
  typer: Typer,
  migrations: Parameters<typeof convertMigrations>[2],
): readonly Migration[] {
  try {
    return convertMigrations(context, typer, migrations, (name) => collectionId(context, name));
  } catch (thrown) {
    const diagnostic = thrown instanceof RuntimeFailure ? thrown.diagnostic(() => true) : undefined;
    throw diagnostic ? invalidSchema(context, [diagnostic]) : thrown;
  }
}

// Indexes of FQL v4 are not built again.
function refuseForeignIndexes(context: Context, ref: Ref, data: ObjectValue, live: ObjectValue): void {
  const own = new Set([data, live].flatMap(backingIds));
  const foreign = context.host.model
    .schema(ref.scope)
    .indexesOf(Number(ref.id))
    .filter(({ id }) => !own.has(id));
  if (foreign.length === 0) return;
  const message = 'Cannot create migrations on a collection with v4 indexes';
  throw errors.invalidSchema('Invalid database schema update.\n', context.trace).withFailures([failure([], message)]);
}

function backingIds({ fields }: ObjectValue): readonly bigint[] {
  const backings = fields.get('backingIndexes');
  if (!Array.isArray(backings)) return [];
  return (backings as readonly ObjectValue[]).flatMap(({ fields: each }) => {
    const index = each.get('indexID');
    return index instanceof Ref ? [index.id] : [];
  });
}

function collectionId({ host }: Context, name: string): number | undefined {
  const schema = host.model.schema(host.auth.scope).written;
  const id = schema.idOf(NATIVE.collections, name) ?? schema.idOf(ALIASES, name);
  return id === undefined ? undefined : Number(id);
}
