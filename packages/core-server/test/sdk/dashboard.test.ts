import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import supertokens from 'supertokens-node';
import { errorHandler, middleware } from 'supertokens-node/framework/express';
import Dashboard from 'supertokens-node/recipe/dashboard';
import EmailPassword from 'supertokens-node/recipe/emailpassword';
import EmailVerification from 'supertokens-node/recipe/emailverification';
import Multitenancy from 'supertokens-node/recipe/multitenancy';
import Session from 'supertokens-node/recipe/session';
import UserMetadata from 'supertokens-node/recipe/usermetadata';
import UserRoles from 'supertokens-node/recipe/userroles';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CoreServer, createCoreServer } from '../../src/index.js';
import type { JsonObject } from '../../src/json/json.js';
import { ask, verifySession } from '../cdi.js';

let core: CoreServer;
let stop: () => unknown;
let url: string;

const ADMIN = { email: 'admin@example.com', password: 'a password of 8' };

beforeAll(async () => {
  core = await createCoreServer({ settings: { bcrypt_log_rounds: 4 } });
  supertokens.init({
    framework: 'express',
    supertokens: { connectionURI: core.url },
    appInfo: { appName: 'test', apiDomain: 'http://api.example.com', websiteDomain: 'http://example.com' },
    recipeList: [
      Dashboard.init(),
      EmailPassword.init(),
      EmailVerification.init({
        mode: 'OPTIONAL',
        emailDelivery: { override: (original) => ({ ...original, sendEmail: async () => {} }) },
      }),
      Multitenancy.init(),
      Session.init(),
      UserMetadata.init(),
      UserRoles.init(),
    ],
    telemetry: false,
  });
  const app = express();
  app.use(middleware());
  app.use(errorHandler());
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/auth`;
  stop = () => server.close();
  await ask(core.url, 'POST', '/recipe/dashboard/user', ADMIN);
});
afterAll(async () => {
  await stop();
  await core.close();
});

/** Asks the dashboard's API, as its page does. */
async function dashboard(
  session: string,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
  tenant = '',
): Promise<JsonObject & { status: string; code: number }> {
  const response = await fetch(`${url}${tenant}/dashboard/api${path}`, {
    method,
    headers: { authorization: `Bearer ${session}`, rid: 'dashboard', 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { ...(text.startsWith('{') ? JSON.parse(text) : { status: text }), code: response.status };
}

async function signIn(): Promise<string> {
  const { sessionId } = await dashboard('', 'POST', '/signin', ADMIN);
  return String(sessionId);
}

describe('the dashboard', () => {
  it('admits a signed-in user until sign-out', async () => {
    expect((await dashboard('', 'POST', '/signin', { ...ADMIN, password: 'another 1' })).status).toBe(
      'INVALID_CREDENTIALS_ERROR',
    );
    const session = await signIn();
    expect((await dashboard('no-session', 'GET', '/users/count')).code).toBe(401);
    expect(await dashboard(session, 'GET', '/users/count')).toMatchObject({ status: 'OK' });
    expect(await dashboard(session, 'POST', '/signout')).toMatchObject({ status: 'OK' });
    expect((await dashboard(session, 'GET', '/users/count')).code).toBe(401);
  });

  it('lists, searches and edits users', async () => {
    const session = await signIn();
    for (const name of ['ada', 'bob', 'cleo']) {
      const made = { email: `${name}@people.example`, password: 'a password 1' };
      expect(await dashboard(session, 'POST', '/user/emailpassword', made, '/public')).toMatchObject({ status: 'OK' });
    }
    const page = await dashboard(session, 'GET', '/users?limit=2&timeJoinedOrder=ASC', undefined, '/public');
    expect(page.users).toMatchObject([{ emails: ['ada@people.example'] }, { emails: ['bob@people.example'] }]);
    const token = encodeURIComponent(String(page.nextPaginationToken));
    const rest = await dashboard(
      session,
      'GET',
      `/users?limit=2&timeJoinedOrder=ASC&paginationToken=${token}`,
      undefined,
      '/public',
    );
    expect(rest.users).toMatchObject([{ emails: ['cleo@people.example'] }]);
    expect((await dashboard(session, 'GET', '/search/tags')).tags).toEqual(['email', 'phone', 'provider']);
    const found = await dashboard(session, 'GET', '/users?limit=10&email=bob', undefined, '/public');
    expect(found.users).toMatchObject([{ emails: ['bob@people.example'] }]);
    const [bob] = found.users as [{ id: string }];

    const change = {
      userId: bob.id,
      recipeUserId: bob.id,
      recipeId: 'emailpassword',
      email: 'robert@people.example',
      phone: '',
      firstName: 'Bob',
      lastName: 'Builder',
    };
    expect(await dashboard(session, 'PUT', '/user', change, '/public')).toMatchObject({ status: 'OK' });
    expect(
      await dashboard(session, 'PUT', '/user', { ...change, email: 'ada@people.example' }, '/public'),
    ).toMatchObject({ status: 'EMAIL_ALREADY_EXISTS_ERROR' });
    const verify = { recipeUserId: bob.id, verified: true };
    expect(await dashboard(session, 'PUT', '/user/email/verify', verify, '/public')).toMatchObject({ status: 'OK' });
    const password = { userId: bob.id, recipeUserId: bob.id, newPassword: 'new password 1' };
    expect(await dashboard(session, 'PUT', '/user/password', password, '/public')).toMatchObject({ status: 'OK' });
    const { user } = await dashboard(session, 'GET', `/user?userId=${bob.id}`);
    expect(user).toMatchObject({
      emails: ['robert@people.example'],
      firstName: 'Bob',
      loginMethods: [{ verified: true }],
    });
    const signedIn = await EmailPassword.signIn('public', 'robert@people.example', 'new password 1');
    expect(signedIn.status).toBe('OK');

    expect(await dashboard(session, 'DELETE', `/user?userId=${bob.id}`)).toMatchObject({ status: 'OK' });
    expect((await dashboard(session, 'GET', `/user?userId=${bob.id}`)).status).toBe('NO_USER_FOUND_ERROR');
    expect((await dashboard(session, 'GET', '/users/count', undefined, '/public')).count).toBe(2);
  });

  it('revokes a session and with it its token', async () => {
    const session = await signIn();
    const body = { email: 'dora@people.example', password: 'a password 1' };
    const made = await dashboard(session, 'POST', '/user/emailpassword', body, '/public');
    const { id } = made.user as { id: string };
    const tokens = await Session.createNewSessionWithoutRequestResponse(
      'public',
      supertokens.convertToRecipeUserId(id),
    );
    const { sessions } = await dashboard(session, 'GET', `/user/sessions?userId=${id}`);
    expect(sessions).toMatchObject([{ sessionHandle: tokens.getHandle(), userId: id }]);
    const sessionHandles = [tokens.getHandle()];
    expect(await dashboard(session, 'POST', '/user/sessions', { sessionHandles })).toMatchObject({ status: 'OK' });
    expect((await verifySession(core.url, tokens.getAccessToken())).status).toBe('UNAUTHORISED');
    expect((await dashboard(session, 'GET', `/user/sessions?userId=${id}`)).sessions).toEqual([]);
  });

  it('keeps metadata and roles of users', async () => {
    const session = await signIn();
    const data = JSON.stringify({ first_name: 'Ada' });
    expect(await dashboard(session, 'PUT', '/user/metadata', { userId: 'ada', data })).toMatchObject({ status: 'OK' });
    expect((await dashboard(session, 'GET', '/user/metadata?userId=ada')).data).toEqual({ first_name: 'Ada' });
    const role = { role: 'editor', permissions: ['write'] };
    expect(await dashboard(session, 'PUT', '/userroles/role', role)).toMatchObject({
      status: 'OK',
      createdNewRole: true,
    });
    const ofUser = { userId: 'ada', role: 'editor' };
    expect(await dashboard(session, 'PUT', '/userroles/user/roles', ofUser, '/public')).toMatchObject({ status: 'OK' });
    expect((await dashboard(session, 'GET', '/userroles/user/roles?userId=ada', undefined, '/public')).roles).toEqual([
      'editor',
    ]);
  });

  it('creates and returns tenants with their settings', async () => {
    const session = await signIn();
    const made = await dashboard(session, 'POST', '/tenant', { tenantId: 'eu', firstFactors: ['emailpassword'] });
    expect(made).toMatchObject({ status: 'OK', createdNew: true });
    expect((await dashboard(session, 'GET', '/tenants')).tenants).toMatchObject([
      { tenantId: 'public' },
      { tenantId: 'eu' },
    ]);
    const setting = { name: 'email_verification_token_lifetime', value: 5000 };
    expect(await dashboard(session, 'PUT', '/tenant/core-config', setting, '/eu')).toMatchObject({ status: 'OK' });
    const { tenant } = await dashboard(session, 'GET', '/tenant', undefined, '/eu');
    expect(tenant).toMatchObject({ tenantId: 'eu', firstFactors: ['emailpassword'] });
    const { coreConfig } = tenant as { coreConfig: { key: string; value: unknown }[] };
    expect(coreConfig.find(({ key }) => key === setting.name)?.value).toBe(5000);
    expect(await dashboard(session, 'DELETE', '/tenant', undefined, '/eu')).toMatchObject({
      status: 'OK',
      didExist: true,
    });
  });
});
