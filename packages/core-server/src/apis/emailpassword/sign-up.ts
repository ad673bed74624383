import { BadRequest } from '../../common/errors.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { answerUser, credentialsOf, tenantWithPasswords } from './credentials.js';

/** Makes a user. */
export const signUpApi: Api = {
  path: '/recipe/signup',
  post: async (request, core) => {
    const { email, password } = credentialsOf(request);
    if (password === '') throw new BadRequest('Password cannot be an empty string');
    const tenant = tenantWithPasswords(request, core);
    const user = await core.users.signUp(core.appOf(request), tenant, email, password);
    if (user === undefined) return json({ status: 'EMAIL_ALREADY_EXISTS_ERROR' });
    return answerUser(request, core, user);
  },
};
