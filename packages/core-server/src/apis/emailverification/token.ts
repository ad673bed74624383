import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { userEmailOf } from './email-input.js';

/** Makes a token that verifies an email. */
export const emailVerificationTokenApi: Api = {
  path: '/recipe/user/email/verify/token',
  post: async (request, core) => {
    const of = userEmailOf(request.body());
    const tenant = core.tenantOf(request);
    const token = await core.emailVerification.createToken(core.appOf(request), tenant, of);
    return json(token === undefined ? { status: 'EMAIL_ALREADY_VERIFIED_ERROR' } : { status: 'OK', token });
  },
};
