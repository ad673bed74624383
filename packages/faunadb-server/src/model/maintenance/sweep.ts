import { keysIn, type Reader } from '@supertokens-faunadb/store';
import { after, metaKey } from '../../storage/keys.js';
import type { ModelContext } from '../base/context.js';
import type { Databases } from '../base/databases.js';
import type { Index } from '../base/index-definition.js';
import { isBuilding } from '../indexes/build.js';
import { EntryStore } from '../indexes/entry-store.js';
import { isDiscarding } from './discard.js';

// In an index of several collections, the entries of one have no common prefix, so that all entries must be checked.

const JOBS = 'sweep/';

/** The prefix of the keys of sweeps; their values hold the key to continue with. */
export const sweepJobs = metaKey(JOBS);

/** Schedules the removal, in the background, of a deleted collection's entries in an index. */
export function scheduleSweep(view: Databases, index: Index, collection: number): void {
  view.keys.put(metaKey(`${JOBS}${index.scope}/${index.id}/${collection}`), Buffer.alloc(0));
}

/**
 * Whether a sweep must wait: while documents of its database are still to be removed, an index that is being built may
 * get entries for them.
 */
export function mustWait(reader: Reader, key: Uint8Array): boolean {
  const [scope] = partsOf(key);
  return isDiscarding(reader, scope) || isBuilding(reader, scope);
}

/**
 * Checks some of the entries of an index, and removes those of a deleted collection.
 *
 * @param job the key of the note, and the progress of the sweep.
 * @returns where to continue; `undefined` when it is done.
 */
export function continueSweep(
  contextFor: (scope: number) => ModelContext,
  { key: job, value }: { readonly key: Uint8Array; readonly value: Uint8Array },
  limit: number,
): Buffer | undefined {
  const [scope, id, collection] = partsOf(job);
  const view = contextFor(scope).model;
  const schema = view.schema(scope);
  // A deleted index is removed as a whole; a collection that was restored by a change of its history keeps its
  // entries.
  if (!schema.index(BigInt(id)) || schema.hasCollection(collection)) return undefined;
  let left = limit;
  for (const prefix of EntryStore.prefixes(scope, BigInt(id))) {
    const end = after(prefix);
    if (Buffer.compare(value, end) >= 0) continue;
    const start = Buffer.compare(value, prefix) > 0 ? value : prefix;
    for (const key of keysIn(view.keys.transaction, { start, end })) {
      if (left-- === 0) return Buffer.from(key);
      if (EntryStore.collectionOf(key) === collection) view.keys.remove(key);
    }
  }
  return undefined;
}

function partsOf(key: Uint8Array): [scope: number, index: number, collection: number] {
  const [scope, index, collection] = Buffer.from(key.subarray(sweepJobs.length)).toString().split('/').map(Number);
  return [scope!, index!, collection!];
}
