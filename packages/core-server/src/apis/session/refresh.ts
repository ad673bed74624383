import { CDI_3_0, CDI_5_0, type CdiVersion } from '../../cdi/version.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { booleanField, optionalBooleanField, optionalStringField, stringField } from '../../json/input.js';
import type { JsonObject } from '../../json/json.js';
import { tokenVersionFor } from '../../sessions/access-token.js';
import { AccessTokenPayloadError, TokenTheftDetected } from '../../sessions/refusals.js';
import { sessionJson, unauthorisedOrThrow } from './session-json.js';

/** Trades a refresh token for new tokens. */
export const refreshApi: Api = {
  path: '/recipe/session/refresh',
  post: async (request, core) => {
    const { app, version } = request;
    const input = request.body();
    const refreshToken = stringField(input, 'refreshToken');
    const antiCsrfToken = optionalStringField(input, 'antiCsrfToken');
    const enableAntiCsrf = booleanField(input, 'enableAntiCsrf');
    const useDynamicKey = useDynamicSigningKey(input, version);
    core.tenantOf(request);
    try {
      const session = await core.sessions.refresh(app, refreshToken, {
        antiCsrfToken,
        enableAntiCsrf,
        useStaticKey: useDynamicKey === undefined ? undefined : !useDynamicKey,
        tokenVersion: tokenVersionFor(version),
      });
      return json(sessionJson(session, version));
    } catch (error) {
      if (error instanceof TokenTheftDetected) {
        const { sessionHandle: handle, userId, recipeUserId } = error;
        return json({ status: 'TOKEN_THEFT_DETECTED', session: { handle, userId, recipeUserId } });
      }
      if (error instanceof AccessTokenPayloadError) return json({ status: 'UNAUTHORISED', message: error.message });
      return unauthorisedOrThrow(error);
    }
  },
};

function useDynamicSigningKey(input: JsonObject, version: CdiVersion): boolean | undefined {
  if (version < CDI_3_0) return undefined;
  return version < CDI_5_0
    ? optionalBooleanField(input, 'useDynamicSigningKey')
    : booleanField(input, 'useDynamicSigningKey');
}
