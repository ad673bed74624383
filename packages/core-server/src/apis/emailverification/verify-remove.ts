import { existingAppOf } from '../../core/whole-app.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { userEmailOf } from './email-input.js';

/** Takes back that an email is verified. */
export const emailUnverifyApi: Api = {
  path: '/recipe/user/email/verify/remove',
  post: async (request, core) => {
    const of = userEmailOf(request.body());
    await core.emailVerification.unverify(existingAppOf(request, core), of);
    return json({ status: 'OK' });
  },
};
