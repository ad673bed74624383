import { BadRequest } from '../../common/errors.js';
import { existingAppOf } from '../../core/whole-app.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { arrayField } from '../../json/input.js';

const MOST_USERS = 500;

/** Which users have a verified device. */
export const totpDeviceStatusBulkApi: Api = {
  path: '/recipe/totp/device/status/bulk',
  post: async (request, core) => {
    const userIds = arrayField(request.body(), 'userIds');
    if (userIds.length === 0) return json({ status: 'OK', users: [] });
    if (userIds.length > MOST_USERS) {
      throw new BadRequest(`You can only query up to ${MOST_USERS} users at a time.`);
    }
    if (!userIds.every((userId) => typeof userId === 'string')) {
      throw new BadRequest('userIds array must contain only strings');
    }
    const states = await core.totp.haveVerifiedDevices(existingAppOf(request, core), userIds);
    return json({
      status: 'OK',
      users: userIds.map((userId, at) => ({ userId, hasVerifiedDevice: states[at] as boolean | null })),
    });
  },
};
