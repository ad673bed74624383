import type { FaunadbSession } from 'supertokens-faunadb';
import type { RecipeInterface, SessionContainer } from 'supertokens-node-sdk/recipe/session';
import type { JSONObject } from 'supertokens-node-sdk/types';

/** What a session's methods were called. */
export interface OldSessionNames {
  /** Now `getAccessTokenPayload`. */
  getJWTPayload(): JSONObject;
  /** It replaced the application's part of the payload; `mergeIntoAccessTokenPayload` of today merges into it. */
  updateJWTPayload(jwtPayload: JSONObject): Promise<void>;
  /** Now `getSessionDataFromDatabase`. */
  getSessionData(): Promise<JSONObject>;
  /** Now `updateSessionDataInDatabase`. */
  updateSessionData(sessionData: JSONObject): Promise<void>;
}

// The SDK's own types of `req.session` and of what its functions return know both sets of names.
declare module 'supertokens-node-sdk/lib/build/recipe/session/types' {
  interface SessionContainerInterface extends OldSessionNames, FaunadbSession {}
}

/** Gives the old names to every session that the recipe makes. */
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

/** Of the payload, what never was the application's: the token's own claims, the SDK's, and the FaunaDB token. */
const notTheApplications =
  /^(sub|iat|exp|iss|tId|rsub|stt|sessionHandle|.*RefreshTokenHash1|refreshTokenHash1|antiCsrfToken|st-.*|faunadb.*)$/;

/**
 * The merge that leaves of the application's part of a payload only what is in the new one: null removes a key. An
 * application writes back what `getJWTPayload` gave it, whose other parts the Core refuses.
 */
export function replacement(payload: JSONObject, jwtPayload: JSONObject): JSONObject {
  const theirs = ([key]: [string, unknown]) => !notTheApplications.test(key);
  const gone = Object.entries(payload).filter(theirs);
  return Object.fromEntries([...gone.map(([key]) => [key, null]), ...Object.entries(jwtPayload).filter(theirs)]);
}
