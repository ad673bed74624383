import { randomBytes } from 'node:crypto';
import type { Store } from '@supertokens-faunadb/store';
import { key } from '../storage/key.js';
import { settled } from '../storage/settled.js';
import { getJson, putJson } from '../storage/value.js';

/** The secret under which an app's refresh tokens are encrypted; made when it is first asked for. */
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
