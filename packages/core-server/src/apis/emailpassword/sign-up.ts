import { BadRequest } from '../../common/errors.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { stringField } from '../../json/input.js';
import { answerLogin, tenantWith } from '../common/answer-login.js';
import { normaliseEmail } from '../common/user-fields.js';

/** Makes a user. */
export const signUpApi: Api = {
  path: '/recipe/signup',
  post: async (request, core) => {
    const input = request.body();
    const email = normaliseEmail(stringField(input, 'email'));
    const password = stringField(input, 'password');
    if (password === '') throw new BadRequest('Password cannot be an empty string');
    const tenant = tenantWith('emailPassword', request, core);
    const login = await core.emailPassword.signUp(core.appOf(request), tenant, email, password);
    if (login === undefined) return json({ status: 'EMAIL_ALREADY_EXISTS_ERROR' });
    return answerLogin(request, login);
  },
};
