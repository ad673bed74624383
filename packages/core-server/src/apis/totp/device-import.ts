import { existingAppOf } from '../../core/whole-app.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { deviceInputOf } from './totp-input.js';

/** Takes over a device that was verified elsewhere. */
export const totpDeviceImportApi: Api = {
  path: '/recipe/totp/device/import',
  post: async (request, core) => {
    const { userId, deviceName, skew, period, secretKey: secret = '' } = deviceInputOf(request.body(), 'imported');
    const app = existingAppOf(request, core);
    const name = await core.totp.createDevice(app, userId, deviceName, { secret, skew, period, isVerified: true });
    return json(name === undefined ? { status: 'DEVICE_ALREADY_EXISTS_ERROR' } : { status: 'OK', deviceName: name });
  },
};
