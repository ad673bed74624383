import type { Reader } from '@supertokens-faunadb/store';
import { after, metaKey } from '../../storage/keys.js';
import { Ref } from '../../values/values.js';
import type { Index } from '../base/index-definition.js';
import type { Keyspace } from '../base/keyspace.js';
import type { StoredVersion } from '../base/stored-version.js';

// An index that is being filled leaves out versions of documents that it cannot take in: with too many entries, or with
// a binding that takes too long. It must be remembered which, because what has no entries cannot lose any, and
// computing them again could take too long again.

/** Before index, document and time: a version that was left out, for as long as it is kept. */
const OMITTED = 'omitted/';
/** Before index and document: a document whose latest version was left out; the value says why. */
const UNINDEXED = 'unindexed/';
/** Before index: its document may no longer describe correctly what was left out. */
const REVIEWS = 'review/';

type OfIndex = Pick<Index, 'scope' | 'id'>;

/** The prefix of the keys of reviews. */
export const reviewJobs = metaKey(REVIEWS);

/** Schedules a look, in the background, at what an index lacks. */
export function scheduleReview(keys: Keyspace, { scope, id }: OfIndex): void {
  keys.put(metaKey(`${REVIEWS}${scope}/${id}`), Buffer.alloc(0));
}

/**
 * Records that an index lacks a version of a document.
 *
 * @param why if it is the document's latest version
 */
export function noteOmission(keys: Keyspace, index: OfIndex, ref: Ref, ts: bigint, why: string | undefined): void {
  keys.put(omissionKey(index, ref, ts), Buffer.alloc(0));
  if (why !== undefined) keys.put(documentKey(index, ref), Buffer.from(why));
}

/** Whether an index lacks a version of a document. */
export function isOmitted({ transaction }: Keyspace, index: OfIndex, ref: Ref, ts: bigint): boolean {
  return transaction.get(omissionKey(index, ref, ts)) !== undefined;
}

/** Forgets that an index lacks a version, which is no longer kept. */
export function forgetOmission(keys: Keyspace, index: OfIndex, ref: Ref, ts: bigint): void {
  const key = omissionKey(index, ref, ts);
  if (keys.transaction.get(key)) keys.remove(key);
}

/** Notes that a document has another latest version. @returns whether the index lacks the one before */
export function replacesOmitted(keys: Keyspace, index: OfIndex, ref: Ref): boolean {
  const key = documentKey(index, ref);
  if (!keys.transaction.get(key)) return false;
  keys.remove(key);
  scheduleReview(keys, index);
  return true;
}

/** Adapts what is noted about a document to a changed history. */
export function reviseOmissions(
  keys: Keyspace,
  index: OfIndex,
  ref: Ref,
  before: readonly StoredVersion[],
  now: readonly StoredVersion[],
): void {
  for (const { ts } of before) {
    if (!now.some((kept) => kept.isStored && kept.ts === ts)) forgetOmission(keys, index, ref, ts);
  }
  const latest = now.at(-1);
  if (latest?.isStored && latest.ts === before.at(-1)?.ts) return;
  replacesOmitted(keys, index, ref);
  if (!latest?.isStored || !isOmitted(keys, index, ref, latest.ts)) return;
  noteOmission(keys, index, ref, latest.ts, 'It could not be indexed.');
  scheduleReview(keys, index);
}

/** The documents whose latest versions an index lacks, with the reasons. */
export function* unindexedDocuments(
  reader: Reader,
  index: OfIndex,
): Generator<{ readonly ref: Ref; readonly why: string }> {
  const prefix = metaKey(prefixOf(UNINDEXED, index.scope, index.id));
  for (const { key, value } of reader.range({ start: prefix, end: after(prefix) })) {
    const [collection, id] = Buffer.from(key.subarray(prefix.length)).toString().split('/');
    yield { ref: new Ref(index.scope, Number(collection), BigInt(id!)), why: Buffer.from(value).toString() };
  }
}

/** The prefixes of all such notes about a database, one of its indexes, or one collection in one of its indexes. */
export function omissionPrefixes(scope: number, index?: bigint, collection?: number): Buffer[] {
  return [OMITTED, UNINDEXED].map((kind) => metaKey(prefixOf(kind, scope, index, collection)));
}

function prefixOf(kind: string, ...parts: readonly (number | bigint | undefined)[]): string {
  return `${kind}${parts.filter((part) => part !== undefined).join('/')}/`;
}

function omissionKey(index: OfIndex, ref: Ref, ts: bigint): Buffer {
  return metaKey(`${prefixOf(OMITTED, index.scope, index.id, ref.collection, ref.id)}${ts}`);
}

function documentKey(index: OfIndex, ref: Ref): Buffer {
  return metaKey(`${prefixOf(UNINDEXED, index.scope, index.id, ref.collection)}${ref.id}`);
}
