import { Client } from 'faunadb';
import { beforeEach, describe, expect, it } from 'vitest';
import { type FaunadbSessionOptions, getFaunadbTokenForSession } from '../src/index.js';
import { context, login, nextRequest, provideFixture, refresh, revoke } from './support/fixture.js';

const places: [string, Partial<FaunadbSessionOptions>][] = [
  ['in the payload', { accessFaunadbTokenFromFrontend: true }],
  ['sealed in the payload', { sealingKey: Buffer.alloc(32, 7).toString('base64url') }],
  ['in the session data', {}],
];
const fixture = provideFixture();
let userId: string;

beforeEach(async () => {
  userId = await fixture.database.createUser();
});

/** For longer than a token that another process made is left to it. */
const pastRaces = () => new Promise((resolve) => setTimeout(resolve, 1_100));

// A request that verified its access token before a refresh, or one whose bearer kept the old access token.
describe.each(places)('a request older than refreshes, with the token %s,', (_, options) => {
  const integration = () => fixture.integration({ ...options, refreshGracePeriod: 0, queryTimeout: 1_000 });

  it('leaves the session its new token when it changes a claim', async () => {
    const recipe = integration();
    let session = await login(recipe, userId);
    const old = await nextRequest(recipe, session);
    for (let i = 0; i < 4; i++) session = await refresh(recipe, session);
    const token = await session.getFaunadbToken();
    await old.mergeIntoAccessTokenPayload({ role: 'reader' });
    expect(old.getAccessTokenPayload()).toMatchObject({ role: 'reader' });
    expect(await (await nextRequest(recipe, old)).getFaunadbToken()).toBe(token);
    expect(await getFaunadbTokenForSession(session.getHandle())).toBe(token);
    await revoke(recipe, session);
    expect(await fixture.database.identity(token)).toBeUndefined();
    expect(await fixture.database.tokens(userId)).toEqual([]);
  });

  it('takes over the new token when its own turns out dead', async () => {
    const recipe = integration();
    const session = await login(recipe, userId);
    const old = await nextRequest(recipe, session);
    await old.getFaunadbToken();
    const refreshed = await refresh(recipe, session);
    const token = await refreshed.getFaunadbToken();
    await pastRaces();
    expect(await old.getFaunadbToken({ checkAlive: true })).toBe(token);
    expect(await fixture.database.identity(token)).toBe(userId);
    expect(await old.getFaunadbToken()).toBe(token);
  });

  it('does not bring back a claim that was taken away meanwhile, when its token is made anew', async () => {
    const recipe = integration();
    const session = await login(recipe, userId, { accessTokenPayload: { role: 'admin', theme: 'dark' } });
    const old = await nextRequest(recipe, session);
    const { query: q } = await import('faunadb');
    await fixture.database.client.query(q.Logout(false), { secret: await old.getFaunadbToken() });
    const sessionHandle = session.getHandle();
    const accessTokenPayloadUpdate = { role: null, theme: 'light' };
    await recipe.mergeIntoAccessTokenPayload({ sessionHandle, accessTokenPayloadUpdate, userContext: context() });
    const token = await old.getFaunadbToken({ checkAlive: true });
    expect(await fixture.database.identity(token)).toBe(userId);
    const known = await recipe.getSessionInformation({ sessionHandle, userContext: context() });
    expect(known?.customClaimsInAccessTokenPayload).toMatchObject({ theme: 'light' });
    expect(known?.customClaimsInAccessTokenPayload).not.toHaveProperty('role');
  });
});

// A process verifies access tokens without the Core, so it does not know that another one has ended the session.
describe.each(places)('a session that another process has ended, with the token %s,', (place, options) => {
  it('still has the dead token where it was known', async () => {
    const process = fixture.integration(options);
    const session = await login(process, userId);
    const token = await (await nextRequest(process, session)).getFaunadbToken();
    await revoke(fixture.integration(options), session);
    const request = await nextRequest(process, session);
    expect(await request.getFaunadbToken()).toBe(token);
    expect(await fixture.database.identity(token)).toBeUndefined();
    await expect(request.getFaunadbToken({ checkAlive: true })).rejects.toMatchObject({ type: 'UNAUTHORISED' });
  });

  it('has it elsewhere only if the access token carries it', async () => {
    const session = await login(fixture.integration(options), userId);
    const token = await session.getFaunadbToken();
    await revoke(fixture.integration(options), session);
    const returned = (await nextRequest(fixture.integration(options), session)).getFaunadbToken();
    if (place === 'in the session data') await expect(returned).rejects.toMatchObject({ type: 'UNAUTHORISED' });
    else expect(await returned).toBe(token);
  });
});

it.each(places)(
  'a claim changed while the token %s is made anew leaves the session its new token',
  async (_, options) => {
    const recipe = fixture.integration({ ...options, refreshGracePeriod: 0 });
    const session = await nextRequest(recipe, await login(recipe, userId));
    const { query: q } = await import('faunadb');
    await fixture.database.client.query(q.Logout(false), { secret: await session.getFaunadbToken() });
    const changes = Array.from({ length: 8 }, async (_, turn) => {
      await new Promise((resolve) => setTimeout(resolve, turn * 2));
      await session.mergeIntoAccessTokenPayload({ [`claim${turn}`]: turn });
    });
    const [token] = await Promise.all([session.getFaunadbToken({ checkAlive: true }), ...changes]);
    const next = await nextRequest(recipe, session);
    expect(await next.getFaunadbToken()).toBe(token);
    expect(next.getAccessTokenPayload()).toMatchObject({ claim0: 0, claim7: 7 });
  },
);

it('an application that writes back a payload it has read brings back no token', async () => {
  const recipe = fixture.integration({ accessFaunadbTokenFromFrontend: true, refreshGracePeriod: 0 });
  const session = await login(recipe, userId);
  const sessionHandle = session.getHandle();
  const read = await recipe.getSessionInformation({ sessionHandle, userContext: context() });
  const token = await (await refresh(recipe, session)).getFaunadbToken();
  const accessTokenPayloadUpdate = { ...read?.customClaimsInAccessTokenPayload, role: 'reader' };
  await recipe.mergeIntoAccessTokenPayload({ sessionHandle, accessTokenPayloadUpdate, userContext: context() });
  expect(await getFaunadbTokenForSession(sessionHandle)).toBe(token);
});

it('an application that writes back session data it has read brings back no token', async () => {
  const options = { refreshGracePeriod: 0, queryTimeout: 1_000 };
  const session = await login(fixture.integration(options), userId);
  const sessionHandle = session.getHandle();
  const newSessionData = { ...(await session.getSessionDataFromDatabase()), own: 1 };
  const away = new Client({ endpoint: 'http://127.0.0.1:9', secret: 'x' });
  const refreshed = await refresh(fixture.integration({ ...options, faunaDBClient: away }), session);
  const recipe = fixture.integration(options);
  await recipe.updateSessionDataInDatabase({ sessionHandle, newSessionData, userContext: context() });
  const data = await refreshed.getSessionDataFromDatabase();
  expect(data).toMatchObject({ own: 1 });
  expect(data).not.toHaveProperty('faunadbToken');
});

describe.each(places)('a session whose token is %s, known by its handle,', (_, options) => {
  it.each(places)('keeps its new token where the settings now put it %s', async (_, later) => {
    const session = await login(fixture.integration(options), userId);
    const { query: q } = await import('faunadb');
    await fixture.database.client.query(q.Logout(false), { secret: await session.getFaunadbToken() });
    fixture.integration(later);
    const token = await getFaunadbTokenForSession(session.getHandle(), { checkAlive: true });
    expect(await fixture.database.identity(token)).toBe(userId);
    expect(await getFaunadbTokenForSession(session.getHandle())).toBe(token);
    expect(await getFaunadbTokenForSession(session.getHandle(), { checkAlive: true })).toBe(token);
  });
});
