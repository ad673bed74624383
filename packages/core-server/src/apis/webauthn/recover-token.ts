import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { stringField } from '../../json/input.js';
import { normaliseEmail } from '../common/user-fields.js';
import { UNKNOWN_USER } from './webauthn-input.js';

/** Creates a token with which a user can register another credential. */
export const webauthnRecoverTokenApi: Api = {
  path: '/recipe/webauthn/user/recover/token',
  post: async (request, core) => {
    const input = request.body();
    const email = normaliseEmail(stringField(input, 'email'));
    const userId = stringField(input, 'userId');
    const tenant = core.tenantOf(request);
    const token = await core.webauthn.createRecoveryToken(core.appOf(request), tenant, userId, email);
    return token === undefined ? UNKNOWN_USER : json({ status: 'OK', token });
  },
};
