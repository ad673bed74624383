import { NATIVE } from '../../values/ids.js';
import { objectOf, sameStored, withField } from '../../values/objects.js';
import { type ObjectValue, Ref } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import type { Index } from '../base/index-definition.js';
import { StoredVersion } from '../base/stored-version.js';
import { Unindexed } from '../indexes/build.js';
import { unindexedDocuments } from '../indexes/omissions.js';
import { describeRef } from '../refs/refs.js';

/** The field with the reason why an index is not active, and will not be until something changes. */
const BUILD_ERROR = 'build_error';
/** The field that says which documents an index lacks. */
const UNINDEXED = 'unindexed';
/** How many of them it names, and how many are counted. */
const NAMED = 16;
const COUNTED = 1_000;

/**
 * Activates an index that has been filled, and records in its document what it lacks. A unique index becomes active
 * only when it lacks nothing: otherwise what it lacks could have duplicates.
 */
export function review(context: ModelContext, index: Index): void {
  const lacking = lackingIn(context, index);
  const isWaiting = lacking !== undefined && index.unique && !index.active;
  change(context, index.ref, (data) => {
    const reviewed = withField(withField(data, UNINDEXED, lacking), BUILD_ERROR, isWaiting ? WAITING : undefined);
    return isWaiting ? reviewed : withField(reviewed, 'active', true);
  });
}

const WAITING =
  'A unique index becomes active only when all documents are indexed: change or delete those in `unindexed`.';

function lackingIn(context: ModelContext, index: Index): ObjectValue | undefined {
  const { model } = context;
  const schema = model.schema(index.scope);
  const documents: ObjectValue[] = [];
  let count = 0;
  for (const { ref, why } of unindexedDocuments(model.keys.transaction, index)) {
    if (!schema.hasCollection(ref.collection)) continue;
    if (++count > COUNTED) break;
    if (count > NAMED) continue;
    const collection = describeRef(model, ref, index.scope)?.collection?.id ?? String(ref.collection);
    documents.push(objectOf({ collection, id: String(ref.id), reason: why }));
  }
  return count === 0 ? undefined : objectOf({ count: BigInt(Math.min(count, COUNTED)), documents });
}

/** Records in an index's document why it cannot be filled, which is not because of what the documents hold. */
export function markUnbuilt(context: ModelContext, id: bigint, error: unknown): void {
  const ref = new Ref(context.auth.scope, NATIVE.indexes, id);
  change(context, ref, (data) => withField(data, BUILD_ERROR, reasonOf(context, error)));
}

function reasonOf(context: ModelContext, error: unknown): string {
  if (!(error instanceof Unindexed)) return 'The index could not be filled.';
  const { ref } = error;
  const collection = describeRef(context.model, ref, context.auth.scope)?.collection?.id ?? ref.collection;
  return `The document ${ref.id} of the collection '${collection}' could not be indexed.`;
}

function change(context: ModelContext, ref: Ref, changed: (data: ObjectValue) => ObjectValue): void {
  const version = context.model.documents.latest(ref);
  if (!version || version.deleted) return;
  const data = changed(version.data);
  if (sameStored(data, version.data)) return;
  context.model
    .kindOf(ref.collection)
    .write({ context, ref, position: undefined, isCreate: false, previous: version.data, data }, (stored) =>
      context.model.documents.append(context, ref, StoredVersion.live(context.model.keys.writeTime, stored)),
    );
}
