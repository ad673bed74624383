import { openStore } from '@supertokens-faunadb/store';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PUBLIC } from '../common/tenant-names.js';
import { Core } from '../core/core.js';
import { Sweeper } from '../jobs/sweeper.js';
import { EMAILS_OF_USERS } from './emails-of-users.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const ADA = { userId: 'ada', email: 'ada@example.com' };

async function setUp() {
  const store = await openStore({ memory: true });
  const core = await Core.open(store, []);
  const count = () => store.read((reader) => [...reader.range({})].length).value;
  return { store, core, app: core.app(PUBLIC), verification: core.emailVerification, count };
}

it('verifies an email by one of its tokens and revokes the others', async () => {
  const { app, verification } = await setUp();
  const [one, other] = [await verification.createToken(app, app, ADA), await verification.createToken(app, app, ADA)];
  expect(await verification.verify(app, app, String(one))).toEqual(ADA);
  expect(await verification.isVerified(app, ADA)).toBe(true);
  expect(await verification.verify(app, app, String(other))).toBeUndefined();
  expect(await verification.createToken(app, app, ADA)).toBeUndefined();
});

it('stores no usable token', async () => {
  const { store, app, verification } = await setUp();
  const token = String(await verification.createToken(app, app, ADA));
  const entries = store.read((reader) =>
    [...reader.range({})].map(({ key, value }) => Buffer.concat([key, value])),
  ).value;
  expect(entries.some((entry) => entry.includes(token))).toBe(false);
});

it('refuses and sweeps expired tokens', async () => {
  const { store, app, verification, count } = await setUp();
  const before = count();
  const token = String(await verification.createToken(app, app, ADA));
  await verification.createToken(app, app, { ...ADA, userId: 'bob' });
  vi.setSystemTime(Date.now() + app.settings.email_verification_token_lifetime + 1);
  expect(await verification.verify(app, app, token)).toBeUndefined();
  vi.setSystemTime(Date.now() + 3_600_001);
  await new Sweeper(store, (error) => {
    throw error;
  }).sweep();
  expect(count()).toBe(before);
});

it("keeps verified emails when a user's id changes", async () => {
  const { store, app, verification } = await setUp();
  const token = String(await verification.createToken(app, app, { ...ADA, email: 'new@example.com' }));
  await verification.verify(app, app, String(await verification.createToken(app, app, ADA)));
  store.transact((transaction) => EMAILS_OF_USERS.rename(transaction, app, [app], 'ada', 'other'));
  expect(await verification.isVerified(app, ADA)).toBe(false);
  expect(await verification.isVerified(app, { ...ADA, userId: 'other' })).toBe(true);
  expect(await verification.verify(app, app, token)).toEqual({ userId: 'other', email: 'new@example.com' });
});
