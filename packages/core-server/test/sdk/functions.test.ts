import supertokens from 'supertokens-node';
import JWT from 'supertokens-node/recipe/jwt';
import Multitenancy from 'supertokens-node/recipe/multitenancy';
import Session from 'supertokens-node/recipe/session';
import UserMetadata from 'supertokens-node/recipe/usermetadata';
import UserRoles from 'supertokens-node/recipe/userroles';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CoreServer, createCoreServer } from '../../src/index.js';

let core: CoreServer;
beforeAll(async () => {
  core = await createCoreServer();
  supertokens.init({
    supertokens: { connectionURI: core.url },
    appInfo: { appName: 'test', apiDomain: 'http://api.example.com', websiteDomain: 'http://example.com' },
    recipeList: [
      Session.init({ antiCsrf: 'VIA_TOKEN' }),
      JWT.init(),
      Multitenancy.init(),
      UserMetadata.init(),
      UserRoles.init(),
    ],
    telemetry: false,
  });
});
afterAll(() => core.close());

const recipeUserId = (id: string) => supertokens.convertToRecipeUserId(id);

describe('sessions without a request', () => {
  it('are made, read, refreshed and revoked', async () => {
    const session = await Session.createNewSessionWithoutRequestResponse(
      'public',
      recipeUserId('ada'),
      { a: 1 },
      { b: 2 },
    );
    const { accessToken, refreshToken = '', antiCsrfToken } = session.getAllSessionTokensDangerously();
    const checked = await Session.getSessionWithoutRequestResponse(accessToken, antiCsrfToken, { checkDatabase: true });
    expect(checked.getUserId()).toBe('ada');
    expect(await checked.getSessionDataFromDatabase()).toEqual({ b: 2 });

    await checked.mergeIntoAccessTokenPayload({ c: 3 });
    const refreshed = await Session.refreshSessionWithoutRequestResponse(refreshToken, false, antiCsrfToken);
    expect(refreshed.getAccessTokenPayload()).toMatchObject({ a: 1, c: 3 });

    const handles = await Session.getAllSessionHandlesForUser('ada');
    expect(handles).toEqual([session.getHandle()]);
    expect(await Session.revokeAllSessionsForUser('ada')).toEqual(handles);
    expect(await Session.getSessionInformation(session.getHandle())).toBeUndefined();
  });

  it('know each other in their tenant only', async () => {
    await Multitenancy.createOrUpdateTenant('eu', { firstFactors: [] });
    const session = await Session.createNewSessionWithoutRequestResponse('eu', recipeUserId('bob'));
    expect(session.getTenantId()).toBe('eu');
    expect(await Session.getAllSessionHandlesForUser('bob', false, 'public')).toEqual([]);
    expect(await Session.getAllSessionHandlesForUser('bob', false, 'eu')).toEqual([session.getHandle()]);
    expect((await Multitenancy.listAllTenants()).tenants.map(({ tenantId }) => tenantId)).toEqual(['public', 'eu']);
    await Multitenancy.deleteTenant('eu');
    expect(await Session.getAllSessionHandlesForUser('bob')).toEqual([]);
  });
});

it('JWTs are made and their keys are published', async () => {
  const made = await JWT.createJWT({ own: 'claim' }, 60);
  expect(made).toMatchObject({ status: 'OK' });
  expect((await JWT.getJWKS()).keys.length).toBe(2);
});

it('metadata is kept', async () => {
  await UserMetadata.updateUserMetadata('ada', { first: 'Ada', gone: true });
  await UserMetadata.updateUserMetadata('ada', { gone: null });
  expect((await UserMetadata.getUserMetadata('ada')).metadata).toEqual({ first: 'Ada' });
});

it('roles are given and taken', async () => {
  await UserRoles.createNewRoleOrAddPermissions('writer', ['read', 'write']);
  await UserRoles.addRoleToUser('public', 'ada', 'writer');
  expect((await UserRoles.getRolesForUser('public', 'ada')).roles).toEqual(['writer']);
  expect(await UserRoles.getPermissionsForRole('writer')).toEqual({ status: 'OK', permissions: ['read', 'write'] });
  expect(await UserRoles.removeUserRole('public', 'ada', 'writer')).toEqual({ status: 'OK', didUserHaveRole: true });
});

it('unsupported features name the real Core', async () => {
  const response = await fetch(`${core.url}/recipe/oauth/auth`, {
    method: 'POST',
    headers: { 'cdi-version': '5.4' },
  });
  expect(response.status).toBe(404);
  expect(await response.text()).toContain('OAuth2 needs the real SuperTokens Core');
});
