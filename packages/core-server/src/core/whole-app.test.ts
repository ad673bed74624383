import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask } from '../../test/cdi.js';
import { type CoreServer, createCoreServer } from '../index.js';

let core: CoreServer;
beforeAll(async () => {
  core = await createCoreServer();
});
afterAll(() => core.close());

const NO_APP = '(, nope)';
const noTenant = (id: string) => `(, nope, ${id})`;

// Of an app and a tenant that are not there the real Core names sometimes the one, sometimes the other.
it.each([
  ['POST', '/appid-nope/user/remove', { userId: 'ada' }, NO_APP],
  ['POST', '/appid-nope/eu/user/remove', { userId: 'ada' }, 'Only public tenantId'],
  ['GET', '/appid-nope/recipe/userid/map?userId=ada', undefined, NO_APP],
  ['POST', '/appid-nope/recipe/userid/map/remove', { userId: 'ada' }, NO_APP],
  ['PUT', '/appid-nope/recipe/userid/external-user-id-info', { userId: 'ada', externalUserIdInfo: null }, NO_APP],
  ['PUT', '/appid-nope/eu/recipe/user/role', { userId: 'ada', role: 'r' }, noTenant('eu')],
  ['POST', '/appid-nope/eu/recipe/user/role/remove', { userId: 'ada', role: 'r' }, noTenant('eu')],
  ['GET', '/appid-nope/eu/recipe/role/users?role=r', undefined, noTenant('eu')],
  ['GET', '/appid-nope/eu/apiversion', undefined, noTenant('public')],
] as const)('%s %s says that there is no such app', async (method, path, body, message) => {
  await expect(ask(core.url, method, path, body)).rejects.toThrow(message);
});
