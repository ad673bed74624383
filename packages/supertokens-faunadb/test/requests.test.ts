import { convertToRecipeUserId } from 'supertokens-node';
import type { RecipeInterface, SessionContainer } from 'supertokens-node/recipe/session';
import type { UserContext } from 'supertokens-node/types';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FaunadbSessionOptions, RecipeImplementation } from '../src/index.js';
import { drivers, TestDatabase } from './support/database.js';
import { type Deployment, startDeployment } from './support/deployment.js';
import { FaultProxy } from './support/fault-proxy.js';
import { plainRecipe } from './support/supertokens.js';

let deployment: Deployment;
let database: TestDatabase;
let core: FaultProxy;
let fauna: FaultProxy;
let plain: RecipeInterface;
let userId: string;

beforeAll(async () => {
  deployment = await startDeployment();
  database = await TestDatabase.create(deployment.faunadbUrl, deployment.faunadbSecret);
  core = await FaultProxy.before(deployment.supertokensUri, 'http1');
  fauna = await FaultProxy.before(deployment.faunadbUrl, 'http2');
  plain = plainRecipe(core.url);
  userId = await database.createUser();
  // What is asked for once a process: the Core's version and signing keys, and how long access tokens live.
  const session = await login(plain);
  await plain.getSession({ accessToken: session.getAccessToken(), userContext: context() });
});

afterAll(async () => {
  await core?.stop();
  await fauna?.stop();
  await deployment?.stop();
});

const context = () => ({}) as UserContext;

function login(recipe: RecipeInterface, user = userId): Promise<SessionContainer> {
  return recipe.createNewSession({
    userId: user,
    recipeUserId: convertToRecipeUserId(user),
    tenantId: 'public',
    disableAntiCsrf: true,
    userContext: context(),
  });
}

function refresh(recipe: RecipeInterface, session: SessionContainer): Promise<SessionContainer> {
  const { refreshToken = '' } = session.getAllSessionTokensDangerously();
  return recipe.refreshSession({ refreshToken, disableAntiCsrf: true, userContext: context() });
}

/** How many requests an operation makes. */
async function count<T>(operation: () => Promise<T>) {
  core.taken();
  fauna.taken();
  const result = await operation();
  return { result, core: core.taken().length, fauna: fauna.taken().length };
}

const sealingKey = Buffer.alloc(32, 7).toString('base64url');
const modes: [string, Partial<FaunadbSessionOptions>, { refresh: number; firstUse: number; query?: number }][] = [
  ['in the payload', { accessFaunadbTokenFromFrontend: true }, { refresh: 1, firstUse: 0 }],
  ['sealed in the payload', { sealingKey }, { refresh: 1, firstUse: 0 }],
  ['in the session data', {}, { refresh: 2, firstUse: 1 }],
  ['sealed and kept', { sealingKey, keepTokenOnRefresh: true }, { refresh: 0, firstUse: 0, query: 0 }],
  ['in the session data and kept', { keepTokenOnRefresh: true }, { refresh: 0, firstUse: 1, query: 0 }],
];

const modesOfDrivers = drivers.flatMap((driver) => modes.map((mode) => [driver, ...mode] as const));

describe.each(modesOfDrivers)(
  'the requests beyond those of a plain session, with %s and the token %s',
  (driver, _, options, beyond) => {
    let recipe: RecipeImplementation;

    beforeEach(async () => {
      recipe = new RecipeImplementation(plain, {
        userCollectionName: database.collection,
        faunaDBClient: database.clientAt(fauna.url, driver),
        // Nothing is left for later, which would be counted with what comes next.
        refreshGracePeriod: 0,
        ...options,
      });
      await login(recipe);
    });

    it('are one query at login', async () => {
      const without = await count(() => login(plain));
      const withToken = await count(() => login(recipe));
      expect(withToken.core - without.core).toBe(0);
      expect(withToken.fauna).toBe(1);
    });

    it(`are ${beyond.query ?? 1} queries and ${beyond.refresh} of the Core at a refresh`, async () => {
      const plainSession = await login(plain);
      const session = await login(recipe);
      const without = await count(() => refresh(plain, plainSession));
      const withToken = await count(() => refresh(recipe, session));
      expect(withToken.core - without.core).toBe(beyond.refresh);
      expect(withToken.fauna).toBe(beyond.query ?? 1);
    });

    it('are one query and one of the Core at a sign-out', async () => {
      const plainSession = await login(plain);
      const session = await login(recipe);
      const without = await count(() =>
        plain.revokeSession({ sessionHandle: plainSession.getHandle(), userContext: context() }),
      );
      const withToken = await count(() =>
        recipe.revokeSession({ sessionHandle: session.getHandle(), userContext: context() }),
      );
      expect(withToken.core - without.core).toBe(1);
      expect(withToken.fauna).toBe(1);
    });

    const use = async (of: RecipeInterface, session: SessionContainer) => {
      const verified = await of.getSession({ accessToken: session.getAccessToken(), userContext: context() });
      return verified?.getFaunadbToken();
    };

    it('are none for the uses of a token that this process has made', async () => {
      const session = await login(recipe);
      const { core, fauna } = await count(() => use(recipe, session));
      expect([core, fauna]).toEqual([0, 0]);
    });

    it(`are ${beyond.firstUse} of the Core for all uses of a token that another process has made, until the next refresh`, async () => {
      const another = new RecipeImplementation(plain, {
        userCollectionName: database.collection,
        faunaDBClient: database.clientAt(fauna.url, driver),
        refreshGracePeriod: 0,
        ...options,
      });
      const session = await login(another);
      const {
        result,
        core,
        fauna: queries,
      } = await count(async () => [await use(recipe, session), await use(recipe, session)]);
      const token = await session.getFaunadbToken();
      expect(result).toEqual([token, token]);
      expect([core, queries]).toEqual([beyond.firstUse, 0]);
      const next = await refresh(another, session);
      const after = await count(() => use(recipe, next));
      expect(after.result).toBe(await use(another, next));
      expect(await database.identity(after.result ?? '')).toBe(userId);
    });

    it('are one query for the end of many sessions of a user', async () => {
      await login(recipe);
      await login(recipe);
      const { fauna } = await count(() =>
        recipe.revokeAllSessionsForUser({
          userId,
          tenantId: 'public',
          revokeSessionsForLinkedAccounts: true,
          userContext: context(),
        }),
      );
      expect(fauna).toBe(1);
      expect(await database.tokens(userId)).toEqual([]);
    });

    it('are one query for every four that begin in one turn of the event loop', async () => {
      const logins = await count(() => Promise.all(Array.from({ length: 10 }, () => login(recipe))));
      expect(logins.fauna).toBe(3);
      const tokens = await Promise.all(logins.result.map((session) => session.getFaunadbToken()));
      expect(new Set(tokens).size).toBe(10);
      expect(await Promise.all(tokens.map((token) => database.identity(token)))).toEqual(tokens.map(() => userId));
    });

    it.each([
      ['one query where a user of the turn does not exist', '1', 1],
      ['a query each where one of the turn is refused, after all of them together', 'no id', 4],
    ])('are %s, and the others have their tokens', async (_, unknown, queries) => {
      const logins = await count(() =>
        Promise.allSettled([unknown, userId, userId].map((user) => login(recipe, user))),
      );
      const [refused, ...made] = logins.result;
      expect(refused).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining(unknown) } });
      expect(made.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
      expect(logins.fauna).toBe(queries);
      for (const login of made) {
        if (login.status === 'fulfilled')
          expect(await database.identity(await login.value.getFaunadbToken())).toBe(userId);
      }
    });
  },
);
