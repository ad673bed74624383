import { CDI_3_0 } from '../../cdi/version.js';
import { existingAppOf } from '../../core/whole-app.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { nonEmpty, stringField } from '../../json/input.js';

/** Whose dashboard session this is. */
export const dashboardSessionVerifyApi: Api = {
  path: '/recipe/dashboard/session/verify',
  post: async (request, core) => {
    const sessionId = nonEmpty(stringField(request.body(), 'sessionId'), 'sessionId');
    const user = await core.dashboard.userOfSession(existingAppOf(request, core), sessionId);
    if (user === undefined) return json({ status: 'INVALID_SESSION_ERROR' });
    return json({ status: 'OK', ...(request.version >= CDI_3_0 && { email: user.email }) });
  },
};
