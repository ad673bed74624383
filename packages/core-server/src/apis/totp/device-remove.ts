import { existingAppOf } from '../../core/whole-app.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { stringField } from '../../json/input.js';
import { refuseEmpty } from './totp-input.js';

/** Removes a device. */
export const totpDeviceRemoveApi: Api = {
  path: '/recipe/totp/device/remove',
  post: async (request, core) => {
    const input = request.body();
    const userId = stringField(input, 'userId');
    const deviceName = stringField(input, 'deviceName');
    refuseEmpty({ userId, deviceName });
    const app = existingAppOf(request, core);
    const didDeviceExist = await core.totp.removeDevice(app, core.tenants.ofApp(app.app), userId, deviceName);
    return json({ status: 'OK', didDeviceExist });
  },
};
