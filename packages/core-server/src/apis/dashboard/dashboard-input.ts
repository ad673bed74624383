import { isDashboardEmail, weaknessOf } from '../../dashboard/credential-rules.js';
import type { DashboardUser } from '../../dashboard/dashboard.js';
import { type Answer, json } from '../../http/answer.js';
import { nonEmpty } from '../../json/input.js';
import { normaliseEmail } from '../common/user-fields.js';

/** @throws BadRequest when nothing but space is given */
export function emailOf(given: string, field: string): string {
  return normaliseEmail(nonEmpty(given, field));
}

/** Answers an email that is none; `undefined` where it is one. */
export function refuseEmail(email: string): Answer | undefined {
  return isDashboardEmail(email) ? undefined : json({ status: 'INVALID_EMAIL_ERROR' });
}

/** Answers a password that is weak; `undefined` where it is not. */
export function refusePassword(password: string): Answer | undefined {
  const message = weaknessOf(password);
  return message === undefined ? undefined : json({ status: 'PASSWORD_WEAK_ERROR', message });
}

/** A user as clients read one: without the password's hash. */
export function dashboardUserJson({ userId, email, timeJoined }: DashboardUser): object {
  return { userId, email, timeJoined };
}
