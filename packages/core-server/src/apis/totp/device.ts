import { existingAppOf } from '../../core/whole-app.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { stringField } from '../../json/input.js';
import { randomSecret } from '../../totp/one-time-password.js';
import { deviceInputOf, refuseEmpty } from './totp-input.js';

const RENAMING = {
  renamed: 'OK',
  'unknown device': 'UNKNOWN_DEVICE_ERROR',
  'name taken': 'DEVICE_ALREADY_EXISTS_ERROR',
} as const;

/** Makes a device with a new secret, and renames one. */
export const totpDeviceApi: Api = {
  path: '/recipe/totp/device',
  post: async (request, core) => {
    const { userId, deviceName, skew, period } = deviceInputOf(request.body(), 'new');
    const app = existingAppOf(request, core);
    const secret = randomSecret();
    const name = await core.totp.createDevice(app, userId, deviceName, { secret, skew, period, isVerified: false });
    if (name === undefined) return json({ status: 'DEVICE_ALREADY_EXISTS_ERROR' });
    return json({ status: 'OK', deviceName: name, secret });
  },
  put: async (request, core) => {
    const input = request.body();
    const userId = stringField(input, 'userId');
    const existingDeviceName = stringField(input, 'existingDeviceName');
    const newDeviceName = stringField(input, 'newDeviceName');
    refuseEmpty({ userId, existingDeviceName, newDeviceName });
    const app = existingAppOf(request, core);
    return json({
      status: RENAMING[await core.totp.renameDevice(app, userId, existingDeviceName, newDeviceName)],
    });
  },
};
