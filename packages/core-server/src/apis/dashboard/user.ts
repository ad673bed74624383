import { BadRequest } from '../../common/errors.js';
import { existingAppOf } from '../../core/whole-app.js';
import { json } from '../../http/answer.js';
import type { Api, Handler } from '../../http/api.js';
import { nonEmpty, optionalStringField, stringField } from '../../json/input.js';
import { dashboardUserJson, emailOf, refuseEmail, refusePassword } from './dashboard-input.js';

const EMAIL_TAKEN = { status: 'EMAIL_ALREADY_EXISTS_ERROR' };
const UNKNOWN_USER = { status: 'UNKNOWN_USER_ERROR' };

function neitherGiven(): BadRequest {
  return new BadRequest("Either field 'email' or 'userId' must be present");
}

const create: Handler = async (request, core) => {
  const input = request.body();
  const email = emailOf(stringField(input, 'email'), 'email');
  const refusedEmail = refuseEmail(email);
  if (refusedEmail !== undefined) return refusedEmail;
  const password = nonEmpty(stringField(input, 'password'), 'password');
  const refusedPassword = refusePassword(password);
  if (refusedPassword !== undefined) return refusedPassword;
  const user = await core.dashboard.createUser(existingAppOf(request, core), email, password);
  return json(user === undefined ? EMAIL_TAKEN : { status: 'OK', user: dashboardUserJson(user) });
};

const change: Handler = async (request, core) => {
  const input = request.body();
  const newEmail = optionalStringField(input, 'newEmail');
  const email = newEmail === undefined ? undefined : emailOf(newEmail, 'newEmail');
  const refusedEmail = email === undefined ? undefined : refuseEmail(email);
  if (refusedEmail !== undefined) return refusedEmail;
  const newPassword = optionalStringField(input, 'newPassword');
  const password = newPassword === undefined ? undefined : nonEmpty(newPassword, 'newPassword');
  const refusedPassword = password === undefined ? undefined : refusePassword(password);
  if (refusedPassword !== undefined) return refusedPassword;
  const app = existingAppOf(request, core);
  const givenId = optionalStringField(input, 'userId');
  let userId = givenId === undefined ? undefined : nonEmpty(givenId, 'userId');
  if (userId === undefined) {
    const givenEmail = optionalStringField(input, 'email');
    if (givenEmail === undefined) throw neitherGiven();
    userId = (await core.dashboard.userByEmail(app, emailOf(givenEmail, 'email')))?.userId;
    if (userId === undefined) return json(UNKNOWN_USER);
  }
  const outcome = await core.dashboard.updateUser(app, userId, { email, password });
  if (outcome === 'unknown user') return json(UNKNOWN_USER);
  return json(outcome === 'email taken' ? EMAIL_TAKEN : { status: 'OK', user: dashboardUserJson(outcome) });
};

const remove: Handler = async (request, core) => {
  const givenId = request.query.optional('userId');
  if (givenId !== undefined) {
    const userId = nonEmpty(givenId, 'userId');
    return json({
      status: 'OK',
      didUserExist: await core.dashboard.removeUser(existingAppOf(request, core), userId),
    });
  }
  const givenEmail = request.query.optional('email');
  if (givenEmail === undefined) throw neitherGiven();
  const email = emailOf(givenEmail, 'email');
  const app = existingAppOf(request, core);
  const user = await core.dashboard.userByEmail(app, email);
  const didUserExist = user !== undefined && (await core.dashboard.removeUser(app, user.userId));
  return json({ status: 'OK', didUserExist });
};

/** Creates, changes and removes a user of the dashboard. */
export const dashboardUserApi: Api = { path: '/recipe/dashboard/user', post: create, put: change, delete: remove };
