import { CDI_2_21 } from '../../cdi/version.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { BadRequest } from '../../http/errors.js';
import { optionalObjectField, stringField } from '../../json/input.js';
import { MalformedAccessToken, TryRefreshToken } from '../../sessions/refusals.js';
import { sessionJson, unauthorisedOrThrow } from './session-json.js';

/** Changes the payload of an access token. */
export const regenerateApi: Api = {
  path: '/recipe/session/regenerate',
  post: async (request, core) => {
    const { app, version } = request;
    const input = request.body();
    const accessToken = stringField(input, 'accessToken');
    const userDataInJWT = optionalObjectField(input, 'userDataInJWT');
    core.appOf(request);
    try {
      const session = await core.sessions.regenerate(app, accessToken, userDataInJWT, version >= CDI_2_21);
      return json(sessionJson(session, version));
    } catch (error) {
      if (error instanceof MalformedAccessToken) throw new BadRequest(error.message);
      if (error instanceof TryRefreshToken) return json({ status: 'UNAUTHORISED', message: error.message });
      return unauthorisedOrThrow(error);
    }
  },
};
