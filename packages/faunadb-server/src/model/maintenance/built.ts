import { Failure } from '../../values/failure.js';
import { NATIVE } from '../../values/ids.js';
import { withField } from '../../values/objects.js';
import { QueryEnded } from '../../values/query-ended.js';
import { type ObjectValue, Ref } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import { StoredVersion } from '../base/stored-version.js';
import { Unindexed } from '../indexes/build.js';
import { describeRef } from '../refs/refs.js';

/** The field with the reason why an index is not active yet, and will not be until the document in question changes. */
const BUILD_ERROR = 'build_error';

/** Activates an index that has been filled. */
export function activate(context: ModelContext, ref: Ref): void {
  change(context, ref, (data) => withField(withField(data, BUILD_ERROR, undefined), 'active', true));
}

/**
 * Records in an index's document why it cannot be filled. It stays inactive, since an index that lacks a document is
 * wrong.
 */
export function markUnbuilt(context: ModelContext, id: bigint, error: unknown): void {
  const ref = new Ref(context.auth.scope, NATIVE.indexes, id);
  change(context, ref, (data) => withField(data, BUILD_ERROR, reasonOf(context, error)));
}

function reasonOf(context: ModelContext, error: unknown): string {
  if (!(error instanceof Unindexed)) return 'The index could not be filled.';
  const { ref, cause } = error;
  const collection = describeRef(context.model, ref, context.auth.scope)?.collection?.id ?? ref.collection;
  const document = `The document ${ref.id} of the collection '${collection}' could not be indexed`;
  if (cause instanceof QueryEnded && cause.reason === 'time') return `${document}: it takes too long.`;
  // Others are bugs, whose words nobody but the operator should see.
  const isTold = cause instanceof Failure || cause instanceof QueryEnded;
  return isTold ? `${document}: ${cause.message}` : `${document}.`;
}

function change(context: ModelContext, ref: Ref, changed: (data: ObjectValue) => ObjectValue): void {
  const version = context.model.documents.latest(ref);
  if (!version || version.deleted) return;
  const data = changed(version.data);
  context.model
    .kindOf(ref.collection)
    .write({ context, ref, position: undefined, isCreate: false, previous: version.data, data }, (stored) =>
      context.model.documents.append(context, ref, StoredVersion.live(context.model.keys.writeTime, stored)),
    );
}
