import { openStore } from '@supertokens-faunadb/store';
import { expect, it } from 'vitest';
import { Core } from '../core/core.js';
import { key, timePart } from '../storage/key.js';
import { EMPTY, putJson } from '../storage/value.js';

it('migrates users of format 2', async () => {
  const store = await openStore({ memory: true });
  const before = await Core.open(store, []);
  const app = before.app('public');
  store.transact((transaction) => {
    putJson(transaction, key('format'), 2);
    for (let n = 0; n < 1500; n++) {
      const user = {
        id: `user-${n}`,
        email: `${n}@login.example`,
        passwordHash: '$2b$04$x',
        tenants: [app.space],
        timeJoined: 1000 + n,
      };
      putJson(transaction, key(app.space, 'user', user.id), user);
      putJson(transaction, key(app.space, 'user-of-email', user.email), user.id);
      transaction.put(key(app.space, 'user-by-time', timePart(user.timeJoined), user.id), EMPTY);
    }
  });
  const core = await Core.open(store, []);
  expect(await core.users.count(app, [app], [])).toBe(1500);
  const { users } = await core.users.list(app, app, { limit: 2, newestFirst: true, from: undefined, recipes: [] });
  expect(users.map(({ id }) => id)).toEqual(['user-1499', 'user-1498']);
  expect((await core.emailPassword.byEmail(app, app, '7@login.example'))?.id).toBe('user-7');
  expect(await core.emailPassword.signUp(app, app, '7@login.example', 'x')).toBeUndefined();
});
