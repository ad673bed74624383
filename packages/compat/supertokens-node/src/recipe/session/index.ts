import * as supertokens from 'supertokens-node-sdk';
import * as sdk from 'supertokens-node-sdk/recipe/session';
import { verifySession } from 'supertokens-node-sdk/recipe/session/framework/express';
import type { JSONObject } from 'supertokens-node-sdk/types';
import { replacement, withOldNames } from './old-names.js';

export * from 'supertokens-node-sdk/recipe/session';
export type { OldSessionNames } from './old-names.js';
/** Express' middleware, which has moved to `supertokens-node/recipe/session/framework/express`. */
export { verifySession };

/** Today's `init`. Its sessions also have the old method names. */
export const init: typeof sdk.init = (config) =>
  sdk.init({
    ...config,
    override: {
      ...config?.override,
      functions: (original, builder) => withOldNames(config?.override?.functions?.(original, builder) ?? original),
    },
  });

/** The old signature: creates a session on an Express response, for a user of the tenant "public". */
export function createNewSession(
  res: object,
  userId: string,
  jwtPayload?: JSONObject,
  sessionData?: JSONObject,
): Promise<sdk.SessionContainer>;
/** Today's signature. */
export function createNewSession(
  ...args: Parameters<typeof sdk.createNewSession>
): ReturnType<typeof sdk.createNewSession>;
export function createNewSession(...args: unknown[]): Promise<sdk.SessionContainer> {
  const [res, userId, jwtPayload = {}, sessionData = {}] = args;
  if (typeof userId !== 'string') return sdk.createNewSession(...(args as Parameters<typeof sdk.createNewSession>));
  const { req } = res as { req?: unknown };
  if (req === undefined) throw new Error('createNewSession(res, userId) needs the response of an Express application.');
  return sdk.createNewSession(req, res, 'public', supertokens.convertToRecipeUserId(userId), jwtPayload, sessionData);
}

/** Returns the custom payload of a session's access tokens. */
export async function getJWTPayload(sessionHandle: string): Promise<JSONObject> {
  return (await informationOf(sessionHandle)).customClaimsInAccessTokenPayload;
}

/** Replaces the application's part of the access token payload. */
export async function updateJWTPayload(sessionHandle: string, jwtPayload: JSONObject): Promise<void> {
  await sdk.mergeIntoAccessTokenPayload(sessionHandle, replacement(await getJWTPayload(sessionHandle), jwtPayload));
}

/** Returns a session's data in the Core. */
export async function getSessionData(sessionHandle: string): Promise<JSONObject> {
  return (await informationOf(sessionHandle)).sessionDataInDatabase;
}

/** Replaces a session's data in the Core. */
export async function updateSessionData(sessionHandle: string, sessionData: JSONObject): Promise<void> {
  await sdk.updateSessionDataInDatabase(sessionHandle, sessionData);
}

async function informationOf(sessionHandle: string): Promise<sdk.SessionInformation> {
  const information = await sdk.getSessionInformation(sessionHandle);
  if (information !== undefined) return information;
  throw new sdk.Error({ type: 'UNAUTHORISED', message: 'Session does not exist.' });
}

export default {
  ...sdk,
  init,
  createNewSession,
  verifySession,
  getJWTPayload,
  updateJWTPayload,
  getSessionData,
  updateSessionData,
};
