import type { FaunadbSession } from 'supertokens-faunadb';
import type { RecipeInterface, SessionContainer } from 'supertokens-node-sdk/recipe/session';
import type { JSONObject } from 'supertokens-node-sdk/types';

/** The old names of a session's methods. */
export interface OldSessionNames {
  /** Now `getAccessTokenPayload`. */
  getJWTPayload(): JSONObject;
  /** Replaces the application's part of the payload, while today's `mergeIntoAccessTokenPayload` merges into it. */
  updateJWTPayload(jwtPayload: JSONObject): Promise<void>;
  /** Now `getSessionDataFromDatabase`. */
  getSessionData(): Promise<JSONObject>;
  /** Now `updateSessionDataInDatabase`. */
  updateSessionData(sessionData: JSONObject): Promise<void>;
}

// Adds the old names to the SDK's own session type, so that `req.session` and the SDK's results have them too.
declare module 'supertokens-node-sdk/lib/build/recipe/session/types' {
  interface SessionContainerInterface extends OldSessionNames, FaunadbSession {}
}

/** Adds the old names to every session that the recipe returns. */
export function withOldNames(recipe: RecipeInterface): RecipeInterface {
  return {
    ...recipe,
    createNewSession: async (input) => named(await recipe.createNewSession(input)),
    getSession: async (input) => {
      const session = await recipe.getSession(input);
      return session && named(session);
    },
    refreshSession: async (input) => named(await recipe.refreshSession(input)),
  };
}

function named(session: SessionContainer): SessionContainer {
  const old: OldSessionNames = {
    getJWTPayload: () => session.getAccessTokenPayload(),
    updateJWTPayload: (jwtPayload) =>
      session.mergeIntoAccessTokenPayload(replacement(session.getAccessTokenPayload(), jwtPayload)),
    getSessionData: () => session.getSessionDataFromDatabase(),
    updateSessionData: (sessionData) => session.updateSessionDataInDatabase(sessionData),
  };
  return Object.assign(session, old);
}

/** The keys of a payload that do not belong to the application: standard claims, the SDK's, and the FaunaDB token's. */
const reservedKeys =
  /^(sub|iat|exp|iss|tId|rsub|stt|sessionHandle|.*RefreshTokenHash1|refreshTokenHash1|antiCsrfToken|st-.*|faunadb.*)$/;

/**
 * Returns the merge that replaces the application's part of a payload: null removes a key. Reserved keys are left out,
 * because the Core refuses them, and an application may write back all that `getJWTPayload` returned.
 */
export function replacement(payload: JSONObject, jwtPayload: JSONObject): JSONObject {
  const isApplications = ([key]: [string, unknown]) => !reservedKeys.test(key);
  const gone = Object.entries(payload).filter(isApplications);
  return Object.fromEntries([
    ...gone.map(([key]) => [key, null]),
    ...Object.entries(jwtPayload).filter(isApplications),
  ]);
}
