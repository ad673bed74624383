import { after, lookupKey } from '../../storage/keys.js';
import { Ref } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import type { Databases } from '../base/databases.js';

import { isBcryptHash, wasHashed } from './bcrypt.js';
import { refuseTooMany } from './passwords.js';
import type { Secret } from './secrets.js';

// A cluster keeps bcrypt hashes of the secrets that it generates. Keys and tokens that come from one are found by their
// ids: nothing else of such a secret says where its document lies here, and the hash says whether it is that one's.

const IMPORTED = 'imported';
const ID_BYTES = 10;
const NOTHING = Buffer.alloc(0);
/** The random part, which is what is hashed: a secret's last bytes. */
const RANDOM = 20;

/** Says that a key or token has a hash of its secret, before and now; without `now`, that it is gone. */
export function noteHash(view: Databases, ref: Ref, before: unknown, now: unknown): void {
  if (isImported(now)) view.keys.setLookup(IMPORTED, bytesOf(ref), NOTHING);
  else if (isImported(before)) view.keys.setLookup(IMPORTED, bytesOf(ref), undefined);
}

/** The keys, or the tokens, of an id whose secrets a cluster has hashed. */
export function importedOfId(view: Databases, collection: number, id: bigint): Ref[] {
  const start = lookupKey(IMPORTED, bytesOf(new Ref(0, collection, id)).subarray(0, ID_BYTES));
  const found: Ref[] = [];
  for (const { key } of view.keys.transaction.range({ start, end: after(start) })) {
    found.push(new Ref(Buffer.from(key).readUInt32BE(key.length - 4), collection, id));
  }
  return found;
}

/** @throws {Suspension} where that has to be found out first */
export function isHashOf(context: ModelContext, hash: string, { bytes }: Pick<Secret, 'bytes'>): boolean {
  if (!isBcryptHash(hash)) return false;
  refuseTooMany(context);
  // Once, clusters have hashed whole secrets.
  const texts = [bytes.subarray(bytes.length - RANDOM), bytes].map((part) => part.toString('base64url'));
  return context.deferred.require(`${texts[1]} for ${hash}`, async () => {
    for (const text of texts) if (await wasHashed(text, hash)) return true;
    return false;
  });
}

const isImported = (hash: unknown) => typeof hash === 'string' && isBcryptHash(hash);

/** Those of one id stand together, in whatever database they are. */
function bytesOf({ scope, collection, id }: Ref): Buffer {
  const bytes = Buffer.allocUnsafe(ID_BYTES + 4);
  bytes.writeUInt16BE(collection);
  bytes.writeBigInt64BE(id, 2);
  bytes.writeUInt32BE(scope, ID_BYTES);
  return bytes;
}
