import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { stringField } from '../../json/input.js';
import { answerVerdict, refuseEmpty } from './totp-input.js';

/** Takes a code of one of a user's devices, once. */
export const totpVerifyApi: Api = {
  path: '/recipe/totp/verify',
  post: async (request, core) => {
    const input = request.body();
    const userId = stringField(input, 'userId');
    const code = stringField(input, 'totp');
    refuseEmpty({ userId });
    const tenant = core.tenantOf(request);
    const verdict = await core.totp.verifyCode(core.appOf(request), tenant, userId, code);
    if (verdict === undefined) return json({ status: 'UNKNOWN_USER_ID_ERROR' });
    return verdict.status === 'right' ? json({ status: 'OK' }) : answerVerdict(verdict, request.version);
  },
};
