import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { stringField } from '../../json/input.js';
import { answerVerdict, refuseEmpty } from './totp-input.js';

/** Verifies a device by one of its codes. */
export const totpDeviceVerifyApi: Api = {
  path: '/recipe/totp/device/verify',
  post: async (request, core) => {
    const input = request.body();
    const userId = stringField(input, 'userId');
    const deviceName = stringField(input, 'deviceName');
    const code = stringField(input, 'totp');
    refuseEmpty({ userId, deviceName });
    const tenant = core.tenantOf(request);
    const outcome = await core.totp.verifyDevice(core.appOf(request), tenant, userId, deviceName, code);
    switch (outcome.status) {
      case 'unknown device':
        return json({ status: 'UNKNOWN_DEVICE_ERROR' });
      case 'right':
      case 'was verified':
        return json({ status: 'OK', wasAlreadyVerified: outcome.status === 'was verified' });
      default:
        return answerVerdict(outcome, request.version);
    }
  },
};
