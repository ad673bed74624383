// Before format 3, all users logged in by email and password, and a user was one record.
import type { Store } from '@supertokens-faunadb/store';
import { key, keysUnder, timePart } from '../storage/key.js';
import { settled } from '../storage/settled.js';
import { parseJson } from '../storage/value.js';
import type { Tenant } from '../tenants/tenants.js';
import { putLoginMethod } from './login-method.js';
import { relisting } from './user-list.js';

/** Users to migrate in one transaction. */
const BATCH = 1000;

interface OldUser {
  readonly id: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly tenants: readonly string[];
  readonly timeJoined: number;
}

/** Migrates format 2 to format 3. If interrupted, each user exists in exactly one of the two. */
export async function migrateUsers(store: Store): Promise<void> {
  const spaces = store.read((reader) =>
    Array.from(reader.range(keysUnder('tenant')), ({ value }) => parseJson<{ space: string }>(value).space),
  ).value;
  for (const space of spaces) {
    for (let isLast = false; !isLast; ) {
      isLast = await settled(
        store.transact((transaction) => {
          const batch: OldUser[] = [];
          for (const { value } of transaction.range(keysUnder(space, 'user'))) {
            batch.push(parseJson<OldUser>(value));
            if (batch.length === BATCH) break;
          }
          // Nothing but its space is looked at.
          const app = { space } as Tenant;
          for (const user of batch) {
            transaction.remove(key(space, 'user', user.id));
            for (const tenant of user.tenants) {
              transaction.remove(key(tenant, 'user-of-email', user.email));
              transaction.remove(key(tenant, 'user-by-time', timePart(user.timeJoined), user.id));
            }
            relisting(transaction, app, [user.id], () =>
              putLoginMethod(transaction, app, { ...user, recipe: 'emailpassword' }),
            );
          }
          return batch.length < BATCH;
        }),
      );
    }
  }
}
