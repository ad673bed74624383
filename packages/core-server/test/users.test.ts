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
  it('creates a user who can sign in with email and password', async () => {
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

  it('gives an email to only one of two concurrent sign-ups', async () => {
    const email = newEmail();
    const answers = await Promise.all([signUp(email), signUp(email)]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['EMAIL_ALREADY_EXISTS_ERROR', 'OK']);
  });

  it('is returned to clients of older versions in their format', async () => {
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

  it('are added and removed', async () => {
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

it("removing a user removes all of the user's data", async () => {
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

describe('login methods that are one user', () => {
  const newTwo = async () => {
    const [one, other] = [await signUp(), await signUp()];
    await ask(url, 'POST', '/recipe/accountlinking/user/primary', { recipeUserId: one.id });
    return { one, other };
  };

  it('are returned as one, and linking and unlinking revokes their sessions', async () => {
    const { one, other } = await newTwo();
    const before = await createSession(url, other.id);
    const linked = await ask(url, 'POST', '/recipe/accountlinking/user/link', {
      recipeUserId: other.id,
      primaryUserId: one.id,
    });
    expect(linked).toMatchObject({
      accountsAlreadyLinked: false,
      user: { id: one.id, emails: [one.email, other.email] },
    });
    expect((await ask(url, 'GET', `/recipe/session?sessionHandle=${before.handle}`)).status).toBe('UNAUTHORISED');

    const { handle } = await createSession(url, other.id);
    const session = await ask(url, 'GET', `/recipe/session?sessionHandle=${handle}`);
    expect(session).toMatchObject({ userId: one.id, recipeUserId: other.id });
    expect((await ask(url, 'GET', `/user/id?userId=${other.id}`)).user).toMatchObject({
      id: one.id,
      isPrimaryUser: true,
    });

    await ask(url, 'POST', '/recipe/accountlinking/user/unlink', { recipeUserId: other.id });
    expect((await ask(url, 'GET', `/recipe/session?sessionHandle=${handle}`)).status).toBe('UNAUTHORISED');
    expect((await ask(url, 'GET', `/user/id?userId=${other.id}`)).user).toMatchObject({
      id: other.id,
      isPrimaryUser: false,
    });
  });

  it('are removed together with the user, or one by one', async () => {
    const { one, other } = await newTwo();
    await ask(url, 'POST', '/recipe/accountlinking/user/link', { recipeUserId: other.id, primaryUserId: one.id });
    await ask(url, 'PUT', '/recipe/user/metadata', { userId: one.id, metadataUpdate: { a: 1 } });
    await ask(url, 'POST', '/user/remove', { userId: one.id, removeAllLinkedAccounts: false });
    // The id is the user's, not the login method's.
    expect((await ask(url, 'GET', `/user/id?userId=${other.id}`)).user).toMatchObject({
      id: one.id,
      emails: [other.email],
    });
    expect((await ask(url, 'GET', `/recipe/user/metadata?userId=${one.id}`)).metadata).toEqual({ a: 1 });
    await ask(url, 'POST', '/user/remove', { userId: one.id });
    expect((await ask(url, 'GET', `/user/id?userId=${other.id}`)).status).toBe('UNKNOWN_USER_ID_ERROR');
    expect((await ask(url, 'GET', `/recipe/user/metadata?userId=${one.id}`)).metadata).toEqual({});
  });
});

describe('logging in without a password', () => {
  it('counts wrong digits, and a code serves once', async () => {
    const email = newEmail();
    const made = await ask(url, 'POST', '/recipe/signinup/code', { email });
    const { preAuthSessionId, deviceId, userInputCode } = made;
    const consume = (code: unknown) =>
      ask(url, 'POST', '/recipe/signinup/code/consume', { preAuthSessionId, deviceId, userInputCode: code });
    expect(await consume('none')).toEqual({
      status: 'INCORRECT_USER_INPUT_CODE_ERROR',
      failedCodeInputAttemptCount: 1,
      maximumCodeInputAttempts: 5,
    });
    expect(await consume(userInputCode)).toMatchObject({
      status: 'OK',
      createdNewUser: true,
      user: { emails: [email], loginMethods: [{ recipeId: 'passwordless', verified: true }] },
    });
    expect(await consume(userInputCode)).toEqual({ status: 'RESTART_FLOW_ERROR' });
  });

  it('locks a device after too many wrong digits', async () => {
    const made = await ask(url, 'POST', '/recipe/signinup/code', { phoneNumber: '+49 151 23456789' });
    const { preAuthSessionId, deviceId, userInputCode } = made;
    const consume = (code: unknown) =>
      ask(url, 'POST', '/recipe/signinup/code/consume', { preAuthSessionId, deviceId, userInputCode: code });
    for (let n = 1; n < 5; n++) expect((await consume('none')).status).toBe('INCORRECT_USER_INPUT_CODE_ERROR');
    expect((await consume('none')).status).toBe('RESTART_FLOW_ERROR');
    expect((await consume(userInputCode)).status).toBe('RESTART_FLOW_ERROR');
  });
});

it('a password is reset by a token, once', async () => {
  const { id, email } = await signUp();
  const made = await ask(url, 'POST', '/recipe/user/password/reset/token', { userId: id, email });
  const consume = () => ask(url, 'POST', '/recipe/user/password/reset/token/consume', { token: made.token });
  expect(await consume()).toEqual({ status: 'OK', userId: id, email });
  expect(await consume()).toEqual({ status: 'RESET_PASSWORD_INVALID_TOKEN_ERROR' });
  await ask(url, 'PUT', '/recipe/user', { recipeUserId: id, password: 'a new one' });
  expect((await ask(url, 'POST', '/recipe/signin', { email, password: 'a new one' })).status).toBe('OK');
});

it('gives a third-party id to only one of two concurrent sign-ins', async () => {
  const body = { thirdPartyId: 'google', thirdPartyUserId: 'g-1', email: { id: newEmail(), isVerified: true } };
  const answers = await Promise.all([1, 2, 3].map(() => ask(url, 'POST', '/recipe/signinup', body)));
  expect(answers.filter(({ createdNewUser }) => createdNewUser)).toHaveLength(1);
  expect(new Set(answers.map(({ recipeUserId }) => recipeUserId)).size).toBe(1);
});
