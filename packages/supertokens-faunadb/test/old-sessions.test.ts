import faunadb from 'faunadb';
import type { RecipeInterface } from 'supertokens-node/recipe/session';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { clientOf, drivers } from './support/database.js';
import { login, nextRequest, provideFixture, refresh, revoke } from './support/fixture.js';

const q = faunadb.query;
describe.each(drivers)('with the driver %s', (driver) => {
  const fixture = provideFixture(driver);
  let userId: string;
  let oldToken: string;

  beforeEach(async () => {
    const { database } = fixture;
    userId = await database.createUser();
    const { secret } = await database.client.query<{ secret: string }>(
      q.Create(q.Tokens(), {
        instance: q.Ref(q.Collection(database.collection), userId),
        ttl: q.TimeAdd(q.Now(), 1, 'hour'),
      }),
    );
    oldToken = secret;
  });

  /** As the old integration made them: the token and nothing else, in the payload or in the session data. */
  const oldSession = {
    'in the payload': () => login(fixture.plain, userId, { accessTokenPayload: { faunadbToken: oldToken } }),
    'in the session data': () => login(fixture.plain, userId, { sessionDataInDatabase: { faunadbToken: oldToken } }),
  };
  const settings = {
    'the same': (place: string) => ({ accessFaunadbTokenFromFrontend: place === 'in the payload' }),
    'the other': (place: string) => ({ accessFaunadbTokenFromFrontend: place !== 'in the payload' }),
  };

  describe.each(Object.entries(oldSession))('a session of the old integration with its token %s', (place, make) => {
    describe.each(Object.entries(settings))('under %s setting', (_, options) => {
      it('is read', async () => {
        const session = await nextRequest(fixture.integration(options(place)), await make());
        expect(await session.getFaunadbToken()).toBe(oldToken);
      });

      it('is refreshed', async () => {
        const recipe = fixture.integration({ ...options(place), refreshGracePeriod: 0 });
        const session = await refresh(recipe, await make());
        const token = await session.getFaunadbToken();
        expect(token).not.toBe(oldToken);
        expect(await fixture.database.identity(token)).toBe(userId);
        expect(await fixture.database.identity(oldToken)).toBeUndefined();
        expect(await fixture.database.tokens(userId)).toHaveLength(1);
      });

      it('is refreshed with the grace', async () => {
        await refresh(fixture.integration(options(place)), await make());
        const [old, current, ...rest] = await fixture.database.tokens(userId);
        expect(old?.ttl).toBeLessThan(Date.now() + 10_500);
        expect(current?.ttl).toBeGreaterThan(Date.now() + 30_000);
        expect(rest).toEqual([]);
      });

      it('is revoked', async () => {
        await revoke(fixture.integration(options(place)), await make());
        expect(await fixture.database.identity(oldToken)).toBeUndefined();
        expect(await fixture.database.tokens(userId)).toEqual([]);
      });

      it('leaves no token behind where FaunaDB is away at its refresh', async () => {
        const away = clientOf(driver, 'http://127.0.0.1:9', 'x');
        const client = fixture.faunaDBClient;
        let tries = 0;
        const faunaDBClient = () => (tries++ === 0 ? away : client);
        const recipe = fixture.integration({ ...options(place), refreshGracePeriod: 0, faunaDBClient });
        await revoke(recipe, await refresh(recipe, await make()));
        await vi.waitFor(async () => expect(await fixture.database.identity(oldToken)).toBeUndefined(), 5_000);
      });

      it('gets a new token when the old one has expired', async () => {
        await fixture.database.client.query(q.Logout(false), { secret: oldToken });
        const recipe = fixture.integration(options(place));
        const session = await make();
        const token = await (await nextRequest(recipe, session)).getFaunadbToken();
        expect(await fixture.database.identity(token)).toBe(userId);
        await revoke(recipe, session);
        expect(await fixture.database.tokens(userId)).toEqual([]);
      });

      it('is revoked when its token has expired', async () => {
        await fixture.database.client.query(q.Logout(false), { secret: oldToken });
        expect(await revoke(fixture.integration(options(place)), await make())).toBe(true);
      });
    });
  });

  it('a session of the old integration leaves no token behind where the Core fails at its refresh', async () => {
    const { plain } = fixture;
    let fails = true;
    const original: RecipeInterface = {
      ...plain,
      updateSessionDataInDatabase: (input) =>
        fails ? Promise.reject(new Error('away')) : plain.updateSessionDataInDatabase(input),
    };
    const recipe = fixture.integration({ refreshGracePeriod: 0, queryTimeout: 1_000 }, original);
    const session = await oldSession['in the session data']();
    await expect(refresh(recipe, session)).rejects.toThrow('away');
    fails = false;
    await vi.waitFor(async () => {
      expect(await session.getSessionDataFromDatabase()).not.toHaveProperty('faunadbToken');
      expect(await fixture.database.tokens(userId)).toEqual([]);
    }, 15_000);
  });

  it('a session that began without the integration gets a token on its first use', async () => {
    const recipe = fixture.integration({ accessFaunadbTokenFromFrontend: true });
    const session = await nextRequest(recipe, await login(fixture.plain, userId));
    const token = await session.getFaunadbToken();
    expect(await fixture.database.identity(token)).toBe(userId);
    expect(await (await nextRequest(recipe, session)).getFaunadbToken()).toBe(token);
    await revoke(recipe, session);
    expect(await fixture.database.identity(token)).toBeUndefined();
  });
});
