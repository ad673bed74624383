import { fql } from 'fauna';
import faunadb from 'faunadb';
import { convertToRecipeUserId } from 'supertokens-node';
import Multitenancy from 'supertokens-node/recipe/multitenancy';
import Session, { type RecipeInterface } from 'supertokens-node/recipe/session';
import { BooleanClaim } from 'supertokens-node/recipe/session/claims';
import { describe, expect, it } from 'vitest';
import { recordOf } from '../src/backend/place.js';
import { faunadbPlugin } from '../src/backend/plugin.js';
import { type FaunadbSessionOptions, RecipeImplementation, type SessionUser } from '../src/index.js';
import { clientOf, drivers, TestDatabase } from './support/database.js';
import { context, login, nextRequest, provideFixture, refresh, revoke } from './support/fixture.js';
import { initialise, sdk } from './support/supertokens.js';

const q = faunadb.query;
const fixture = provideFixture();

/** How each language finds and creates a user's document. */
const languages = {
  faunadb: {
    byId: (collection: string, id: string) => q.Ref(q.Collection(collection), id),
    search: (collection: string) => q.Select('ref', q.Get(q.Ref(q.Collection(collection), '404'))),
    created: ({ userId, tenantId }: SessionUser) => ({ data: { userId, tenantId } }),
  },
  fauna: {
    byId: (collection: string, id: string) => fql`
      // As several statements, and with a comment at the end.
      let users = Collection(${collection})
      users.byId(${id}) // the user`,
    search: (collection: string) => fql`Collection(${collection}).where(.nobody == true).first()`,
    created: ({ userId, tenantId }: SessionUser) => ({ userId, tenantId: fql`${tenantId}.toLowerCase()` }),
  },
};

describe.each(drivers)('userRef, with the driver %s', (driver) => {
  const language = languages[driver];
  const integration = (options: Partial<FaunadbSessionOptions>) =>
    fixture.integration({ faunaDBClient: fixture.database.clientAt(fixture.database.url, driver), ...options });
  const other = languages[driver === 'fauna' ? 'faunadb' : 'fauna'];
  const byUserId = ({ userId }: SessionUser) =>
    language.byId(fixture.database.collection, String(BigInt(`0x${userId}`)));

  it('finds the document of a user whose id is not its id in FaunaDB', async () => {
    const id = await fixture.database.createUser();
    const recipe = integration({ userRef: byUserId });
    const session = await login(recipe, BigInt(id).toString(16));
    expect(await fixture.database.identity(await session.getFaunadbToken())).toBe(id);
    expect(await fixture.database.identity(await (await refresh(recipe, session)).getFaunadbToken())).toBe(id);
  });

  it('makes no token where the search finds nothing', async () => {
    const recipe = integration({ userRef: () => language.search(fixture.database.collection) });
    await expect(login(recipe, 'auth0|404')).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
  });

  it('takes the place of userCollectionName', async () => {
    const id = await fixture.database.createUser();
    const faunaDBClient = fixture.database.clientAt(fixture.database.url, driver);
    const recipe = new RecipeImplementation(fixture.plain, { faunaDBClient, userRef: byUserId });
    const session = await login(recipe, BigInt(id).toString(16));
    expect(await fixture.database.identity(await session.getFaunadbToken())).toBe(id);
  });

  it('is refused in the language of the other driver', async () => {
    const recipe = integration({ userRef: () => other.byId(fixture.database.collection, '1') });
    const message = expect.stringContaining(driver === 'fauna' ? 'FQL v10' : 'FQL v4');
    await expect(login(recipe, '1')).rejects.toMatchObject({ code: 'CONFIG_INVALID', message });
  });

  it('creates the document in the same query where createUser says with what', async () => {
    const id = String(await fixture.database.client.query(q.NewId()));
    const recipe = integration({ createUser: language.created });
    await login(recipe, id);
    const session = await login(recipe, id);
    expect(await fixture.database.identity(await session.getFaunadbToken())).toBe(id);
    const document = await fixture.database.client.query(q.Get(q.Ref(q.Collection(fixture.database.collection), id)));
    expect(document).toMatchObject({ data: { userId: id, tenantId: 'public' } });
    // As the guide to failures says.
    await fixture.database.deleteUser(id);
    expect(await fixture.database.identity(await (await refresh(recipe, session)).getFaunadbToken())).toBe(id);
  });
});

describe('tokenLifetime', () => {
  it.each([true, false])(
    'ends a token before its session, which then has a new one (frontend: %s)',
    async (frontend) => {
      const recipe = fixture.integration({ tokenLifetime: 8_000, accessFaunadbTokenFromFrontend: frontend });
      const userId = await fixture.database.createUser();
      const session = await login(recipe, userId);
      const first = await session.getFaunadbToken();
      const [document] = await fixture.database.tokens(userId);
      expect(document?.ttl).toBeLessThan(Date.now() + 8_100);
      expect(await (await nextRequest(recipe, session)).getFaunadbToken()).toBe(first);
      // The token counts as expired 5 s before its end.
      await new Promise((resolve) => setTimeout(resolve, 3_100));
      const second = await (await nextRequest(recipe, session)).getFaunadbToken();
      expect(second).not.toBe(first);
      expect(await fixture.database.identity(second)).toBe(userId);
    },
  );
});

describe('faunaDBClient as a function', () => {
  it('makes the tokens of each tenant in its own database', async ({ skip }) => {
    const { deployment, plain } = fixture;
    const tenantId = `tenant${Date.now()}`;
    try {
      await Multitenancy.createOrUpdateTenant(tenantId, { firstFactors: null });
    } catch (error) {
      // The real Core makes tenants with a licence only.
      if (/402/.test(String(error))) skip('the Core has no licence for tenants');
      throw error;
    }
    const other = await TestDatabase.create(deployment.faunadbUrl, deployment.faunadbSecret);
    const clients = new Map([
      ['public', fixture.database.client],
      [tenantId, other.client],
    ]);
    const recipe = new RecipeImplementation(plain, {
      userCollectionName: 'users',
      faunaDBClient: async (user) => clients.get(user.tenantId) ?? Promise.reject(new Error(user.tenantId)),
    });
    const userId = await other.createUser();
    const session = await login(recipe, userId, { tenantId });
    const token = await session.getFaunadbToken();
    expect(await other.identity(token)).toBe(userId);
    expect(await fixture.database.tokens(userId)).toEqual([]);
    const refreshed = await refresh(recipe, session);
    expect(await other.identity(await refreshed.getFaunadbToken())).toBe(userId);
    const client = await refreshed.getFaunaClient();
    expect(await client.query(q.Select('id', q.CurrentIdentity()))).toBe(userId);
    const revoked = await recipe.revokeAllSessionsForUser({
      userId,
      tenantId: 'public',
      revokeAcrossAllTenants: true,
      revokeSessionsForLinkedAccounts: true,
      userContext: context(),
    });
    expect(revoked).toEqual([session.getHandle()]);
    expect(await other.tokens(userId)).toEqual([]);
  });
});

describe('linked accounts', () => {
  it('have tokens that act as the primary user, whatever they logged in with', async () => {
    const primary = await fixture.database.createUser();
    const recipeUserId = `recipe-${primary}`;
    // The Core of a linked account returns the primary user's id; this one has no accounts to link.
    const original: RecipeInterface = {
      ...fixture.plain,
      createNewSession: async (input) =>
        Object.assign(await fixture.plain.createNewSession(input), { getUserId: () => primary }),
      getSessionInformation: async (input) => {
        const information = await fixture.plain.getSessionInformation(input);
        return information && { ...information, userId: primary };
      },
      refreshSession: async (input) =>
        Object.assign(await fixture.plain.refreshSession(input), { getUserId: () => primary }),
    };
    const recipe = fixture.integration({ refreshGracePeriod: 0 }, original);
    const session = await refresh(recipe, await login(recipe, primary, { recipeUserId }));
    expect(session.getRecipeUserId().getAsString()).toBe(recipeUserId);
    expect(await fixture.database.identity(await session.getFaunadbToken())).toBe(primary);
    await revoke(recipe, session);
    expect(await fixture.database.tokens(primary)).toEqual([]);
  });
});

describe('claims', () => {
  const claim = new BooleanClaim({ key: 'paying', fetchValue: () => true });

  it('are fetched, asserted, kept over a refresh and removed as without the integration', async () => {
    const recipe = fixture.integration({ accessFaunadbTokenFromFrontend: true });
    const userId = await fixture.database.createUser();
    const session = await login(recipe, userId);
    await session.assertClaims([claim.validators.isTrue()]);
    expect(await session.getClaimValue(claim)).toBe(true);
    const refreshed = await refresh(recipe, session);
    expect(await refreshed.getClaimValue(claim)).toBe(true);
    await refreshed.removeClaim(claim);
    expect(await refreshed.getClaimValue(claim)).toBeUndefined();
    await refreshed.setClaimValue(claim, false);
    await expect(refreshed.assertClaims([claim.validators.isTrue(1_000)])).rejects.toMatchObject({
      type: 'INVALID_CLAIMS',
    });
    expect(await fixture.database.identity(await refreshed.getFaunadbToken())).toBe(userId);
  });
});

describe('twice', () => {
  it.each([true, false])('is refused, and leaves no token (frontend: %s)', async (accessFaunadbTokenFromFrontend) => {
    const options = { accessFaunadbTokenFromFrontend };
    const recipe = fixture.integration(options, fixture.integration(options));
    const userId = await fixture.database.createUser();
    await expect(login(recipe, userId)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(await fixture.database.tokens(userId)).toEqual([]);
  });
});

describe('the first login after a start', () => {
  it.each([{ accessFaunadbTokenFromFrontend: true }, { sealingKey: Buffer.alloc(32, 7).toString('base64url') }, {}])(
    'records when its token ends, though it guessed how long access tokens live (%o)',
    async (options) => {
      const { plain, database } = fixture;
      const shortLived: RecipeInterface = {
        ...plain,
        async createNewSession(input) {
          const session = await plain.createNewSession(input);
          const payload = session.getAccessTokenPayload();
          return Object.assign(session, { getAccessTokenPayload: () => ({ ...payload, exp: payload.exp - 3_000 }) });
        },
      };
      const userId = await database.createUser();
      const session = await login(fixture.integration(options, shortLived), userId);
      const sessionHandle = session.getHandle();
      const known = await plain.getSessionInformation({ sessionHandle, userContext: context() });
      const [token, ...others] = await database.tokens(userId);
      expect(others).toEqual([]);
      expect(token?.ttl).toBeLessThan(Date.now() + 700_000);
      expect(known && (await recordOf(known, []))?.expiry).toBe(token?.ttl);
    },
  );
});

describe.skipIf(sdk === 'supertokens-node-22')('as a plugin, which SDKs take from 23 on', () => {
  it('does the same', async () => {
    const { database, deployment } = fixture;
    const plugin = faunadbPlugin({ userCollectionName: database.collection, faunaDBClient: database.client });
    initialise(deployment.supertokensUri, {}, { experimental: { plugins: [plugin] } });
    const userId = await database.createUser();
    const session = await Session.createNewSessionWithoutRequestResponse('public', convertToRecipeUserId(userId));
    const token = await session.getFaunadbToken();
    expect(await database.identity(token)).toBe(userId);
    expect(await Session.revokeAllSessionsForUser(userId)).toEqual([session.getHandle()]);
    expect(await database.identity(token)).toBeUndefined();
  });
});

describe('what is wrong with the settings is said at once', () => {
  const faunaDBClient = new faunadb.Client({ secret: 'x' });
  it.each([
    [{ userCollectionName: 'users' }, 'faunaDBClient is missing'],
    [{ faunaDBClient: {}, userCollectionName: 'users' }, 'faunaDBClient must be'],
    [{ faunaDBClient }, 'userCollectionName is missing'],
    [{ faunaDBClient, userCollectionName: '' }, 'userCollectionName must be'],
    [{ faunaDBClient, userCollectionName: 'users', userColection: 'users' }, 'unknown option "userColection"'],
    [{ faunaDBClient, userCollectionName: 'users', accessFaunadbTokenFromFrontend: 'yes' }, 'must be true or false'],
    [{ faunaDBClient, userCollectionName: 'users', tokenLifetime: 10 }, 'tokenLifetime must be'],
    [{ faunaDBClient, userCollectionName: 'users', refreshGracePeriod: -1 }, 'refreshGracePeriod must be'],
    [{ faunaDBClient, userCollectionName: 'users', sealingKey: 'short' }, 'sealingKey must be'],
    [{ faunaDBClient, userCollectionName: 'users', sealingKey: [] }, 'sealingKey must be'],
    [
      { faunaDBClient, userCollectionName: 'users', sealingKey: 'A'.repeat(43), accessFaunadbTokenFromFrontend: true },
      'choose one',
    ],
    [{ faunaDBClient, userCollectionName: 'users', userRef: 'users' }, 'userRef must be a function'],
  ])('%#: %s', (options, message) => {
    expect(() => new RecipeImplementation({} as RecipeInterface, options as never)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) }),
    );
  });
});

describe.each(drivers)('what is wrong with FaunaDB is said at the first use, with the driver %s', (driver) => {
  const integration = (options: Partial<FaunadbSessionOptions> = {}) =>
    fixture.integration({ faunaDBClient: fixture.database.clientAt(fixture.database.url, driver), ...options });

  it('a wrong secret', async () => {
    const faunaDBClient = clientOf(driver, fixture.deployment.faunadbUrl, 'wrong');
    const error = await login(integration({ faunaDBClient }), '1').catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'FAUNADB_UNAUTHORIZED' });
    expect(String(error)).not.toContain('wrong');
  });

  it('a collection that does not exist', async () => {
    const recipe = integration({ userCollectionName: 'ghosts' });
    await expect(login(recipe, '1')).rejects.toMatchObject({ code: 'USER_COLLECTION_NOT_FOUND' });
  });

  it('a user id that is no id of FaunaDB', async () => {
    const error = await login(integration(), 'auth0|1').catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'FAUNADB_REFUSED', message: expect.stringContaining('auth0|1') });
  });

  it('a function of the application that fails', async () => {
    const userRef = () => {
      throw new Error('no such user');
    };
    await expect(login(integration({ userRef }), '1')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('no such user'),
    });
  });

  it('FaunaDB is not there', async () => {
    const faunaDBClient = clientOf(driver, 'http://127.0.0.1:9', 'x');
    const error = await login(integration({ faunaDBClient }), '1').catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'FAUNADB_UNAVAILABLE', message: expect.stringContaining('ECONNREFUSED') });
  });
});
