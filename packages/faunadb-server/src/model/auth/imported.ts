import { after, lookupKey } from '../../storage/keys.js';
import { Ref } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import type { Databases } from '../base/databases.js';

import { isBcryptHash, wasHashed } from './bcrypt.js';
import { refuseTooMany } from './passwords.js';
import type { Secret } from './secrets.js';

// A cluster keeps bcrypt hashes of the secrets that it generates. Keys and tokens imported from one are found by
// their ids,
// since nothing else in such a secret identifies the document here; the hash confirms that it is the right one.

const IMPORTED = 'imported';
const ID_BYTES = 10;
const NOTHING = Buffer.alloc(0);
/** The length of the random part, a secret's last bytes, which is what is hashed. */
const RANDOM = 20;

/** Records the hash of a key's or token's secret, before and now; without `now`, removes it. */
export function noteHash(view: Databases, ref: Ref, before: unknown, now: unknown): void {
  if (isImported(now)) view.keys.setLookup(IMPORTED, bytesOf(ref), NOTHING);
  else if (isImported(before)) view.keys.setLookup(IMPORTED, bytesOf(ref), undefined);
}

/** The keys, or the tokens, with this id whose secrets a cluster has hashed. */
export function importedOfId(view: Databases, collection: number, id: bigint): Ref[] {
  const start = lookupKey(IMPORTED, bytesOf(new Ref(0, collection, id)).subarray(0, ID_BYTES));
  const found: Ref[] = [];
  for (const { key } of view.keys.transaction.range({ start, end: after(start) })) {
    found.push(new Ref(Buffer.from(key).readUInt32BE(key.length - 4), collection, id));
  }
  return found;
}

/** @throws {Suspension} if the comparison must run first */
export function isHashOf(context: ModelContext, hash: string, { bytes }: Pick<Secret, 'bytes'>): boolean {
  if (!isBcryptHash(hash)) return false;
  refuseTooMany(context);
  // Clusters once hashed whole secrets.
  const texts = [bytes.subarray(bytes.length - RANDOM), bytes].map((part) => part.toString('base64url'));
  return context.deferred.require(`${texts[1]} for ${hash}`, async () => {
    for (const text of texts) if (await wasHashed(text, hash)) return true;
    return false;
  });
}

const isImported = (hash: unknown) => typeof hash === 'string' && isBcryptHash(hash);

/** Those with the same id are adjacent, whatever their database. */
function bytesOf({ scope, collection, id }: Ref): Buffer {
  const bytes = Buffer.allocUnsafe(ID_BYTES + 4);
  bytes.writeUInt16BE(collection);
  bytes.writeBigInt64BE(id, 2);
  bytes.writeUInt32BE(scope, ID_BYTES);
  return bytes;
}
