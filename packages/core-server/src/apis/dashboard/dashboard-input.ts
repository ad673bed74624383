import { isDashboardEmail, weaknessOf } from '../../dashboard/credential-rules.js';
import type { DashboardUser } from '../../dashboard/dashboard.js';
import { type Answer, json } from '../../http/answer.js';
import { nonEmpty } from '../../json/input.js';
import { normaliseEmail } from '../common/user-fields.js';

/** @throws BadRequest when nothing but space is given */
export function emailOf(given: string, field: string): string {
  return normaliseEmail(nonEmpty(given, field));
}

/** The answer to an invalid email; `undefined` if it is valid. */
export function refuseEmail(email: string): Answer | undefined {
  return isDashboardEmail(email) ? undefined : json({ status: 'INVALID_EMAIL_ERROR' });
}

/** The answer to a weak password; `undefined` if it is strong enough. */
export function refusePassword(password: string): Answer | undefined {
  const message = weaknessOf(password);
  return message === undefined ? undefined : json({ status: 'PASSWORD_WEAK_ERROR', message });
}

/** A user as clients read one: without the password's hash. */
export function dashboardUserJson({ userId, email, timeJoined }: DashboardUser): object {
  return { userId, email, timeJoined };
}
