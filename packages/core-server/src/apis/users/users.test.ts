import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask } from '../../../test/cdi.js';
import { type CoreServer, createCoreServer } from '../../index.js';

let core: CoreServer;
beforeAll(async () => {
  core = await createCoreServer();
});
afterAll(() => core.close());

it('returns single users in the format of CDI 4.0 to clients of any version', async () => {
  const made = await ask(core.url, 'POST', '/recipe/signup', { email: 'ada@example.com', password: 'password' });
  const { id } = made.user as { id: string };
  const { webauthn, ...user } = made.user as { webauthn: object };
  expect(await ask(core.url, 'GET', `/user/id?userId=${id}`, undefined, '2.7')).toEqual({ status: 'OK', user });
  const found = '/users/by-accountinfo?email=ada@example.com&doUnionOfAccountInfo=true';
  expect(await ask(core.url, 'GET', found, undefined, '3.1')).toEqual({ status: 'OK', users: [user] });
});

it('accepts recipe names in any case', async () => {
  expect(await ask(core.url, 'GET', '/users/count?includeRecipeIds=EmailPassword')).toEqual({ status: 'OK', count: 1 });
});
