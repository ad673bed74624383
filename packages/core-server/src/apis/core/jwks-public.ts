import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';

/** The public keys of an app, for whoever verifies its tokens. @see https://www.rfc-editor.org/rfc/rfc7517#section-5 */
export const jwksPublicApi: Api = {
  path: '/.well-known/jwks.json',
  needsNoApiKey: true,
  needsNoVersion: true,
  get: async (request, core) => {
    core.appOf(request);
    const { signing } = core.keysOf(request.app);
    return {
      ...json({ keys: await signing.jwks() }),
      headers: { 'cache-control': `max-age=${await signing.cacheSeconds()}, must-revalidate` },
    };
  },
};
