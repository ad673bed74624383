import { CDI_4_0, CDI_5_0 } from '../../cdi/version.js';
import type { Api } from '../../http/api.js';
import { answerLogin, tenantWith } from '../common/answer-login.js';
import { answerRefusal, badEncoding, deviceJson, shownCode } from './code-input.js';

/** Logs in the user who has the code, and signs up a new one. */
export const consumeCodeApi: Api = {
  path: '/recipe/signinup/code/consume',
  post: async (request, core) => {
    const { version } = request;
    const { shown, deviceIdHash } = shownCode(request.body());
    const tenant = tenantWith('passwordless', request, core);
    const consumed = await core.passwordless
      .consume(core.appOf(request), tenant, shown, deviceIdHash, version >= CDI_4_0)
      .catch(badEncoding);
    if ('reason' in consumed) return answerRefusal(consumed);
    return answerLogin(request, consumed, {
      createdNewUser: consumed.isNew,
      ...(version >= CDI_5_0 && { consumedDevice: deviceJson(consumed.device) }),
    });
  },
};
