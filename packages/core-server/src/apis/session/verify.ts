import { CDI_2_9, CDI_2_21 } from '../../cdi/version.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { booleanField, optionalStringField, tokenField } from '../../json/input.js';
import { TryRefreshToken } from '../../sessions/refusals.js';
import { sessionJson, unauthorisedOrThrow } from './session-json.js';

/** Whose session an access token proves. */
export const verifyApi: Api = {
  path: '/recipe/session/verify',
  post: async (request, core) => {
    const { app, version } = request;
    const input = request.body();
    const accessToken = tokenField(input, 'accessToken');
    const antiCsrfToken = optionalStringField(input, 'antiCsrfToken');
    const doAntiCsrfCheck = booleanField(input, 'doAntiCsrfCheck');
    const enableAntiCsrf = booleanField(input, 'enableAntiCsrf');
    const { settings } = core.appOf(request);
    const checkDatabase =
      version >= CDI_2_21 ? booleanField(input, 'checkDatabase') : settings.access_token_blacklisting;
    const keys = async () => (version >= CDI_2_21 ? {} : core.keysOf(app).signing.legacyInfo(version >= CDI_2_9));
    try {
      const verification = { antiCsrfToken, doAntiCsrfCheck, enableAntiCsrf, checkDatabase };
      const session = await core.sessions.verify(app, accessToken, verification);
      return json({ ...sessionJson(session, version), ...(await keys()) });
    } catch (error) {
      if (!(error instanceof TryRefreshToken)) return unauthorisedOrThrow(error);
      return json({ status: 'TRY_REFRESH_TOKEN', ...(await keys()), message: error.message });
    }
  },
};
