import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { userInFull } from '../common/answer-login.js';
import { TOKEN_INVALID } from './webauthn-input.js';

/** Who a recovery token is for. */
export const webauthnRecoverApi: Api = {
  path: '/recipe/webauthn/user/recover',
  get: async (request, core) => {
    const token = request.query.required('token');
    const tenant = core.tenantOf(request);
    const found = await core.webauthn.userOfRecoveryToken(core.appOf(request), tenant, token);
    if (found === undefined) return TOKEN_INVALID;
    return json({ status: 'OK', recipeUserId: found.recipeUserId, user: userInFull(found.user, request) });
  },
};
