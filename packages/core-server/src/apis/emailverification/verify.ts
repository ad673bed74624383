import { BadRequest } from '../../common/errors.js';
import { existingAppOf } from '../../core/whole-app.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { stringField } from '../../json/input.js';

/** Verifies an email by a token, and returns whether an email is verified. */
export const emailVerifyApi: Api = {
  path: '/recipe/user/email/verify',
  post: async (request, core) => {
    const input = request.body();
    const method = stringField(input, 'method');
    const token = stringField(input, 'token');
    if (method !== 'token') throw new BadRequest('Unsupported method for email verification');
    const tenant = core.tenantOf(request);
    const verified = await core.emailVerification.verify(core.appOf(request), tenant, token);
    if (verified === undefined) return json({ status: 'EMAIL_VERIFICATION_INVALID_TOKEN_ERROR' });
    return json({ status: 'OK', ...verified });
  },
  get: async (request, core) => {
    const userId = request.query.required('userId');
    // As it is given: whoever asks about an email must write it as it is kept.
    const email = request.query.required('email');
    const isVerified = await core.emailVerification.isVerified(existingAppOf(request, core), { userId, email });
    return json({ status: 'OK', isVerified });
  },
};
