// What follows from the change of a collection's document, at the end of the query that made it.
import { StoredVersion } from '../../model/base/stored-version.js';
import type { ObjectValue, Ref } from '../../values/values.js';
import type { Writing } from '../evaluate/collection.js';
import type { Context } from '../evaluate/context.js';
import { Provenance } from '../migrations/provenance.js';
import { backIndexes } from './backing-indexes.js';
import { settleMigrations } from './settled-migrations.js';

/** A collection's document as it was before this query. */
function liveDocument({ host }: Context, ref: Ref): ObjectValue | undefined {
  const { documents, keys } = host.model;
  const live = documents.stored(ref).findLast((version) => version.ts < keys.writeTime);
  return live && !live.deleted ? live.data : undefined;
}

/** Updates a collection's migrations and indexes to match its document, at the end of the query that wrote it. */
export function settleCollectionLater({ context, ref }: Writing): void {
  context.session.schemaChecked.set(`indexes of ${ref.id}`, () => {
    const { host } = context;
    const version = host.model.documents.latest(ref);
    if (!version || version.deleted) return;
    const store = (data: ObjectValue) => {
      host.model.changeSchema(ref.scope, ref.collection, ref.id, []);
      host.model.documents.append(host, ref, StoredVersion.live(host.model.keys.writeTime, data));
    };
    const settled = settleMigrations(context, ref, liveDocument(context, ref), version.data);
    // Indexes are built from documents of the new shape.
    store(settled.data);
    store(backIndexes(context, ref, settled.data, new Provenance(settled.migrations)));
  });
}
