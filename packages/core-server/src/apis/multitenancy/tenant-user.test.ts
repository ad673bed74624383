import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, createSession } from '../../../test/cdi.js';
import { type CoreServer, createCoreServer } from '../../index.js';

let core: CoreServer;
beforeAll(async () => {
  core = await createCoreServer();
  await ask(core.url, 'PUT', '/recipe/multitenancy/tenant/v2', { tenantId: 'eu' });
});
afterAll(() => core.close());

const leave = (recipeUserId: string) =>
  ask(`${core.url}/eu`, 'POST', '/recipe/multitenancy/tenant/user/remove', { recipeUserId });

it('removes the tenant data of an id that never signed up', async () => {
  await createSession(`${core.url}/eu`, 'ada');
  expect(await leave('ada')).toEqual({ status: 'OK', wasAssociated: true });
  expect(await leave('ada')).toEqual({ status: 'UNKNOWN_USER_ID_ERROR' });
});

it("keeps the user's data in other tenants", async () => {
  await createSession(core.url, 'bob');
  expect(await leave('bob')).toEqual({ status: 'OK', wasAssociated: false });
  expect((await ask(core.url, 'GET', '/recipe/session/user?userId=bob')).sessionHandles).toHaveLength(1);
});
