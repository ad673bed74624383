import { createRequire } from 'node:module';
import supertokens from 'supertokens-node';
import Session, { type RecipeInterface } from 'supertokens-node/recipe/session';
import type { NetworkInterceptor, TypeInput } from 'supertokens-node/types';

// The SDK lets itself be reset in a test environment only.
process.env.TEST_MODE = 'testing';

const require = createRequire(import.meta.url);
/** The SDK under test: vitest.config.ts puts earlier major versions in its place. */
export const sdk = process.env.SUPERTOKENS_NODE ?? 'supertokens-node';
/** The default export of one of the SDK's own modules. */
export const internal = <T>(path: string): T => require(`${sdk}/lib/build/${path}`).default;
const SuperTokens = internal<{ reset(): void }>('supertokens');
const SessionRecipe = internal<{
  getInstanceOrThrowError(): { recipeInterfaceImpl: RecipeInterface };
}>('recipe/session/recipe');

/** The recipes that the SDK initialises by itself, and those that a test may ask for. */
const alwaysThere = ['session', 'accountlinking', 'multitenancy', 'usermetadata', 'multifactorauth', 'openid', 'jwt'];

type SessionConfig = NonNullable<Parameters<typeof Session.init>[0]>;

/** Takes the SDK back to before its `init`. */
export function resetSdk(): void {
  SuperTokens.reset();
  for (const recipe of alwaysThere) internal<{ reset(): void }>(`recipe/${recipe}/recipe`).reset();
}

/** Initialises the SDK, anew where it was before. */
export function initialise(connectionURI: string, session: SessionConfig = {}, rest: Partial<TypeInput> = {}): void {
  resetSdk();
  supertokens.init({
    supertokens: { connectionURI },
    appInfo: { appName: 'test', apiDomain: 'http://localhost:3000', websiteDomain: 'http://localhost:3000' },
    telemetry: false,
    ...rest,
    recipeList: [Session.init(session), ...(rest.recipeList ?? [])],
  });
}

/** The session recipe's functions without any override. */
export function plainRecipe(connectionURI: string, networkInterceptor?: NetworkInterceptor): RecipeInterface {
  const connection = { connectionURI, ...(networkInterceptor === undefined ? {} : { networkInterceptor }) };
  initialise(connectionURI, {}, { supertokens: connection });
  return SessionRecipe.getInstanceOrThrowError().recipeInterfaceImpl;
}
