import { limitExceeded } from '../../values/query-ended.js';
import type { ModelContext } from '../base/context.js';
import { hashSlowly, wasHashed } from './bcrypt.js';
import { SERVER, SERVER_READONLY } from './builtin-permissions.js';

/** How many passwords a query may hash or compare. Each takes a thread for as long as some thousand documents are read in. */
const MOST = 1_000;

/** A hash of a password, with a salt of its own. */
export function hashPassword(context: ModelContext, password: string): string {
  refuseTooMany(context);
  return context.deferred.promiseEach(`hash of ${password}`, () => hashSlowly(password), '');
}

/** Whether a password is the one that a hash was made of. */
export function passwordMatches(context: ModelContext, password: string, hashed: string): boolean {
  refuseTooMany(context);
  return context.deferred.promise(`${password} for ${hashed}`, () => wasHashed(password, hashed), true);
}

/** Whether a query may give a password's hash instead of the password. */
export function mayGiveHash({ auth }: ModelContext): boolean {
  return auth.permissions === SERVER || auth.permissions === SERVER_READONLY;
}

/** @throws {QueryEnded} where a query has hashed or compared as many as it may */
export function refuseTooMany({ deferred }: ModelContext): void {
  if (deferred.size > MOST) throw limitExceeded(`A query may hash or compare ${MOST} passwords at most.`);
}
