import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { stringField } from '../../json/input.js';

/** Uses up a token to reset a password, which the SDK then changes. */
export const consumeResetPasswordApi: Api = {
  path: '/recipe/user/password/reset/token/consume',
  post: async (request, core) => {
    const token = stringField(request.body(), 'token');
    core.tenantOf(request);
    const consumed = await core.emailPassword.consumeResetToken(core.appOf(request), token);
    return json(
      consumed === undefined ? { status: 'RESET_PASSWORD_INVALID_TOKEN_ERROR' } : { status: 'OK', ...consumed },
    );
  },
};
