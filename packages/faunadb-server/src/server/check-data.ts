import { checkDirectory, type FoundEntry } from '@supertokens-faunadb/store';
import { lambdaOf } from '../fql4/parse/lambda-data.js';
import { StoredVersion } from '../model/base/stored-version.js';
import { EntryStore } from '../model/indexes/entry-store.js';
import { ByteReader } from '../storage/bytes.js';
import { type Decoding, readValue } from '../storage/data.js';
import { KEY } from '../storage/keys.js';

/** The length of a document's key: kind, scope, collection and id. */
const DOCUMENT_KEY_BYTES = 15;
/** The length of the time at the end of a past entry's key. */
const TIME_BYTES = 8;

/**
 * Reads everything in a data directory that no server is using. Checks that it is what was written, that this version
 * understands it, and that names, index entries and earlier versions belong to documents that exist.
 *
 * @returns the problems found, a sentence each
 * @throws {Error} if a server is using the directory, or if it holds no data
 */
export async function checkData(directory: string): Promise<string[]> {
  const documents = new Set<string>();
  const referring = new Map<string, string>();
  // The data of deleted databases, collections and indexes is removed bit by bit.
  let isBeingDiscarded = false;
  const damages = await checkDirectory(directory, (entry) => {
    const { key, value } = entry;
    const decoding: Decoding = { scope: key.length < 5 ? 0 : key.readUInt32BE(1), lambda: lambdaOf };
    switch (key[0]) {
      case KEY.meta:
        isBeingDiscarded ||= /^(discard|sweep|build)\//.test(key.toString('latin1', 1));
        return;
      case KEY.document:
        documents.add(key.toString('latin1', 1));
        decodeVersion(value, decoding);
        return;
      case KEY.version:
        decodeVersion(value, decoding);
        referring.set(key.toString('latin1', 1, DOCUMENT_KEY_BYTES), 'an earlier version');
        return;
      case KEY.entry:
      case KEY.pastEntry:
        referring.set(documentOf(entry, decoding), 'an entry of an index');
        return;
      case KEY.name:
        value.readBigInt64BE();
        referring.set(key.toString('latin1', 1, 7) + value.toString('latin1', 0, 8), 'a name');
        return;
      case KEY.lookup:
        new ByteReader(key, 1).string();
        return;
      case KEY.expiry:
        key.readBigInt64BE(16);
        return;
      default:
        throw new Error('this version does not know its kind');
    }
  });
  // Documents on damaged pages would be reported as missing too.
  if (damages.length > 0 || isBeingDiscarded) return damages;
  return [...referring]
    .filter(([document]) => !documents.has(document))
    .map(
      ([document, what]) =>
        `${what} is there of a document that is not: ${Buffer.from(document, 'latin1').toString('hex')}`,
    );
}

function decodeVersion(value: Buffer, decoding: Decoding): void {
  const version = StoredVersion.decode(value, decoding);
  if (!version.deleted) void version.data;
}

/** Reads an index entry. @returns the key of its document, without the kind */
function documentOf({ key, value }: FoundEntry, decoding: Decoding): string {
  const reader = new ByteReader(value);
  const hasTtl = reader.byte() !== 0;
  reader.int64();
  if (hasTtl) reader.int64();
  for (let left = reader.count(1); left > 0; left--) readValue(reader, decoding);
  const end = key.length - (key[0] === KEY.pastEntry ? TIME_BYTES : 0);
  const collection = Buffer.alloc(2);
  collection.writeUInt16BE(EntryStore.collectionOf(key));
  return key.toString('latin1', 1, 5) + collection.toString('latin1') + key.toString('latin1', end - 10, end - 2);
}
