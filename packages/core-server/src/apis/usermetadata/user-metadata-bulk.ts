import { BadRequest } from '../../common/errors.js';
import { json, jsonText } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { arrayField } from '../../json/input.js';

const MOST_USERS = 500;

/** What an application keeps about several users. */
export const userMetadataBulkApi: Api = {
  path: '/recipe/user/metadata/bulk',
  post: async (request, core) => {
    const given = arrayField(request.body(), 'userIds');
    if (given.length === 0) return json({ status: 'OK', users: [] });
    if (given.length > MOST_USERS) throw new BadRequest(`You can only query up to ${MOST_USERS} users at a time.`);
    const userIds = given.filter((userId) => typeof userId === 'string');
    if (userIds.length < given.length) throw new BadRequest('userIds array must contain only strings');
    core.appOf(request);
    const all = await core.metadata.getAll(core.appOfPublicTenant(request), userIds);
    const users = userIds.map((userId, at) => `{"userId":${JSON.stringify(userId)},"metadata":${all[at] ?? null}}`);
    return jsonText(`{"status":"OK","users":[${users}]}`);
  },
};
