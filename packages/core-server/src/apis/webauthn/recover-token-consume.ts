import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { stringField } from '../../json/input.js';
import { TOKEN_INVALID } from './webauthn-input.js';

/** Uses a recovery token up. */
export const webauthnRecoverTokenConsumeApi: Api = {
  path: '/recipe/webauthn/user/recover/token/consume',
  post: async (request, core) => {
    const tenant = core.tenantOf(request);
    const token = stringField(request.body(), 'token');
    const consumed = await core.webauthn.consumeRecoveryToken(core.appOf(request), tenant, token);
    return consumed === undefined ? TOKEN_INVALID : json({ status: 'OK', ...consumed });
  },
};
