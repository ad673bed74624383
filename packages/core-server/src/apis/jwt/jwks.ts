import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';

/** The older way to an app's public keys. */
export const jwksApi: Api = {
  path: '/recipe/jwt/jwks',
  get: async (request, core) => {
    core.appOfPublicTenant(request);
    return json({ keys: await core.keysOf(request.app).signing.jwks(), status: 'OK' });
  },
};
