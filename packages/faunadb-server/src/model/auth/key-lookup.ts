import { NATIVE } from '../../values/ids.js';
import { Ref } from '../../values/values.js';
import type { Databases } from '../base/databases.js';

import { hashSecret, type KeySecret } from './secrets.js';

// A token's secret names its database; a key's does not, and keys in several databases may have the same id.

const KEY = 'key';

/** The key that a secret belongs to. */
export function keyOfSecret(view: Databases, secret: KeySecret): Ref | undefined {
  const scope = view.keys.lookup(KEY, Buffer.from(hashSecret(secret)));
  return scope && new Ref(scope.readUInt32BE(), NATIVE.keys, secret.id);
}

/** Records where the key of a hashed secret is stored; without `key`, removes it. */
export function setKeyLookup(view: Databases, hash: string, key: Ref | undefined): void {
  let scope: Buffer | undefined;
  if (key) {
    scope = Buffer.allocUnsafe(4);
    scope.writeUInt32BE(key.scope);
  }
  view.keys.setLookup(KEY, Buffer.from(hash), scope);
}
