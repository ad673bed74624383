import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { userEmailOf } from './email-input.js';

/** Makes all tokens for an email worthless. */
export const emailVerificationTokenRemoveApi: Api = {
  path: '/recipe/user/email/verify/token/remove',
  post: async (request, core) => {
    const of = userEmailOf(request.body());
    await core.emailVerification.revokeTokens(core.tenantOf(request), of);
    return json({ status: 'OK' });
  },
};
