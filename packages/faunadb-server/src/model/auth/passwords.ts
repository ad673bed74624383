import { limitExceeded } from '../../values/query-ended.js';
import type { ModelContext } from '../base/context.js';
import { hashSlowly, wasHashed } from './bcrypt.js';
import { SERVER, SERVER_READONLY } from './builtin-permissions.js';

/**
 * How many passwords a query may hash or compare. Each costs a thread as much time as reading some thousand
 * documents.
 */
const MOST = 1_000;

/** Returns a hash of a password, with a new salt. */
export function hashPassword(context: ModelContext, password: string): string {
  refuseTooMany(context);
  return context.deferred.promiseEach(`hash of ${password}`, () => hashSlowly(password), '');
}

/** Whether a hash was made of this password. */
export function passwordMatches(context: ModelContext, password: string, hashed: string): boolean {
  refuseTooMany(context);
  return context.deferred.promise(`${password} for ${hashed}`, () => wasHashed(password, hashed), true);
}

/** Whether a query may set a password's hash instead of the password. */
export function mayGiveHash({ auth }: ModelContext): boolean {
  return auth.permissions === SERVER || auth.permissions === SERVER_READONLY;
}

/** @throws {QueryEnded} if the query has reached its limit of hashes and comparisons */
export function refuseTooMany({ deferred }: ModelContext): void {
  if (deferred.size > MOST) throw limitExceeded(`A query may hash or compare ${MOST} passwords at most.`);
}
