import { randomBytes } from 'node:crypto';
import type { Store } from '@supertokens-faunadb/store';
import { key } from '../storage/key.js';
import { settled } from '../storage/settled.js';
import { getJson, putJson } from '../storage/value.js';

/** The secret that encrypts an app's refresh tokens; created on first use. */
export async function loadRefreshTokenKey(store: Store, space: string): Promise<string> {
  return settled(
    store.transact((transaction) => {
      const place = key(space, 'refresh-token-key');
      const stored = getJson<string>(transaction, place);
      if (stored !== undefined) return stored;
      const made = randomBytes(64).toString('base64');
      putJson(transaction, place, made);
      return made;
    }),
  );
}
