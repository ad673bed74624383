import { existingAppOf } from '../../core/whole-app.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { refuseEmpty } from './totp-input.js';

/** The devices of a user. */
export const totpDeviceListApi: Api = {
  path: '/recipe/totp/device/list',
  get: async (request, core) => {
    const userId = request.query.required('userId');
    refuseEmpty({ userId });
    const devices = await core.totp.devices(existingAppOf(request, core), userId);
    return json({
      status: 'OK',
      devices: devices.map(({ name, period, skew, isVerified }) => ({ name, period, skew, verified: isVerified })),
    });
  },
};
