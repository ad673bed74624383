import type { Failure, FieldFailure } from '../../values/failure.js';
import { FIRST_COLLECTION, LAST_COLLECTION } from '../../values/ids.js';
import { withField } from '../../values/objects.js';
import type { Position } from '../../values/position.js';
import { ObjectValue, type Ref } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import { failuresOf, long, map, name, optional, required } from '../base/fields.js';
import type { Writing } from '../base/kind.js';
import type { StoredVersion } from '../base/stored-version.js';
import { DocumentStore } from '../documents/document-store.js';
import { danglingRefs } from '../documents/references.js';
import { scheduleReview } from '../indexes/omissions.js';
import { discard, discardOmissions } from '../maintenance/discard.js';
import { scheduleSweep } from '../maintenance/sweep.js';
import { deleteIndex } from './indexes.js';
import { NamedKind } from './named.js';
import { refusalOf, refuseToKeepLess } from './protected-mode.js';

const DAY = 86_400_000_000n;

class CollectionKind extends NamedKind {
  override readonly fields = [
    optional('data', map),
    optional('history_days', long),
    optional('ttl_days', long),
    required('name', name),
  ];
  override readonly defaults = new ObjectValue(new Map([['history_days', 0n]]));
  override readonly hidden = ['min_valid_time', 'backingIndexes', 'internal_signatures', 'internal_migrations'];
  override readonly keptByReplace = ['name', 'history_days'];

  override nextId(context: ModelContext): bigint {
    const id = context.model.keys.count(`collections/${context.auth.scope}`, FIRST_COLLECTION);
    if (id > LAST_COLLECTION) throw new Error('This database has used up all ids of collections.');
    return BigInt(id);
  }

  override checkFields(data: ObjectValue): readonly FieldFailure[] {
    const failures = failuresOf(this.fields, data);
    const days = data.fields.get('history_days');
    if (typeof days !== 'bigint' || days >= 0n) return failures;
    const isOfName = ({ field }: FieldFailure) => field[0] === 'name';
    const description = 'Value must be non-negative.';
    return [
      ...failures.filter((failure) => !isOfName(failure)),
      { field: ['history_days'], code: 'non-negative value required', description },
      ...failures.filter(isOfName),
    ];
  }

  override check({ context, data }: Writing): readonly FieldFailure[] {
    return danglingRefs(context, data);
  }

  override refusalToDelete(context: ModelContext, ref: Ref, position: Position | undefined): Failure | undefined {
    return refusalOf(context, ref.scope, 'Cannot delete collection', position);
  }

  override write(writing: Writing, store: (data: ObjectValue) => void): ObjectValue {
    const { context, ref, data } = writing;
    if (!writing.isCreate && context.model.schema(ref.scope).isProtected) {
      refuseToKeepLess(context.model.documents.latest(ref)!.data, data, writing.position);
    }
    const now = context.snapshotTime;
    const before = writing.isCreate ? undefined : context.model.schema(ref.scope).written.collection(Number(ref.id));
    // A longer history from now on must not reveal what was already hidden.
    const days = data.fields.get('history_days');
    let floor = before?.minValidTime ?? 0n;
    for (const kept of [typeof days === 'bigint' ? days : 0n, before?.historyDays]) {
      if (kept !== undefined && now - kept * DAY > floor) floor = now - kept * DAY;
    }
    return super.write({ ...writing, data: withField(data, 'min_valid_time', floor) }, store);
  }

  override remove(context: ModelContext, ref: Ref, version: StoredVersion, remove: () => void): void {
    const schema = context.model.schema(ref.scope);
    const isKept = schema.pinnedAt !== undefined && schema.definition(ref.collection, ref.id) !== undefined;
    // While its deletion is only staged, its documents are needed.
    if (!isKept) removeContents(context, ref);
    super.remove(context, ref, version, remove);
  }
}

export const collectionKind = new CollectionKind();

/** Removes the documents of a collection that is deleted, and its indexes. */
export function removeContents(context: ModelContext, ref: Ref): void {
  const id = Number(ref.id);
  for (const index of context.model.schema(ref.scope).indexesOf(id)) {
    if (index.collections?.every((collection) => collection === id)) deleteIndex(context, index);
    else {
      scheduleSweep(context.model, index, id);
      if (index.isPartial) scheduleReview(context.model.keys, index);
      discardOmissions(context.model, ref.scope, index.id, id);
    }
  }
  for (const prefix of DocumentStore.prefixes(ref.scope, id)) discard(context.model, prefix);
}
