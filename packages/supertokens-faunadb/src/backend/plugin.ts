import type { SuperTokensPlugin } from 'supertokens-node/types';
import { type FaunadbSessionOptions, settingsFrom } from './options.js';
import { AccountLinkingImplementation, MultitenancyImplementation } from './other-recipes.js';
import { RecipeImplementation } from './recipe-implementation.js';

// These exports also add the session's new methods for applications that import only the plugin.
export type { FaunadbSession, GetFaunadbTokenOptions, SessionContainer } from './session-container.js';

/**
 * The integration as a SuperTokens plugin, an alternative to the override. It takes the same options as
 * {@link RecipeImplementation}, and needs `Session.init` in the recipe list.
 *
 * @throws FaunadbSessionError `CONFIG_INVALID` if an option is missing, unknown or invalid.
 *
 * @example
 * ```ts
 * supertokens.init({
 *   experimental: { plugins: [faunadbPlugin({ userCollectionName: 'users', faunaDBClient })] },
 *   recipeList: [Session.init()],
 *   // …
 * });
 * ```
 */
export function faunadbPlugin(options: FaunadbSessionOptions): SuperTokensPlugin {
  settingsFrom(options);
  return {
    id: 'supertokens-faunadb',
    compatibleSDKVersions: ['^23.0.0', '^24.0.0'],
    overrideMap: {
      session: {
        recipeInitRequired: true,
        functions: (originalImplementation) => new RecipeImplementation(originalImplementation, options),
      },
      accountlinking: {
        functions: (originalImplementation) => new AccountLinkingImplementation(originalImplementation),
      },
      multitenancy: {
        functions: (originalImplementation) => new MultitenancyImplementation(originalImplementation),
      },
    },
  };
}
