import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { tenantWith } from '../common/answer-login.js';
import { answerRefusal, badEncoding, deviceJson, shownCode } from './code-input.js';

/** Whether a code would serve, without using it up. */
export const checkCodeApi: Api = {
  path: '/recipe/signinup/code/check',
  post: async (request, core) => {
    const { shown, deviceIdHash } = shownCode(request.body());
    const tenant = tenantWith('passwordless', request, core);
    const checked = await core.passwordless.check(tenant, shown, deviceIdHash).catch(badEncoding);
    if ('reason' in checked) return answerRefusal(checked);
    return json({ status: 'OK', consumedDevice: deviceJson(checked) });
  },
};
