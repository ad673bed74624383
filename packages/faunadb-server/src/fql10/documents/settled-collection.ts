// What follows from the change of a collection's document, at the end of the query that made it.
import { StoredVersion } from '../../model/base/stored-version.js';
import { sameStored } from '../../values/objects.js';
import type { ObjectValue, Ref, Value } from '../../values/values.js';
import type { Writing } from '../evaluate/collection.js';
import type { Context } from '../evaluate/context.js';
import { Provenance } from '../migrations/provenance.js';
import type { Typer } from '../types/typer.js';
import { backIndexes } from './backing-indexes.js';
import { settleMigrations } from './settled-migrations.js';

/** A collection's document in effect: the active one if another is staged, or the one before this query. */
function liveDefinition({ host }: Context, ref: Ref): ObjectValue | undefined {
  const { documents, keys } = host.model;
  const schema = host.model.schema(ref.scope);
  if (schema.pinnedAt !== undefined) return schema.definition(ref.collection, ref.id);
  const live = documents.stored(ref).findLast((version) => version.ts < keys.writeTime);
  return live && !live.deleted ? live.data : undefined;
}

/** Has {@link settleCollection} done at the end of the query, when the whole schema has been checked. */
export function settleCollectionLater({ context, ref }: Writing): void {
  context.session.changedCollections.set(ref.id, { ref, context });
}

/**
 * Updates a collection's migrations and indexes to match its document.
 *
 * @param typer knows the types of the present schema
 */
export function settleCollection(context: Context, ref: Ref, typer: Typer): void {
  const { host } = context;
  const schema = host.model.schema(ref.scope);
  const data = schema.written.definition(ref.collection, ref.id);
  if (!data) return;
  const store = (changed: ObjectValue) => {
    host.model.changeSchema(ref.scope, ref.collection, ref.id, []);
    host.model.documents.append(host, ref, StoredVersion.live(host.model.keys.writeTime, changed));
  };
  const live = liveDefinition(context, ref);
  const settled = settleMigrations(context, ref, live, data, typer);
  // Indexes are built from documents of the new shape.
  store(settled.data);
  const [before, now] = [data, settled.data].map(({ fields }) => fields.get('internal_migrations') ?? null);
  const isStaged = schema.pinnedAt !== undefined;
  store(
    backIndexes(context, ref, settled.data, {
      provenance: new Provenance(settled.migrations),
      active: isStaged ? live : undefined,
      hasStagedShape: sameStored(before as Value, now as Value),
    }),
  );
}
