import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { stringField } from '../../json/input.js';
import { answerLogin, tenantWith } from '../common/answer-login.js';
import { normaliseEmail } from '../common/user-fields.js';
import { withoutSignerKey } from './signer-key.js';

/** Whose email and password these are. */
export const signInApi: Api = {
  path: '/recipe/signin',
  post: async (request, core) => {
    const input = request.body();
    const email = normaliseEmail(stringField(input, 'email'));
    const password = stringField(input, 'password');
    const tenant = tenantWith('emailPassword', request, core);
    const login = await core.emailPassword.signIn(core.appOf(request), tenant, email, password).catch(withoutSignerKey);
    if (login === undefined) return json({ status: 'WRONG_CREDENTIALS_ERROR' });
    return answerLogin(request, login);
  },
};
