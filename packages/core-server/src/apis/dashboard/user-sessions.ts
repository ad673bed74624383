import { existingAppOf } from '../../core/whole-app.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { nonEmpty } from '../../json/input.js';

/** The dashboard sessions of somebody. */
export const dashboardUserSessionsApi: Api = {
  path: '/recipe/dashboard/user/sessions',
  get: async (request, core) => {
    const userId = nonEmpty(request.query.required('userId'), 'userId');
    return json({ status: 'OK', sessions: await core.dashboard.sessionsOf(existingAppOf(request, core), userId) });
  },
};
