import { CDI_2_12 } from '../../cdi/version.js';
import { BadRequest } from '../../common/errors.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { stringField } from '../../json/input.js';

/** Resets a password by a token, as older SDKs do. */
export const resetPasswordApi: Api = {
  path: '/recipe/user/password/reset',
  post: async (request, core) => {
    const input = request.body();
    const method = stringField(input, 'method');
    const token = stringField(input, 'token');
    const newPassword = stringField(input, 'newPassword');
    if (method !== 'token') throw new BadRequest('Unsupported method for password reset');
    if (newPassword === '') throw new BadRequest('Password cannot be an empty string');
    core.tenantOf(request);
    const userId = await core.emailPassword.resetPassword(core.appOf(request), token, newPassword);
    if (userId === undefined) return json({ status: 'RESET_PASSWORD_INVALID_TOKEN_ERROR' });
    return json({ status: 'OK', ...(request.version >= CDI_2_12 && { userId }) });
  },
};
