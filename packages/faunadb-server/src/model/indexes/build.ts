import { keysIn, type Reader } from '@supertokens-faunadb/store';
import { ByteWriter } from '../../storage/bytes.js';
import { after, metaKey } from '../../storage/keys.js';
import { FIRST_COLLECTION, NATIVE } from '../../values/ids.js';
import type { Ref } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import type { Databases } from '../base/databases.js';
import type { Index } from '../base/index-definition.js';

/** How many document versions are indexed while the index is created; larger sources are indexed in the background. */
const BUILD_AT_ONCE = 128;

/**
 * Whether a new index is filled by the query that creates it. As in FaunaDB: if it has one source with few documents,
 * or if it covers all collections while none exists.
 */
export function canBuildNow(context: ModelContext, index: Index): boolean {
  const { collections } = index;
  const view = context.model;
  if (index.sourceCount !== 1) return false;
  if (collections === undefined) return view.documents.ids(index.scope, NATIVE.collections).next().done === true;
  let left = BUILD_AT_ONCE;
  for (const collection of collections) {
    for (const [ref] of view.documents.scan(index.scope, collection)) {
      left -= view.documents.stored(ref).length;
      if (left < 0) return false;
    }
  }
  return true;
}

/** Fills a new index with the current and past documents of its collections. */
export function buildNow(context: ModelContext, index: Index): void {
  for (const collection of index.collections ?? []) {
    for (const [ref] of [...context.model.documents.scan(index.scope, collection)]) addDocument(context, index, ref);
  }
}

/** The progress of a background build: the collection, and the id to continue with. */
export interface BuildProgress {
  readonly collection: number;
  readonly id: bigint;
}

/** Schedules an index to be filled in the background. */
export function scheduleBuild(view: Databases, index: Index): void {
  view.keys.put(buildKey(index), encodeProgress({ collection: 0, id: 0n }));
}

/** A document that could not be added to an index. */
export class Unindexed extends Error {
  constructor(
    readonly ref: Ref,
    override readonly cause: unknown,
  ) {
    super(`The document ${ref.id} of collection ${ref.collection} could not be indexed.`, { cause });
  }
}

/**
 * Adds some of the documents that are older than the index.
 *
 * @returns where to go on; `undefined` when all are in
 * @throws {Unindexed} where one of them cannot be added
 */
export function continueBuild(
  context: ModelContext,
  index: Index,
  progress: BuildProgress,
  limit: number,
): BuildProgress | undefined {
  const view = context.model;
  let left = limit;
  for (const collection of coveredCollections(view, index)) {
    if (collection < progress.collection) continue;
    const start = collection === progress.collection ? progress.id : 0n;
    const refs: Ref[] = [];
    for (const [ref] of view.documents.scan(index.scope, collection, { start })) {
      if (refs.push(ref) > left) break;
    }
    for (const ref of refs.slice(0, left)) {
      try {
        addDocument(context, index, ref);
      } catch (error) {
        throw new Unindexed(ref, error);
      }
    }
    if (refs.length > left) return { collection, id: refs[left]!.id };
    left -= refs.length;
  }
  return undefined;
}

const JOBS = 'build/';

/** The prefix of the keys of background builds; the values hold their progress. */
export const buildJobs = metaKey(JOBS);

export function buildKey({ scope, id }: Pick<Index, 'scope' | 'id'>): Buffer {
  return metaKey(`${JOBS}${scope}/${id}`);
}

/** Whether any index of a database is still being filled. */
export function isBuilding(reader: Reader, scope: number): boolean {
  const prefix = metaKey(`${JOBS}${scope}/`);
  for (const _ of keysIn(reader, { start: prefix, end: after(prefix) })) return true;
  return false;
}

/** The index of such a key. */
export function indexOfJob(key: Uint8Array): { readonly scope: number; readonly id: bigint } {
  const [scope, id] = Buffer.from(key.subarray(buildJobs.length)).toString().split('/');
  return { scope: Number(scope), id: BigInt(id!) };
}

export function encodeProgress({ collection, id }: BuildProgress): Buffer {
  return new ByteWriter(16).uint16(collection).int64(id).result();
}

export function decodeProgress(bytes: Uint8Array): BuildProgress {
  const buffer = Buffer.from(bytes);
  return { collection: buffer.readUInt16BE(), id: buffer.readBigInt64BE(2) };
}

function coveredCollections(view: Databases, index: Index): number[] {
  if (index.collections) return [...index.collections].sort((a, b) => a - b);
  return [...view.documents.ids(index.scope, NATIVE.collections)].map(Number).filter((id) => id >= FIRST_COLLECTION);
}

function addDocument(context: ModelContext, index: Index, ref: Ref): void {
  context.model.entries.rewrite(context, ref, [], context.model.documents.stored(ref), [index]);
}
