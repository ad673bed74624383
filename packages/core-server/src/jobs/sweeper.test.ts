import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DamagedData, keysIn, openStore } from '@supertokens-faunadb/store';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PUBLIC } from '../common/tenant-names.js';
import { Core } from '../core/core.js';
import { idOfHandle } from '../sessions/session-handle.js';
import { sessionsExpiringBefore } from '../sessions/session-record.js';
import type { SessionInformation } from '../sessions/sessions.js';
import { removeLater } from '../storage/expiries.js';
import { NEW_TENANT } from '../tenants/tenant-config.js';
import { Sweeper } from './sweeper.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const session = (userId: string) =>
  ({
    userId,
    userDataInJWT: {},
    userDataInDatabase: {},
    enableAntiCsrf: false,
    useStaticKey: false,
    tokenVersion: '5',
  }) as const;

async function setUp() {
  const store = await openStore({ memory: true });
  const core = await Core.open(store, [{ access_token_validity: 1, refresh_token_validity: 1 }]);
  const sweeper = new Sweeper(store, (error) => {
    throw error;
  });
  const keys = () => store.read((reader) => [...reader.range({})].map(({ key }) => Buffer.from(key))).value;
  return { core, sweeper, keys };
}

it('removes expired sessions with their index entries, and no others', async () => {
  const { core, sweeper, keys } = await setUp();
  const tenant = core.app(PUBLIC);
  await core.keysOf(PUBLIC).signing.prepare();
  await core.keysOf(PUBLIC).refreshTokenSecret();
  const before = keys().length;
  const ended = await core.sessions.create(tenant, session('ended'));
  vi.setSystemTime(Date.now() + 3_630_000);
  const living = await core.sessions.create(tenant, session('living'));
  vi.setSystemTime(Date.now() + 45_000);

  await sweeper.sweep();
  const idOf = ({ handle }: SessionInformation) => Buffer.from(idOfHandle(handle, PUBLIC) as Uint8Array);
  expect(keys().filter((key) => key.includes(idOf(ended)))).toEqual([]);
  expect(keys().filter((key) => key.includes(idOf(living)))).toHaveLength(3);
  expect(keys().length).toBe(before + 3 + 2); // two users have been active
});

it('keeps a session that was extended', async () => {
  const { core, sweeper } = await setUp();
  const tenant = core.app(PUBLIC);
  const { handle, refreshToken } = await core.sessions.create(tenant, session('ada'));
  vi.setSystemTime(Date.now() + 45_000);
  const refresh = {
    antiCsrfToken: undefined,
    enableAntiCsrf: false,
    useStaticKey: undefined,
    tokenVersion: '5',
  } as const;
  const child = await core.sessions.refresh(PUBLIC, refreshToken?.token as string, refresh);
  await core.sessions.refresh(PUBLIC, child.refreshToken?.token as string, refresh);
  vi.setSystemTime(Date.now() + 3_635_000);
  await sweeper.sweep();
  expect(await core.sessions.remove(PUBLIC, [handle])).toEqual([handle]);
});

it('keeps a recently expired session, so that it can be revoked by its handle', async () => {
  const { core, sweeper } = await setUp();
  const { handle } = await core.sessions.create(core.app(PUBLIC), session('ada'));
  vi.setSystemTime(Date.now() + 75_000);
  await sweeper.sweep();
  expect(await core.sessions.remove(PUBLIC, [handle])).toEqual([handle]);
});

it('removes the data of a removed tenant in several batches', async () => {
  const { core, sweeper, keys } = await setUp();
  await core.keysOf(PUBLIC).signing.prepare();
  await core.keysOf(PUBLIC).refreshTokenSecret();
  await core.tenants.put(PUBLIC, 't1', NEW_TENANT.v2);
  const before = keys().length;
  const t1 = core.tenants.get(PUBLIC, 't1');
  await core.roles.create(core.app(PUBLIC), 'role', []);
  for (let n = 0; n < 600; n++) await core.roles.addToUser(core.app(PUBLIC), t1, `user-${n}`, 'role');
  await core.sessions.create(t1, session('ada'));
  await core.tenants.remove(PUBLIC, 't1');
  vi.setSystemTime(Date.now() + 3_670_000);
  await sweeper.sweep();
  expect(keys().length).toBe(before - 1 + 2); // the tenant is gone, the role and a user's activity are the app's
});

it('passes over what is damaged, says so once, and removes the others', async () => {
  const path = mkdtempSync(join(tmpdir(), 'sweeper-'));
  const writing = await openStore({ path });
  const core = await Core.open(writing, [{ access_token_validity: 1, refresh_token_validity: 1 }]);
  const tenant = core.app(PUBLIC);
  await core.sessions.create(tenant, { ...session('ada'), userDataInDatabase: { mark: 'to be damaged' } });
  await core.sessions.create(tenant, { ...session('bob'), userDataInDatabase: { mark: 'to be kept' } });
  await writing.transact((tx) => removeLater(tx, Date.now(), [Buffer.from('noted')])).durable;
  await writing.close();
  const file = join(path, 'data.mdb');
  const content = readFileSync(file);
  for (let at = content.indexOf('to be damaged'); at >= 0; at = content.indexOf('to be damaged', at + 1)) {
    content[at + 1]! ^= 1;
  }
  writeFileSync(file, content);

  const store = await openStore({ path });
  const reports: unknown[] = [];
  const sweeper = new Sweeper(store, (error) => reports.push(error));
  const left = (text: string) =>
    store.read((reader) => [...keysIn(reader, {})].filter((each) => Buffer.from(each).includes(text)).length).value;
  vi.setSystemTime(Date.now() + 3_700_000);
  await sweeper.sweep();
  await sweeper.sweep();
  expect(reports).toEqual([expect.any(DamagedData)]);
  expect(store.read((reader) => [...sessionsExpiringBefore(reader, Date.now())].length).value).toBe(1);
  expect(left('expiry')).toBe(0);
  await store.close();
  rmSync(path, { recursive: true });
});
