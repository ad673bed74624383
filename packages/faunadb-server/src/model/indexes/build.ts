import { keysIn, type Reader } from '@supertokens-faunadb/store';
import { ByteReader, ByteWriter } from '../../storage/bytes.js';
import { after, metaKey } from '../../storage/keys.js';
import { Failure } from '../../values/failure.js';
import { FIRST_COLLECTION, NATIVE } from '../../values/ids.js';
import { QueryEnded } from '../../values/query-ended.js';
import type { Ref } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import type { Databases } from '../base/databases.js';
import type { Index } from '../base/index-definition.js';
import type { StoredVersion } from '../base/stored-version.js';
import { noteOmission } from './omissions.js';
import { TooManyEntries } from './terms.js';

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
      for (const _ of view.documents.newestFirst(ref)) if (--left < 0) return false;
    }
  }
  return true;
}

/**
 * Fills a new index with the current and past documents of its collections.
 *
 * @returns whether it holds all of them
 */
export function buildNow(context: ModelContext, index: Index): boolean {
  let isWhole = true;
  for (const collection of index.collections ?? []) {
    for (const [ref] of [...context.model.documents.scan(index.scope, collection)]) {
      let until: bigint | undefined;
      for (const version of [...context.model.documents.newestFirst(ref)]) {
        isWhole = addVersion(context, index, ref, version, until) && isWhole;
        until = version.ts;
      }
    }
  }
  return isWhole;
}

/** The progress of a background build: the document to continue with, and which of its versions. */
export interface BuildProgress {
  readonly collection: number;
  readonly id: bigint;
  /** The time of its earliest version that is in, in µs; `undefined` if none is. */
  readonly before: bigint | undefined;
}

/** Schedules an index to be filled in the background. */
export function scheduleBuild(view: Databases, index: Index): void {
  view.keys.put(buildKey(index), encodeProgress({ collection: 0, id: 0n, before: undefined }));
}

/** A version of a document could not be added to an index. */
export class Unindexed extends Error {
  constructor(
    readonly ref: Ref,
    /** When it was written, in µs. */
    readonly ts: bigint,
    readonly isLatest: boolean,
    override readonly cause: unknown,
  ) {
    super(`The document ${ref.id} of collection ${ref.collection} could not be indexed.`, { cause });
  }
}

/**
 * Adds some versions of the documents that are older than the index: of each document the latest first, since that one
 * decides what the index holds now. What the index cannot hold is left out.
 *
 * @param limit how many versions
 * @returns where to go on; `undefined` when all are in
 * @throws {Unindexed} where one of them cannot be added for another reason
 */
export function continueBuild(
  context: ModelContext,
  index: Index,
  progress: BuildProgress,
  limit: number,
): BuildProgress | undefined {
  const { documents } = context.model;
  let left = limit;
  for (const collection of coveredCollections(context.model, index)) {
    if (collection < progress.collection) continue;
    const start = collection === progress.collection ? progress.id : 0n;
    const refs: Ref[] = [];
    for (const [ref] of documents.scan(index.scope, collection, { start })) {
      // One more than there are versions to add: nothing may be left of the first.
      if (refs.push(ref) > left + 1) break;
    }
    for (const ref of refs) {
      let before = collection === progress.collection && ref.id === progress.id ? progress.before : undefined;
      const versions: StoredVersion[] = [];
      for (const version of documents.newestFirst(ref, before)) {
        if (versions.push(version) > left) break;
      }
      for (const version of versions) {
        if (left-- === 0) return { collection, id: ref.id, before };
        try {
          addVersion(context, index, ref, version, before);
        } catch (error) {
          throw new Unindexed(ref, version.ts, before === undefined, error);
        }
        before = version.ts;
      }
    }
  }
  return undefined;
}

/**
 * Adds a version of a document to an index, after those that came later.
 *
 * @returns whether the index can hold it
 */
function addVersion(
  context: ModelContext,
  index: Index,
  ref: Ref,
  version: StoredVersion,
  until: bigint | undefined,
): boolean {
  try {
    context.model.entries.fill(context, index, ref, version, until);
    return true;
  } catch (error) {
    if (!(error instanceof TooManyEntries)) throw error;
    omit(context.model, index, new Unindexed(ref, version.ts, until === undefined, error));
    return false;
  }
}

/** Leaves a version out of an index. @returns where to go on */
export function omit(
  view: Databases,
  index: Pick<Index, 'scope' | 'id'>,
  { ref, ts, isLatest, cause }: Unindexed,
): BuildProgress {
  noteOmission(view.keys, index, ref, ts, isLatest ? reasonOf(cause) : undefined);
  return { collection: ref.collection, id: ref.id, before: ts };
}

function reasonOf(cause: unknown): string {
  if (cause instanceof QueryEnded && cause.reason === 'time') return 'It takes too long.';
  return cause instanceof Failure || cause instanceof QueryEnded ? cause.message : 'Its fields are too complex.';
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

export function encodeProgress({ collection, id, before }: BuildProgress): Buffer {
  const writer = new ByteWriter(24).uint16(collection).int64(id);
  if (before !== undefined) writer.int64(before);
  return writer.result();
}

export function decodeProgress(bytes: Uint8Array): BuildProgress {
  const reader = new ByteReader(bytes);
  return {
    collection: reader.uint16(),
    id: reader.int64(),
    before: bytes.length > DOCUMENT_BYTES ? reader.int64() : undefined,
  };
}

/** The length of the progress that names no version. */
const DOCUMENT_BYTES = 10;

function coveredCollections(view: Databases, index: Index): number[] {
  if (index.collections) return [...index.collections].sort((a, b) => a - b);
  return [...view.documents.ids(index.scope, NATIVE.collections)].map(Number).filter((id) => id >= FIRST_COLLECTION);
}
