import { randomUUID } from 'node:crypto';
import { CDI_2_21, CDI_3_0, CDI_4_0, type CdiVersion } from '../../cdi/version.js';
import { type Answer, json } from '../../http/answer.js';
import { Unauthorised } from '../../sessions/refusals.js';
import type { SessionInformation } from '../../sessions/sessions.js';

/** A session and its new tokens as clients of `version` read them. */
export function sessionJson(information: SessionInformation, version: CdiVersion): object {
  const { handle, userId, recipeUserId, userDataInJWT, tenant, accessToken, refreshToken, antiCsrfToken } = information;
  return {
    session: {
      handle,
      userId,
      ...(version >= CDI_4_0 && { recipeUserId }),
      userDataInJWT,
      ...(version >= CDI_3_0 && { tenantId: tenant }),
    },
    ...(accessToken && { accessToken }),
    ...(refreshToken && { refreshToken }),
    // Before CDI 2.21 a third token, which grants nothing, showed the frontend that there is a session.
    ...(refreshToken && version < CDI_2_21 && { idRefreshToken: { ...refreshToken, token: randomUUID() } }),
    ...(antiCsrfToken && { antiCsrfToken }),
    status: 'OK',
  };
}

/** Answers that the session does not exist or has ended. @throws any other error again */
export function unauthorisedOrThrow(error: unknown): Answer {
  if (error instanceof Unauthorised) return json({ status: 'UNAUTHORISED', message: error.message });
  throw error;
}
