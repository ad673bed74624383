import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CoreServer, createCoreServer } from '../src/index.js';
import type { JsonObject } from '../src/json/json.js';
import { ask, createSession } from './cdi.js';

let core: CoreServer;
let url: string;
beforeAll(async () => {
  core = await createCoreServer({ host: '127.0.0.1', settings: { bcrypt_log_rounds: 4 } });
  url = core.url;
});
afterAll(() => core.close());

let made = 0;
const newEmail = () => `user-${++made}@example.com`;
const signUp = async (email = newEmail(), at = url) => {
  const answer = await ask(at, 'POST', '/recipe/signup', { email, password: 'a password' });
  return { ...answer, email, id: String((answer.user as JsonObject | undefined)?.id) };
};

describe('signing up and in', () => {
  it('makes a user, whom email and password bring back', async () => {
    const { id, email, status } = await signUp();
    expect(status).toBe('OK');
    const signedIn = await ask(url, 'POST', '/recipe/signin', {
      email: ` ${email.toUpperCase()} `,
      password: 'a password',
    });
    expect(signedIn).toMatchObject({
      status: 'OK',
      recipeUserId: id,
      user: {
        id,
        emails: [email],
        tenantIds: ['public'],
        loginMethods: [{ recipeId: 'emailpassword', verified: false }],
      },
    });
    const wrong = await ask(url, 'POST', '/recipe/signin', { email, password: 'another' });
    expect(wrong).toEqual({ status: 'WRONG_CREDENTIALS_ERROR' });
  });

  it('gives an email to one user only, also when two come at once', async () => {
    const email = newEmail();
    const answers = await Promise.all([signUp(email), signUp(email)]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['EMAIL_ALREADY_EXISTS_ERROR', 'OK']);
  });

  it('is told to clients of older versions in their words', async () => {
    const { id, email } = await signUp();
    const path = `/users/by-accountinfo?email=${email}&doUnionOfAccountInfo=true`;
    expect((await ask(url, 'GET', path, undefined, '4.0')).users).toMatchObject([{ id, emails: [email] }]);
    expect((await ask(url, 'POST', '/recipe/signin', { email, password: 'a password' }, '3.0')).user).toEqual({
      id,
      email,
      timeJoined: expect.any(Number),
      tenantIds: ['public'],
    });
  });

  it('is refused in a tenant without it, up to CDI 5.0', async () => {
    await ask(url, 'PUT', '/recipe/multitenancy/tenant/v2', { tenantId: 'none', firstFactors: [] });
    const signingUp = ask(`${url}/none`, 'POST', '/recipe/signup', { email: newEmail(), password: 'x' }, '5.0');
    await expect(signingUp).rejects.toThrow('403 Email password login not enabled for tenant');
  });
});

describe('the users of a tenant', () => {
  it('are listed page by page, oldest or newest first', async () => {
    await ask(url, 'PUT', '/recipe/multitenancy/tenant/v2', { tenantId: 'list', firstFactors: ['emailpassword'] });
    const at = `${url}/list`;
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.push((await signUp(newEmail(), at)).id);
    for (const [order, expected] of [
      ['ASC', ids],
      ['DESC', ids.toReversed()],
    ] as const) {
      const seen: string[] = [];
      let token: unknown = '';
      while (token !== undefined) {
        const next = token === '' ? '' : `&paginationToken=${encodeURIComponent(String(token))}`;
        const page = await ask(at, 'GET', `/users?limit=2&timeJoinedOrder=${order}${next}`);
        seen.push(...(page.users as JsonObject[]).map(({ id }) => String(id)));
        token = page.nextPaginationToken;
      }
      // Who joined in the same millisecond may come in either order.
      expect([...seen].sort()).toEqual([...expected].sort());
      expect(seen).toHaveLength(5);
    }
    expect(await ask(at, 'GET', '/users/count')).toEqual({ status: 'OK', count: 5 });
  });

  it('come and go', async () => {
    await ask(url, 'PUT', '/recipe/multitenancy/tenant/v2', { tenantId: 'club', firstFactors: ['emailpassword'] });
    const { id, email } = await signUp();
    const at = '/club/recipe/multitenancy/tenant/user';
    const body = { recipeUserId: id };
    expect(await ask(url, 'POST', at, body)).toEqual({ status: 'OK', wasAlreadyAssociated: false });
    expect(await ask(url, 'POST', at, body)).toEqual({ status: 'OK', wasAlreadyAssociated: true });
    const credentials = { email, password: 'a password' };
    expect((await ask(`${url}/club`, 'POST', '/recipe/signin', credentials)).status).toBe('OK');
    expect(await ask(url, 'POST', `${at}/remove`, body)).toEqual({ status: 'OK', wasAssociated: true });
    expect((await ask(`${url}/club`, 'POST', '/recipe/signin', credentials)).status).toBe('WRONG_CREDENTIALS_ERROR');
    expect((await ask(url, 'GET', `/user/id?userId=${id}`)).user).toMatchObject({ tenantIds: ['public'] });
  });
});

it('a user who is removed leaves nothing behind', async () => {
  const { id, email } = await signUp();
  const { handle } = await createSession(url, id);
  await ask(url, 'PUT', '/recipe/user/metadata', { userId: id, metadataUpdate: { a: 1 } });
  await ask(url, 'PUT', '/recipe/role', { role: 'reader' });
  await ask(url, 'PUT', '/recipe/user/role', { userId: id, role: 'reader' });
  expect(await ask(url, 'POST', '/user/remove', { userId: id })).toEqual({ status: 'OK' });
  expect((await ask(url, 'GET', `/recipe/session?sessionHandle=${handle}`)).status).toBe('UNAUTHORISED');
  expect((await ask(url, 'GET', `/recipe/user/metadata?userId=${id}`)).metadata).toEqual({});
  expect((await ask(url, 'GET', `/recipe/user/roles?userId=${id}`)).roles).toEqual([]);
  expect((await ask(url, 'GET', `/user/id?userId=${id}`)).status).toBe('UNKNOWN_USER_ID_ERROR');
  expect((await signUp(email)).status).toBe('OK');
});

describe('an external user id', () => {
  it('is the one that sessions and clients see', async () => {
    const { id } = await signUp();
    const external = `external-${id}`;
    const mapping = { superTokensUserId: id, externalUserId: external };
    expect(await ask(url, 'POST', '/recipe/userid/map', { ...mapping, externalUserIdInfo: 'x' })).toEqual({
      status: 'OK',
    });
    expect(await ask(url, 'POST', '/recipe/userid/map', mapping)).toEqual({
      status: 'USER_ID_MAPPING_ALREADY_EXISTS_ERROR',
      doesSuperTokensUserIdExist: true,
      doesExternalUserIdExist: true,
    });
    for (const userId of [id, external]) {
      const found = await ask(url, 'GET', `/recipe/userid/map?userId=${userId}`);
      expect(found).toEqual({ status: 'OK', ...mapping, externalUserIdInfo: 'x' });
      expect((await ask(url, 'GET', `/user/id?userId=${userId}`)).user).toMatchObject({ id: external });
    }
    const { handle } = await createSession(url, id);
    expect(await ask(url, 'GET', `/recipe/session?sessionHandle=${handle}`)).toMatchObject({ userId: external });
    const remove = { userId: external };
    const inUse = ask(url, 'POST', '/recipe/userid/map/remove', remove);
    await expect(inUse).rejects.toThrow('400 UserId is already in use in Session recipe');
    await ask(url, 'POST', '/recipe/session/remove', { userId: external });
    expect(await ask(url, 'POST', '/recipe/userid/map/remove', remove)).toEqual({
      status: 'OK',
      didMappingExist: true,
    });
    expect(await ask(url, 'GET', `/recipe/userid/map?userId=${id}`)).toEqual({ status: 'UNKNOWN_MAPPING_ERROR' });
  });
});
