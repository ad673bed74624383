import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { answerUser, credentialsOf, tenantWithPasswords } from './credentials.js';

/** Whose email and password these are. */
export const signInApi: Api = {
  path: '/recipe/signin',
  post: async (request, core) => {
    const { email, password } = credentialsOf(request);
    const tenant = tenantWithPasswords(request, core);
    const user = await core.users.signIn(core.appOf(request), tenant, email, password);
    if (user === undefined) return json({ status: 'WRONG_CREDENTIALS_ERROR' });
    return answerUser(request, core, user);
  },
};
