import { openStore } from '@supertokens-faunadb/store';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PUBLIC } from '../common/tenant-names.js';
import { Core } from '../core/core.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function setUp() {
  const core = await Core.open(await openStore({ memory: true }), [{ bcrypt_log_rounds: 4 }]);
  return { dashboard: core.dashboard, app: core.app(PUBLIC) };
}

it('gives an email to only one of concurrent sign-ups', async () => {
  const { dashboard, app } = await setUp();
  const made = await Promise.all([1, 2, 3].map(() => dashboard.createUser(app, 'ada@example.com', 'abcdefg1')));
  expect(made.filter((user) => user !== undefined)).toHaveLength(1);
});

it("revokes a user's sessions when the password changes", async () => {
  const { dashboard, app } = await setUp();
  const user = await dashboard.createUser(app, 'ada@example.com', 'abcdefg1');
  const session = String(await dashboard.signIn(app, 'ada@example.com', 'abcdefg1'));
  expect((await dashboard.userOfSession(app, session))?.userId).toBe(user?.userId);
  await dashboard.updateUser(app, String(user?.userId), { email: undefined, password: 'gfedcba1' });
  expect(await dashboard.userOfSession(app, session)).toBeUndefined();
  expect(await dashboard.signIn(app, 'ada@example.com', 'abcdefg1')).toBeUndefined();
});

it('ends a session after 30 days', async () => {
  const { dashboard, app } = await setUp();
  const user = await dashboard.createUser(app, 'ada@example.com', 'abcdefg1');
  const session = String(await dashboard.signIn(app, 'ada@example.com', 'abcdefg1'));
  vi.setSystemTime(Date.now() + 30 * 24 * 3_600_000 + 1);
  expect(await dashboard.userOfSession(app, session)).toBeUndefined();
  expect(await dashboard.sessionsOf(app, String(user?.userId))).toEqual([]);
});
