import { existingAppOf } from '../../core/whole-app.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { nonEmpty, stringField } from '../../json/input.js';
import { emailOf } from './dashboard-input.js';

/** Signs somebody in to the dashboard. */
export const dashboardSignInApi: Api = {
  path: '/recipe/dashboard/signin',
  post: async (request, core) => {
    const input = request.body();
    const email = emailOf(stringField(input, 'email'), 'email');
    const password = nonEmpty(stringField(input, 'password'), 'password');
    const sessionId = await core.dashboard.signIn(existingAppOf(request, core), email, password);
    return json(sessionId === undefined ? { status: 'INVALID_CREDENTIALS_ERROR' } : { status: 'OK', sessionId });
  },
};
