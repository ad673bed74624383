import { existingAppOf } from '../../core/whole-app.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { dashboardUserJson } from './dashboard-input.js';

/** Lists the users of the dashboard. */
export const dashboardUsersApi: Api = {
  path: '/recipe/dashboard/users',
  get: async (request, core) => {
    const users = await core.dashboard.users(existingAppOf(request, core));
    return json({ status: 'OK', users: users.map(dashboardUserJson) });
  },
};
