import { CDI_2_9, CDI_2_21 } from '../../cdi/version.js';
import { json, text } from '../../http/answer.js';
import type { Api } from '../../http/api.js';

/** What clients of CDI 2.20 and older ask for first. */
export const handshakeApi: Api = {
  path: '/recipe/handshake',
  post: async (request, core) => {
    if (request.version >= CDI_2_21) return text(404, 'Not found');
    core.appOf(request);
    const { settings } = core.tenantOf(request);
    return json({
      status: 'OK',
      ...(await core.keysOf(request.app).signing.legacyInfo(request.version >= CDI_2_9)),
      accessTokenBlacklistingEnabled: settings.access_token_blacklisting,
      accessTokenValidity: settings.access_token_validity * 1000,
      refreshTokenValidity: Math.trunc(settings.refresh_token_validity * 60_000),
    });
  },
};
