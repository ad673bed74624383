import { openStore, type Store } from '@supertokens-faunadb/store';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PUBLIC } from '../common/tenant-names.js';
import { Core } from '../core/core.js';
import type { Tenant } from '../tenants/tenants.js';
import { createJwt } from './jwt.js';
import {
  AccessTokenPayloadError,
  MalformedAccessToken,
  TokenTheftDetected,
  TryRefreshToken,
  Unauthorised,
} from './refusals.js';
import { createSessionId } from './session-handle.js';
import { insertSession } from './session-record.js';
import type { NewSession, Refresh, SessionInformation, Sessions } from './sessions.js';

let core: Core;
let sessions: Sessions;
let tenant: Tenant;
beforeAll(async () => {
  core = await Core.open(await openStore({ memory: true }), []);
  ({ sessions } = core);
  tenant = core.app(PUBLIC);
});

const create = (chosen: Partial<NewSession> = {}) =>
  sessions.create(tenant, {
    userId: 'ada',
    userDataInJWT: {},
    userDataInDatabase: {},
    enableAntiCsrf: false,
    useStaticKey: false,
    tokenVersion: '5',
    ...chosen,
  });
const verify = (token: string, checkDatabase = false) =>
  sessions.verify(PUBLIC, token, {
    antiCsrfToken: undefined,
    enableAntiCsrf: false,
    doAntiCsrfCheck: false,
    checkDatabase,
  });
const refresh = (token: string, chosen: Partial<Refresh> = {}) =>
  sessions.refresh(PUBLIC, token, {
    antiCsrfToken: undefined,
    enableAntiCsrf: false,
    useStaticKey: undefined,
    tokenVersion: '5',
    ...chosen,
  });
const access = ({ accessToken }: SessionInformation) => accessToken?.token as string;
const refreshTokenOf = ({ refreshToken }: SessionInformation) => refreshToken?.token as string;
const payloadOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString());

describe('refresh', () => {
  it('may be repeated until its tokens are used, because a response can be lost', async () => {
    const session = await create();
    await refresh(refreshTokenOf(session));
    await expect(refresh(refreshTokenOf(session))).resolves.toMatchObject({ handle: session.handle });
  });

  it.each<[string, (child: SessionInformation) => Promise<unknown>]>([
    ['verified', (child) => verify(access(child))],
    ['refreshed', (child) => refresh(refreshTokenOf(child))],
  ])('of a token whose child was %s is theft', async (_, use) => {
    const session = await create();
    await use(await refresh(refreshTokenOf(session)));
    const theft = refresh(refreshTokenOf(session));
    await expect(theft).rejects.toThrow(TokenTheftDetected);
    await expect(theft).rejects.toMatchObject({ sessionHandle: session.handle, userId: 'ada' });
  });

  it('keeps only one of two children valid', async () => {
    const session = await create();
    const [one, other] = await Promise.all([refresh(refreshTokenOf(session)), refresh(refreshTokenOf(session))]);
    await verify(access(one));
    await expect(refresh(refreshTokenOf(other))).rejects.toThrow(TokenTheftDetected);
    await expect(refresh(refreshTokenOf(one))).resolves.toBeDefined();
  });

  it('extends the session when the child is used', async () => {
    const session = await create();
    const before = await sessions.get(tenant, session.handle);
    const child = await refresh(refreshTokenOf(session));
    expect((await sessions.get(tenant, session.handle)).expiry).toBe(before.expiry);
    await verify(access(child));
    expect((await sessions.get(tenant, session.handle)).expiry).toBeGreaterThanOrEqual(before.expiry);
  });

  it('requires the anti-CSRF token in the refresh token', async () => {
    const session = await create({ enableAntiCsrf: true });
    const wrong = refresh(refreshTokenOf(session), { enableAntiCsrf: true, antiCsrfToken: 'wrong' });
    await expect(wrong).rejects.toThrow(Unauthorised);
    const right = { enableAntiCsrf: true, antiCsrfToken: session.antiCsrfToken as string };
    await expect(refresh(refreshTokenOf(session), right)).resolves.toBeDefined();
  });

  it('is refused when the session has ended', async () => {
    const session = await create();
    expect(await sessions.remove(PUBLIC, [session.handle, 'another'])).toEqual([session.handle]);
    await expect(refresh(refreshTokenOf(session))).rejects.toThrow(Unauthorised);
  });
});

describe('verification', () => {
  it('issues a token without a parent once, and again while the old one is used', async () => {
    const child = await refresh(refreshTokenOf(await create()));
    expect(payloadOf(access(child)).parentRefreshTokenHash1).toMatch(/^[0-9a-f]{64}$/);
    const promoted = await verify(access(child));
    expect(payloadOf(access(promoted)).parentRefreshTokenHash1).toBeNull();
    expect((await verify(access(promoted))).accessToken).toBeUndefined();
    expect((await verify(access(child))).accessToken).toBeDefined();
  });

  it('issues a new token when the payload in the database differs, ignoring order', async () => {
    const session = await create({ userDataInJWT: { a: 1, b: { c: 2, d: 3 } } });
    await sessions.updateJwtData(tenant, session.handle, { b: { d: 3, c: 2 }, a: 1 });
    expect((await verify(access(session), true)).accessToken).toBeUndefined();
    await sessions.updateJwtData(tenant, session.handle, { a: 2 });
    expect(payloadOf(access(await verify(access(session), true)))).toMatchObject({ a: 2 });
  });

  it('refuses a tampered token, even after the original was verified', async () => {
    const token = access(await create());
    await verify(token);
    const [header, , signature] = token.split('.');
    const payload = Buffer.from(JSON.stringify({ ...payloadOf(token), sub: 'eve' })).toString('base64url');
    await expect(verify(`${header}.${payload}.${signature}`)).rejects.toThrow('JWT verification failed');
  });

  it('accepts a JWT made for an application only when it proves possession of the session', async () => {
    const session = await create();
    const key = await core.keysOf(PUBLIC).signing.signingKey('dynamic');
    const claims = payloadOf(access(session));
    const proof = await createJwt(claims, key);
    await expect(verify(proof)).rejects.toThrow(TryRefreshToken);
    await expect(verify(proof, true)).resolves.toMatchObject({ handle: session.handle });
    const forgeries = [{ refreshTokenHash1: 'f'.repeat(64) }, { sub: 'eve' }, { rsub: 'eve' }];
    for (const forgery of forgeries) {
      await expect(verify(await createJwt({ ...claims, ...forgery }, key), true)).rejects.toThrow(TryRefreshToken);
    }
  });
});

describe('regeneration', () => {
  it('changes only the payload', async () => {
    const session = await create({ userDataInJWT: { a: 1 }, enableAntiCsrf: true });
    const regenerated = await sessions.regenerate(PUBLIC, access(session), { b: 2 }, true);
    const { a: _, iat: _iat, ...kept } = payloadOf(access(session));
    expect(payloadOf(access(regenerated))).toEqual({ ...kept, iat: expect.any(Number), b: 2 });
  });

  it('refuses a token that the app has not signed, and changes nothing', async () => {
    const session = await create({ userDataInJWT: { a: 1 } });
    const [header, payload] = access(session).split('.');
    const forged = `${header}.${payload}.${'A'.repeat(342)}`;
    await expect(sessions.regenerate(PUBLIC, forged, { a: 2 }, true)).rejects.toThrow(TryRefreshToken);
    await expect(sessions.regenerate(PUBLIC, 'x', { a: 2 }, true)).rejects.toThrow(MalformedAccessToken);
    expect((await sessions.get(tenant, session.handle)).userDataInJWT).toEqual({ a: 1 });
  });

  it('refuses claims of the Core', async () => {
    const session = await create();
    const own = sessions.regenerate(PUBLIC, access(session), { sub: 'eve' }, true);
    await expect(own).rejects.toThrow(AccessTokenPayloadError);
  });
});

describe('the claims of a payload', () => {
  it.each(['__proto__', 'constructor', 'toString'])('may be called %s', async (name) => {
    const userDataInJWT = JSON.parse(`{"${name}":{"a":1}}`);
    const session = await create({ userDataInJWT });
    expect(Object.entries(payloadOf(access(session)))).toContainEqual([name, { a: 1 }]);
    expect((await verify(access(session), true)).userDataInJWT).toEqual(userDataInJWT);
  });

  it('cannot be the Core’s, and then no session is made', async () => {
    await expect(create({ userId: 'nobody', userDataInJWT: { rsub: 'eve' } })).rejects.toThrow(AccessTokenPayloadError);
    expect(await sessions.handles([tenant], 'nobody')).toEqual([]);
  });
});

it('finds the sessions of exactly the user', async () => {
  const [one, two] = [await create({ userId: 'a' }), await create({ userId: 'a' })];
  await create({ userId: 'a\0b' });
  await create({ userId: `a${'x'.repeat(3000)}` });
  expect((await sessions.handles([tenant], 'a')).sort()).toEqual([one.handle, two.handle].sort());
  expect(await sessions.handles([tenant], `a${'x'.repeat(3000)}`)).toHaveLength(1);
  expect((await sessions.removeAll([tenant], 'a')).length).toBe(2);
  expect(await sessions.handles([tenant], 'a\0b')).toHaveLength(1);
});

describe('a user with thousands of sessions', () => {
  const MANY = 3_000;
  let store: Store;
  let own: Core;
  beforeEach(async () => {
    store = await openStore({ memory: true });
    own = await Core.open(store, []);
  });

  async function withSessions(userId: string): Promise<void> {
    const { space, now } = own.app(PUBLIC);
    const content = {
      userDataInDatabase: {},
      userDataInJWT: {},
      refreshTokenHash2: 'ab'.repeat(32),
      useStaticKey: false,
    };
    store.transact((transaction) => {
      for (let n = 0; n < MANY; n++) {
        const id = createSessionId();
        insertSession(transaction, { space, id, userId, ...content, expiry: now() + 1e6, timeCreated: now() });
      }
    });
  }

  /** Whether others get their turn while `work` is done, and what it results in. */
  async function meanwhile<T>(work: () => Promise<T>): Promise<{ isServed: boolean; result: T }> {
    let isServed = false;
    setImmediate(() => {
      isServed = true;
    });
    const result = await work();
    return { isServed, result };
  }

  it('does not keep others waiting while they are listed and revoked', async () => {
    await withSessions('many');
    const listed = await meanwhile(() => own.sessions.handles([own.app(PUBLIC)], 'many'));
    expect(listed.result).toHaveLength(MANY);
    expect(listed.isServed).toBe(true);
    const revoked = await meanwhile(() => own.sessions.removeAll([own.app(PUBLIC)], 'many'));
    expect(revoked.result).toEqual(listed.result);
    expect(revoked.isServed).toBe(true);
    await withSessions('many');
    const handles = await own.sessions.handles([own.app(PUBLIC)], 'many');
    expect(await meanwhile(() => own.sessions.remove(PUBLIC, handles))).toEqual({ isServed: true, result: handles });
    expect(await own.sessions.handles([own.app(PUBLIC)], 'many')).toEqual([]);
  });

  it('is removed with all of them, while others are served', async () => {
    const app = own.app(PUBLIC);
    const signedUp = await own.thirdParty.signInUp(app, app, { id: 'google', userId: '1' }, 'ada@a.example', true);
    const { id } = (signedUp as { user: { id: string } }).user;
    await withSessions(id);
    expect((await meanwhile(() => own.users.remove(app, id, true))).isServed).toBe(true);
    expect(await own.sessions.handles([app], id)).toEqual([]);
    expect(await own.users.get(app, id)).toBeUndefined();
  });
});
