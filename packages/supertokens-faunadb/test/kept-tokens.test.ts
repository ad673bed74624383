import type { RecipeInterface, SessionContainer } from 'supertokens-node/recipe/session';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FaunadbSessionOptions } from '../src/index.js';
import { drivers } from './support/database.js';
import { login, nextRequest, provideFixture, refresh, revoke } from './support/fixture.js';

describe.each(drivers)('with the driver %s', (driver) => {
  const fixture = provideFixture(driver);
  let userId: string;

  beforeEach(async () => {
    userId = await fixture.database.createUser();
  });

  const keeping = (options: Partial<FaunadbSessionOptions> = {}) =>
    fixture.integration({ keepTokenOnRefresh: true, ...options });

  /** What a process says that has not seen the session before. */
  async function asAnother(recipe: RecipeInterface, session: SessionContainer): Promise<string> {
    return (await nextRequest(recipe, session)).getFaunadbToken();
  }

  describe.each([
    ['in the session data', {}],
    ['sealed in the payload', { sealingKey: Buffer.alloc(32, 7).toString('base64url') }],
  ])('a token kept %s', (_, options) => {
    it('is the same after a refresh, and dies with the session', async () => {
      const recipe = keeping(options);
      const session = await login(recipe, userId);
      const token = await session.getFaunadbToken();
      const refreshed = await refresh(recipe, session);
      expect(await refreshed.getFaunadbToken()).toBe(token);
      expect(await asAnother(keeping(options), refreshed)).toBe(token);
      await revoke(recipe, refreshed);
      expect(await fixture.database.identity(token)).toBeUndefined();
      expect(await fixture.database.tokens(userId)).toEqual([]);
    });

    it('lives on where little of its ttl is left, and only then', async () => {
      const session = await login(keeping({ ...options, tokenLifetime: 20_000 }), userId);
      const token = await session.getFaunadbToken();
      const ttl = async () => (await fixture.database.tokens(userId))[0]?.ttl ?? 0;
      const before = await ttl();
      expect(await asAnother(keeping({ ...options, tokenLifetime: 30_000 }), session)).toBe(token);
      expect(await ttl()).toBe(before);
      expect(await asAnother(keeping(options), session)).toBe(token);
      expect(await ttl()).toBeGreaterThan(before + 60_000);
    });

    it('is not extended for a session that has ended', async () => {
      const session = await login(keeping({ ...options, tokenLifetime: 20_000 }), userId);
      await fixture.plain.revokeSession({ sessionHandle: session.getHandle(), userContext: {} as never });
      const request = await nextRequest(keeping(options), session);
      await expect(request.getFaunadbToken()).rejects.toMatchObject({ type: 'UNAUTHORISED' });
      const [left] = await fixture.database.tokens(userId);
      expect(left?.ttl).toBeLessThan(Date.now() + 21_000);
    });
  });

  it('is made anew where it has died', async () => {
    const recipe = keeping();
    const session = await login(recipe, userId);
    const token = await session.getFaunadbToken();
    const { query: q } = await import('faunadb');
    await fixture.database.client.query(q.Logout(false), { secret: token });
    const refreshed = await refresh(recipe, session);
    const renewed = await refreshed.getFaunadbToken({ checkAlive: true });
    expect(renewed).not.toBe(token);
    expect(await fixture.database.identity(renewed)).toBe(userId);
  });

  it('is not for the frontend', () => {
    expect(() => keeping({ accessFaunadbTokenFromFrontend: true })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});
