import { openStore, type Store } from '@supertokens-faunadb/store';
import { expect, it } from 'vitest';
import { PUBLIC } from '../common/tenant-names.js';
import { Core } from '../core/core.js';
import { Sweeper } from '../jobs/sweeper.js';
import { key } from '../storage/key.js';
import { EMPTY, putJson } from '../storage/value.js';
import { NEW_TENANT } from '../tenants/tenant-config.js';
import { sha256 } from './refresh-token.js';

const NOW = Date.now();
const LONG_ID = `x${'y'.repeat(300)}`;

const timePart = (time: number) => time.toString(36).padStart(11, '0');

interface Old {
  readonly handle: string;
  readonly userId: string;
  readonly expiry?: number;
  readonly data?: object;
}

/** Writes a session as format 1 had it. */
function putOld(store: Store, space: string, { handle, userId, expiry = NOW + 60_000, data = {} }: Old): void {
  store.transact((transaction) => {
    const row = [userId, sha256(handle), expiry, NOW, 1, { role: 'member' }, data];
    putJson(transaction, key(space, 's', handle), row);
    transaction.put(key(space, 'su', userId, handle), EMPTY);
    transaction.put(key('sx', timePart(expiry), space, handle), EMPTY);
    putJson(transaction, key('@1', 'active-user', userId), NOW); // users are the app's
  });
}

/** A store from before its format was recorded. */
async function oldStore(): Promise<Store> {
  const store = await openStore({ memory: true });
  const core = await Core.open(store, []);
  await core.tenants.put(PUBLIC, 't1', NEW_TENANT.v2);
  await core.tenants.put(PUBLIC, 'gone', NEW_TENANT.v2);
  store.transact((transaction) => transaction.remove(key('format')));
  return store;
}

const keys = (store: Store) =>
  store.read((reader) => Array.from(reader.range({}), (entry) => Buffer.from(entry.key).toString('latin1'))).value;

it('migrates sessions of format 1 in several batches', async () => {
  const store = await oldStore();
  const uuid = (n: number) => `0199d1b0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
  for (let n = 0; n < 4_100; n++) putOld(store, '@1', { handle: uuid(n), userId: `user-${n}` });
  putOld(store, '@1', { handle: uuid(5_000), userId: LONG_ID, data: { a: [1] } });
  putOld(store, '@1', { handle: uuid(5_001), userId: uuid(1), expiry: NOW - 3_600_001 });
  putOld(store, '@2', { handle: `${uuid(6_000)}_t1`, userId: 'user-1' });
  await (await Core.open(store, [])).tenants.remove(PUBLIC, 'gone');
  store.transact((transaction) => transaction.remove(key('format')));
  putOld(store, '@3', { handle: `${uuid(7_000)}_gone`, userId: 'user-1' });

  const core = await Core.open(store, []);
  const tenant = core.app(PUBLIC);
  const t1 = core.tenants.get(PUBLIC, 't1');
  expect(await core.sessions.get(tenant, uuid(4_099))).toMatchObject({
    userId: 'user-4099',
    refreshTokenHash2: sha256(uuid(4_099)),
    expiry: NOW + 60_000,
    timeCreated: NOW,
    useStaticKey: true,
    userDataInJWT: { role: 'member' },
    userDataInDatabase: {},
  });
  expect(await core.sessions.get(tenant, uuid(5_000))).toMatchObject({ userDataInDatabase: { a: [1] } });
  expect(await core.sessions.handles([tenant], LONG_ID)).toEqual([uuid(5_000)]);
  expect(await core.sessions.handles([tenant, t1], 'user-1')).toEqual([uuid(1), `${uuid(6_000)}_t1`]);
  expect(await core.activeUsers.countSince(PUBLIC, NOW)).toBe(4_101);

  await new Sweeper(store, (error) => expect(error).toBeUndefined()).sweep();
  expect(await core.sessions.handles([tenant], uuid(1))).toEqual([]);
  // Two tenants, their number, the format; of each session but the swept one three entries, of all users of the app one.
  expect(keys(store)).toHaveLength(2 + 1 + 1 + 3 * 4_102 + 4_101);
});

it('opens its own data and refuses data of a newer version', async () => {
  const store = await openStore({ memory: true });
  const core = await Core.open(store, []);
  const before = keys(store).length;
  await Core.open(store, []);
  expect(keys(store)).toHaveLength(before);
  expect(core.tenants.apps()).toEqual([PUBLIC]);
  store.transact((transaction) => putJson(transaction, key('format'), 4));
  await expect(Core.open(store, [])).rejects.toThrow('format 4, written by a newer version');
});
