import { convertToRecipeUserId } from 'supertokens-node';
import type { RecipeInterface, SessionContainer } from 'supertokens-node/recipe/session';
import type { UserContext } from 'supertokens-node/types';
import { afterAll, beforeAll } from 'vitest';
import type { FaunaClient } from '../../src/fauna/base/types.js';
import { type FaunadbSessionOptions, RecipeImplementation } from '../../src/index.js';
import { type Driver, TestDatabase } from './database.js';
import { type Deployment, startDeployment } from './deployment.js';
import { plainRecipe } from './supertokens.js';

/** The servers of a test file, a database of its own, and the SDK without the integration. */
export interface Fixture {
  readonly deployment: Deployment;
  readonly database: TestDatabase;
  /** A client of the driver that is tested, with the server key of the database. */
  readonly faunaDBClient: FaunaClient;
  readonly plain: RecipeInterface;
  /** Initialises the SDK as it was at the beginning of the file. */
  reset(): void;
  /** The integration over the plain recipe. */
  integration(options?: Partial<FaunadbSessionOptions>, original?: RecipeInterface): RecipeImplementation;
}

/** Starts what tests need before them, and stops it after them. */
export function provideFixture(driver: Driver = 'faunadb'): Fixture {
  const fixture = {} as { -readonly [Key in keyof Fixture]: Fixture[Key] };
  beforeAll(async () => {
    fixture.deployment = await startDeployment();
    fixture.database = await TestDatabase.create(fixture.deployment.faunadbUrl, fixture.deployment.faunadbSecret);
    fixture.faunaDBClient = fixture.database.clientAt(fixture.database.url, driver);
    fixture.reset = () => {
      fixture.plain = plainRecipe(fixture.deployment.supertokensUri);
    };
    fixture.reset();
    fixture.integration = (options = {}, original = fixture.plain) =>
      new RecipeImplementation(original, {
        userCollectionName: fixture.database.collection,
        faunaDBClient: fixture.faunaDBClient,
        ...options,
      });
  });
  afterAll(async () => {
    await fixture.deployment?.stop();
  });
  return fixture;
}

export interface LoginInput {
  readonly recipeUserId?: string;
  readonly tenantId?: string;
  readonly accessTokenPayload?: object;
  readonly sessionDataInDatabase?: object;
}

export function login(recipe: RecipeInterface, userId: string, input: LoginInput = {}): Promise<SessionContainer> {
  return recipe.createNewSession({
    tenantId: 'public',
    disableAntiCsrf: true,
    userContext: context(),
    ...input,
    userId,
    recipeUserId: convertToRecipeUserId(input.recipeUserId ?? userId),
  });
}

export function refresh(recipe: RecipeInterface, session: SessionContainer): Promise<SessionContainer> {
  const { refreshToken = '' } = session.getAllSessionTokensDangerously();
  return recipe.refreshSession({ refreshToken, disableAntiCsrf: true, userContext: context() });
}

/** The session as the next request sees it. */
export async function nextRequest(recipe: RecipeInterface, session: SessionContainer): Promise<SessionContainer> {
  const verified = await recipe.getSession({ accessToken: session.getAccessToken(), userContext: context() });
  if (verified === undefined) throw new Error('no session');
  return verified;
}

export function revoke(recipe: RecipeInterface, session: SessionContainer): Promise<boolean> {
  return recipe.revokeSession({ sessionHandle: session.getHandle(), userContext: context() });
}

export function context(): UserContext {
  return {} as UserContext;
}
