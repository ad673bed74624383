import { existingAppOf } from '../../core/whole-app.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { nonEmpty } from '../../json/input.js';

/** Ends a dashboard session. */
export const dashboardSessionApi: Api = {
  path: '/recipe/dashboard/session',
  delete: async (request, core) => {
    const sessionId = nonEmpty(request.query.required('sessionId'), 'sessionId');
    await core.dashboard.removeSession(existingAppOf(request, core), sessionId);
    return json({ status: 'OK' });
  },
};
