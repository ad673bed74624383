import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { userJson } from '../../users/user-json.js';
import { normaliseEmail } from '../common/user-fields.js';

/** Lists the users with an email from a third party. */
export const usersByEmailApi: Api = {
  path: '/recipe/users/by-email',
  get: async (request, core) => {
    const tenant = core.tenantOf(request);
    const email = normaliseEmail(request.query.required('email'));
    const users = await core.thirdParty.byEmail(core.appOf(request), tenant, email);
    return json({ status: 'OK', users: users.map((user) => userJson(user, request.version)) });
  },
};
