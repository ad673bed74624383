import { Client as Fql10Client, fql } from 'fauna';
import { convertToRecipeUserId } from 'supertokens-node';
import { type RecipeInterface, Error as SessionError } from 'supertokens-node/recipe/session';
import type { UserContext } from 'supertokens-node/types';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordOf } from '../src/backend/place.js';
import type { FaunaClient } from '../src/fauna/base/types.js';
import { type FaunadbSessionOptions, RecipeImplementation, type TokenDeletionReport } from '../src/index.js';
import { drivers, TestDatabase, type TokenDocument } from './support/database.js';
import { type Deployment, startDeployment } from './support/deployment.js';
import { FaultProxy, type PassedRequest } from './support/fault-proxy.js';
import { plainRecipe } from './support/supertokens.js';

const sealingKey = Buffer.alloc(32, 7).toString('base64url');
const places = {
  'in the payload': { accessFaunadbTokenFromFrontend: true },
  'sealed in the payload': { sealingKey },
  'in the session data': {},
} satisfies Record<string, Partial<FaunadbSessionOptions>>;
/** With an earlier SDK, a sealed token adds nothing to one in the payload: the SDK handles both alike. */
const testedPlaces = Object.entries(places).filter(
  ([name]) => process.env.SUPERTOKENS_NODE === undefined || name !== 'sealed in the payload',
);

let deployment: Deployment;
let database: TestDatabase;
let core: FaultProxy;
let fauna: FaultProxy;
let faunaDBClient: FaunaClient;
let plain: RecipeInterface;
let userId: string;

beforeAll(async () => {
  deployment = await startDeployment();
  database = await TestDatabase.create(deployment.faunadbUrl, deployment.faunadbSecret);
  core = await FaultProxy.before(deployment.supertokensUri, 'http1');
  fauna = await FaultProxy.before(deployment.faunadbUrl, 'http2');
  plain = plainRecipe(core.url);
});

afterAll(async () => {
  await core?.stop();
  await fauna?.stop();
  await deployment?.stop();
});

beforeEach(async () => {
  userId = await database.createUser();
});

afterEach(() => {
  core.fault = () => undefined;
  fauna.fault = () => undefined;
});

/** The integration over the plain recipe: as many as there are calls, each as if in a process of its own. */
function integration(options: Partial<FaunadbSessionOptions> = {}): RecipeImplementation {
  return new RecipeImplementation(plain, {
    userCollectionName: database.collection,
    faunaDBClient,
    queryTimeout: 2_000,
    ...options,
  });
}

function login(
  recipe: RecipeInterface,
  user = userId,
  rest: { accessTokenPayload?: object; sessionDataInDatabase?: object } = {},
) {
  return recipe.createNewSession({
    userId: user,
    recipeUserId: convertToRecipeUserId(user),
    tenantId: 'public',
    disableAntiCsrf: true,
    userContext: context(),
    ...rest,
  });
}

function refresh(recipe: RecipeInterface, session: Awaited<ReturnType<typeof login>>) {
  const { refreshToken } = session.getAllSessionTokensDangerously();
  return recipe.refreshSession({ refreshToken: refreshToken ?? '', disableAntiCsrf: true, userContext: context() });
}

/** The session as the next request sees it. */
async function nextRequest(recipe: RecipeInterface, session: Awaited<ReturnType<typeof login>>) {
  const verified = await recipe.getSession({ accessToken: session.getAccessToken(), userContext: context() });
  if (verified === undefined) throw new Error('no session');
  return verified;
}

function context(): UserContext {
  return {} as UserContext;
}

/** How long to wait for the old token of a refresh to be retired. */
const handover = { timeout: 20_000, interval: 100 };

/** The tokens of the user that live on for longer than the grace of a refresh. */
async function lastingTokens(user = userId): Promise<TokenDocument[]> {
  return (await database.tokens(user)).filter(({ ttl }) => ttl > Date.now() + 11_000);
}

/** Waits until no other is left: a refresh retires the old token a moment later, when streams have moved to the new one. */
async function hasOneLastingToken(user = userId): Promise<void> {
  await vi.waitFor(async () => expect(await lastingTokens(user)).toHaveLength(1), handover);
}

function isWrite({ body }: PassedRequest): boolean {
  return /"create"|"replace"|Token\.create/.test(body);
}

describe.each(drivers)('with the driver %s', (driver) => {
  beforeAll(() => {
    faunaDBClient = database.clientAt(fauna.url, driver);
  });

  describe.each(testedPlaces)('a token %s', (_, options) => {
    it('is made at login and acts as the user', async () => {
      const recipe = integration(options);
      const session = await login(recipe);
      const token = await session.getFaunadbToken();
      expect(await database.identity(token)).toBe(userId);
      expect(await (await nextRequest(recipe, session)).getFaunadbToken()).toBe(token);
      await hasOneLastingToken();
    });

    it('is its own in a session that begins with what another one holds', async () => {
      const recipe = integration(options);
      const first = await login(recipe, userId, { accessTokenPayload: { theirs: 1 } });
      const held = await plain.getSessionInformation({ sessionHandle: first.getHandle(), userContext: context() });
      const second = await login(recipe, await database.createUser(), {
        accessTokenPayload: held?.customClaimsInAccessTokenPayload,
        sessionDataInDatabase: held?.sessionDataInDatabase,
      });
      expect(second.getAccessTokenPayload()).toMatchObject({ theirs: 1 });
      await recipe.revokeSession({ sessionHandle: first.getHandle(), userContext: context() });
      const token = await (await nextRequest(recipe, second)).getFaunadbToken();
      expect(await database.identity(token)).toBe(second.getUserId());
    });

    it('expires 30 s after the access token', async () => {
      const session = await login(integration(options));
      const { exp } = session.getAccessTokenPayload();
      const [token] = await database.tokens(userId);
      expect(Math.abs((token?.ttl ?? 0) - exp * 1_000 - 30_000)).toBeLessThan(15_000);
    });

    it('is replaced by a refresh, and the old one keeps the grace at most', async () => {
      const recipe = integration(options);
      const session = await login(recipe);
      const before = await session.getFaunadbToken();
      const refreshed = await refresh(recipe, session);
      const after = await refreshed.getFaunadbToken();
      expect(after).not.toBe(before);
      expect(await database.identity(after)).toBe(userId);
      expect(await (await nextRequest(recipe, refreshed)).getFaunadbToken()).toBe(after);
      const [current] = await vi.waitFor(async () => {
        const lasting = await lastingTokens();
        expect(lasting).toHaveLength(1);
        return lasting;
      }, handover);
      const [old] = await database.tokens(userId);
      expect(old?.ttl).toBeLessThan(Date.now() + 10_500);
      expect(current?.ttl).toBeGreaterThan(Date.now() + 30_000);
      expect(await database.identity(before)).toBe(userId);
    });

    it('dies at the refresh where the grace is 0', async () => {
      const recipe = integration({ ...options, refreshGracePeriod: 0 });
      const session = await login(recipe);
      const before = await session.getFaunadbToken();
      await refresh(recipe, session);
      expect(await database.identity(before)).toBeUndefined();
    });

    it('is replaced by each of several refreshes', async () => {
      const recipe = integration({ ...options, refreshGracePeriod: 0 });
      let session = await login(recipe);
      for (let i = 0; i < 4; i++) {
        session = await refresh(recipe, session);
        session = await nextRequest(recipe, session).then(() => session);
        const tokens = await database.tokens(userId);
        expect(tokens).toHaveLength(1);
        expect(await database.identity(await session.getFaunadbToken())).toBe(userId);
      }
    });

    it.each(['revokeSession', 'revokeMultipleSessions', 'revokeAllSessionsForUser'] as const)(
      'is dead when %s returns, and so is the one before it',
      async (name) => {
        const recipe = integration(options);
        const first = await login(recipe);
        const second = await refresh(recipe, first);
        const tokens = [await first.getFaunadbToken(), await second.getFaunadbToken()];
        const sessionHandle = second.getHandle();
        const answer =
          name === 'revokeSession'
            ? await recipe.revokeSession({ sessionHandle, userContext: context() })
            : name === 'revokeMultipleSessions'
              ? await recipe.revokeMultipleSessions({ sessionHandles: [sessionHandle], userContext: context() })
              : await recipe.revokeAllSessionsForUser({
                  userId,
                  tenantId: 'public',
                  revokeSessionsForLinkedAccounts: true,
                  userContext: context(),
                });
        expect(answer).toEqual(name === 'revokeSession' ? true : [sessionHandle]);
        for (const token of tokens) expect(await database.identity(token)).toBeUndefined();
        expect(await database.tokens(userId)).toEqual([]);
      },
    );

    it('is dead when its session is revoked, however fast refreshes have followed one another', async () => {
      const recipe = integration({ ...options, refreshGracePeriod: 600_000 });
      let session = await login(recipe);
      for (let i = 0; i < 5; i++) session = await refresh(recipe, session);
      await recipe.revokeSession({ sessionHandle: session.getHandle(), userContext: context() });
      expect(await database.tokens(userId)).toEqual([]);
    });

    it('is dead soon after its session is revoked, where a refresh without FaunaDB came last of fast ones', async () => {
      const recipe = integration({ ...options, refreshGracePeriod: 600_000, queryTimeout: 500 });
      let session = await login(recipe);
      for (let i = 0; i < 3; i++) session = await refresh(recipe, session);
      fauna.fault = () => ({ answer: 503 });
      session = await refresh(recipe, session);
      fauna.fault = () => undefined;
      await recipe.revokeSession({ sessionHandle: session.getHandle(), userContext: context() });
      await vi.waitFor(async () => expect(await database.tokens(userId)).toEqual([]), 5_000);
    });

    it('is dead when theft has been detected', async () => {
      const recipe = integration(options);
      const first = await login(recipe);
      const second = await nextRequest(recipe, await refresh(recipe, first));
      const token = await second.getFaunadbToken();
      await expect(refresh(recipe, first)).rejects.toMatchObject({ type: SessionError.TOKEN_THEFT_DETECTED });
      expect(await database.identity(token)).toBeUndefined();
      const known = await plain.getSessionInformation({ sessionHandle: second.getHandle(), userContext: context() });
      expect(known).toBeUndefined();
    });

    it('is deleted where the Core refuses the session', async () => {
      core.fault = ({ path }) => (path.startsWith('/public/recipe/session') ? { answer: 500 } : undefined);
      await expect(login(integration(options))).rejects.toThrow();
      expect(await database.tokens(userId)).toEqual([]);
    });

    it('is deleted where the answer of the Core is lost', async () => {
      core.fault = ({ path }) => (path.startsWith('/public/recipe/session') ? 'cut after' : undefined);
      await expect(login(integration(options))).rejects.toThrow();
      expect(await database.tokens(userId)).toEqual([]);
    });

    it.each([
      ['answers 500', { answer: 500 }],
      ['does not answer', 'hang'],
      ['is cut off', 'cut before'],
    ] as const)('is not made, nor is a session, where FaunaDB %s', async (_, fault) => {
      fauna.fault = () => fault;
      const error = await login(integration(options)).catch((e: unknown) => e);
      expect(error).toMatchObject({ code: 'FAUNADB_UNAVAILABLE', message: expect.stringContaining(userId) });
      const handles = await plain.getAllSessionHandlesForUser({
        userId,
        tenantId: 'public',
        fetchSessionsForAllLinkedAccounts: false,
        userContext: context(),
      });
      expect(handles).toEqual([]);
    });

    it('is deleted where the answer of FaunaDB is lost at login', async () => {
      fauna.fault = (request) => (isWrite(request) ? 'cut after' : undefined);
      await expect(login(integration(options))).rejects.toMatchObject({ code: 'FAUNADB_UNAVAILABLE' });
      await vi.waitFor(async () => expect(await database.tokens(userId)).toEqual([]), 10_000);
    });

    it('is not made for a user without a document', async () => {
      const error = await login(integration(options), '404').catch((e: unknown) => e);
      expect(error).toMatchObject({ code: 'USER_NOT_FOUND' });
      expect(String(error)).toMatch(/"404".*"users"/);
      expect(await database.tokens('404')).toEqual([]);
    });

    it.each([
      ['answers 500', { answer: 500 }],
      ['does not answer', 'hang'],
      ['is cut off', 'cut before'],
      ['has committed, and its answer is lost', 'cut after'],
    ] as const)('is made on its next use where at the refresh FaunaDB %s', async (_, fault) => {
      const recipe = integration(options);
      const session = await login(recipe);
      const before = await session.getFaunadbToken();
      fauna.fault = () => fault;
      const refreshed = await refresh(recipe, session);
      fauna.fault = () => undefined;
      const request = await nextRequest(recipe, refreshed);
      const use = () => request.getFaunadbToken();
      // The driver may not have noticed yet that its connection was cut: that query then gets no answer.
      const after = fault === 'cut before' ? await vi.waitFor(use, 10_000) : await use();
      expect(after).not.toBe(before);
      expect(await database.identity(after)).toBe(userId);
      expect(await (await nextRequest(recipe, request)).getFaunadbToken()).toBe(after);
      await hasOneLastingToken();
    });

    it('is not given while FaunaDB is away after a refresh without it', async () => {
      const recipe = integration(options);
      const session = await login(recipe);
      fauna.fault = () => ({ answer: 503 });
      const refreshed = await refresh(recipe, session);
      await expect(refreshed.getFaunadbToken()).rejects.toMatchObject({ code: 'FAUNADB_UNAVAILABLE' });
    });

    it.each([
      ['answers 500', { answer: 500 }],
      ['does not answer', 'hang'],
      ['is cut off', 'cut before'],
    ] as const)('is deleted later where at the sign-out FaunaDB %s', async (_, fault) => {
      const reports: TokenDeletionReport[] = [];
      const recipe = integration({ ...options, onTokenDeletion: (report) => reports.push(report) });
      const session = await login(recipe);
      const token = await session.getFaunadbToken();
      fauna.fault = () => fault;
      const sessionHandle = session.getHandle();
      expect(await recipe.revokeSession({ sessionHandle, userContext: context() })).toBe(true);
      expect(reports).toMatchObject([{ status: 'retrying', tries: 1, userId, sessionHandles: [sessionHandle] }]);
      expect(await database.identity(token)).toBe(userId);
      fauna.fault = () => undefined;
      await vi.waitFor(async () => expect(await database.identity(token)).toBeUndefined(), 10_000);
      await vi.waitFor(() => expect(reports.at(-1)?.status).toBe('deleted'), 10_000);
      expect(JSON.stringify(reports)).not.toContain(token);
    });

    it('is the same in all of ten refreshes at once, in one process', async () => {
      const recipe = integration(options);
      const session = await login(recipe);
      const refreshed = await Promise.all(Array.from({ length: 10 }, () => refresh(recipe, session)));
      const tokens = await Promise.all(refreshed.map((one) => one.getFaunadbToken()));
      await hasOneLastingToken();
      for (const token of tokens) expect(await database.identity(token)).toBe(userId);
      expect(new Set(tokens).size).toBe(1);
    });

    it('is the same in two refreshes at once, in two processes', async () => {
      const session = await login(integration(options));
      const refreshed = await Promise.all([
        refresh(integration(options), session),
        refresh(integration(options), session),
      ]);
      const tokens = await Promise.all(refreshed.map((one) => one.getFaunadbToken()));
      await hasOneLastingToken();
      expect(new Set(tokens).size).toBe(1);
      expect(await database.identity(tokens[0] ?? '')).toBe(userId);
    });

    it('is made anew by a refresh whose answer was lost, when the token of the first attempt has expired', async () => {
      const recipe = integration({ ...options, tokenLifetime: 6_000 });
      const session = await login(recipe);
      const lost = await (await refresh(recipe, session)).getFaunadbToken();
      // The token counts as expired 5 s before its end.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const refreshed = await refresh(recipe, session);
      const known = await plain.getSessionInformation({ sessionHandle: session.getHandle(), userContext: context() });
      expect((known && (await recordOf(known, [])))?.expiry).toBeGreaterThan(Date.now() + 5_000);
      expect(await refreshed.getFaunadbToken()).not.toBe(lost);
    });

    it('is taken over where the process that was making it died before recording it', async () => {
      const recipe = integration(options);
      const session = await login(recipe);
      // The process dies after FaunaDB's commit: nothing it would do next reaches the Core.
      core.fault = ({ path, method }) =>
        path.startsWith('/recipe/session/regenerate') || method === 'PUT' ? 'hang' : undefined;
      const dying = integration(options);
      void refresh(dying, session).catch(() => {});
      await vi.waitFor(async () => expect(await database.tokens(userId)).toHaveLength(2), 10_000);
      core.fault = () => undefined;
      const refreshed = await refresh(recipe, session);
      const token = await refreshed.getFaunadbToken();
      expect(await database.identity(token)).toBe(userId);
      await hasOneLastingToken();
    });

    it('does not outlive a session that is revoked while it is refreshed', async () => {
      const recipe = integration(options);
      const session = await login(recipe);
      let release = () => {};
      const delay = new Promise<void>((resolve) => {
        release = resolve;
      });
      fauna.fault = (request) => (isWrite(request) ? { delay } : undefined);
      const refreshing = refresh(recipe, session).catch((error: unknown) => error);
      await vi.waitFor(() => expect(fauna.requests.some(isWrite)).toBe(true), 10_000);
      fauna.requests.length = 0;
      await integration(options).revokeSession({ sessionHandle: session.getHandle(), userContext: context() });
      release();
      expect(await refreshing).toMatchObject({ type: SessionError.UNAUTHORISED });
      expect(await database.tokens(userId)).toEqual([]);
    });

    it('does not outlive a session that is revoked while FaunaDB is slow to refresh it', async () => {
      const session = await login(integration(options));
      let release = () => {};
      const delay = new Promise<void>((resolve) => {
        release = resolve;
      });
      fauna.fault = (request) => (isWrite(request) ? { delay } : undefined);
      const refreshing = refresh(integration({ ...options, queryTimeout: 500 }), session).catch(
        (error: unknown) => error,
      );
      await vi.waitFor(() => expect(fauna.requests.some(isWrite)).toBe(true), 10_000);
      fauna.requests.length = 0;
      await integration(options).revokeSession({ sessionHandle: session.getHandle(), userContext: context() });
      expect(await refreshing).toMatchObject({ type: SessionError.UNAUTHORISED });
      // Nobody waits for it any more, and it is made all the same.
      release();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await vi.waitFor(async () => expect(await database.tokens(userId)).toEqual([]), 10_000);
    });

    it('is made anew by checkAlive where somebody deleted it', async () => {
      const recipe = integration(options);
      const session = await login(recipe);
      const token = await session.getFaunadbToken();
      expect(await session.getFaunadbToken({ checkAlive: true })).toBe(token);
      const { Logout } = (await import('faunadb')).query;
      await database.client.query(Logout(false), { secret: token });
      const anew = await session.getFaunadbToken({ checkAlive: true });
      expect(await database.identity(anew)).toBe(userId);
      expect(await (await nextRequest(recipe, session)).getFaunadbToken()).toBe(anew);
    });

    it('is refused by checkAlive where the document of the user is gone', async () => {
      const session = await login(integration(options));
      await database.deleteUser(userId);
      await expect(session.getFaunadbToken({ checkAlive: true })).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
    });

    it('leaves the payload and the data of the application as they are', async () => {
      const recipe = integration(options);
      const session = await login(recipe, userId, {
        accessTokenPayload: { theirs: 1 },
        sessionDataInDatabase: { own: { a: 2 } },
      });
      await session.mergeIntoAccessTokenPayload({ more: 3 });
      await recipe.updateSessionDataInDatabase({
        sessionHandle: session.getHandle(),
        newSessionData: { own: { b: 4 } },
        userContext: context(),
      });
      const refreshed = await refresh(recipe, session);
      expect(refreshed.getAccessTokenPayload()).toMatchObject({ theirs: 1, more: 3 });
      expect(await refreshed.getSessionDataFromDatabase()).toMatchObject({ own: { b: 4 } });
      expect(await database.identity(await refreshed.getFaunadbToken())).toBe(userId);
    });

    it('is known by the handle of its session', async () => {
      const recipe = integration(options);
      const session = await login(recipe);
      const { getFaunadbTokenForSession } = await import('../src/index.js');
      expect(await getFaunadbTokenForSession(session.getHandle())).toBe(await session.getFaunadbToken());
      await expect(getFaunadbTokenForSession('nobody')).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    });

    it('keeps its id out of the payload', async () => {
      const session = await login(integration(options));
      const [token] = await database.tokens(userId);
      expect(JSON.stringify(session.getAccessTokenPayload())).not.toContain(token?.id);
    });

    it('queries as the user through the client of the session, and again with a new one where it met a 401', async () => {
      const { query: q } = await import('faunadb');
      const session = await login(integration(options));
      const client = await session.getFaunaClient<FaunaClient>();
      const whoAmI = async () =>
        client instanceof Fql10Client
          ? (await client.query<string>(fql`Query.identity()!.id`)).data
          : client.query<string>(q.Select('id', q.CurrentIdentity()));
      expect(client instanceof Fql10Client).toBe(driver === 'fauna');
      expect(await whoAmI()).toBe(userId);
      await database.client.query(q.Logout(false), { secret: await session.getFaunadbToken() });
      expect(await whoAmI()).toBe(userId);
    });

    it('is taken along where the settings put tokens elsewhere', async () => {
      let session = await login(integration(options));
      for (const other of Object.values(places)) {
        session = await refresh(integration({ ...other, refreshGracePeriod: 0 }), session);
        expect(await database.identity(await session.getFaunadbToken())).toBe(userId);
        expect('faunadbToken' in session.getAccessTokenPayload()).toBe('accessFaunadbTokenFromFrontend' in other);
        const data = await session.getSessionDataFromDatabase();
        expect('faunadbToken' in data).toBe(!('accessFaunadbTokenFromFrontend' in other) && !('sealingKey' in other));
        expect(await database.tokens(userId)).toHaveLength(1);
      }
    });
  });
});
