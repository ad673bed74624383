import { CDI_2_21 } from '../../cdi/version.js';
import { BadRequest } from '../../common/errors.js';
import type { Core } from '../../core/core.js';
import { type Answer, json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import type { CoreRequest } from '../../http/request.js';
import { optionalObjectField, tokenField } from '../../json/input.js';
import { ForgedAccessToken, MalformedAccessToken, TryRefreshToken } from '../../sessions/refusals.js';
import { sessionJson, unauthorisedOrThrow } from './session-json.js';

/** Changes the payload of an access token. */
export const regenerateApi: Api = {
  path: '/recipe/session/regenerate',
  post: async (request, core) => {
    const { app, version } = request;
    const input = request.body();
    const accessToken = tokenField(input, 'accessToken');
    const userDataInJWT = optionalObjectField(input, 'userDataInJWT');
    core.appOf(request);
    try {
      const session = await core.sessions.regenerate(app, accessToken, userDataInJWT, version >= CDI_2_21);
      return json(sessionJson(session, version));
    } catch (error) {
      if (error instanceof MalformedAccessToken) throw new BadRequest(error.message);
      if (error instanceof ForgedAccessToken) return refuseForged(request, core, error);
      if (error instanceof TryRefreshToken) return json({ status: 'UNAUTHORISED', message: error.message });
      return unauthorisedOrThrow(error);
    }
  },
};

// The real Core ignores the signature, and reports an ended session before anything else.
async function refuseForged(request: CoreRequest, core: Core, error: ForgedAccessToken): Promise<Answer> {
  const { claimed, message } = error;
  if (claimed !== undefined) {
    const tenant = core.tenants.get(request.app, claimed.tenant);
    try {
      await core.sessions.get(tenant, claimed.sessionHandle);
    } catch (missing) {
      return unauthorisedOrThrow(missing);
    }
  }
  return json({ status: 'UNAUTHORISED', message });
}
