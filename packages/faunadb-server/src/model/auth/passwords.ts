import { hash, verify } from '@node-rs/bcrypt';
import type { EvalContext } from '../../language/context.js';
import { SERVER, SERVER_READONLY } from './builtin-permissions.js';

/** 2^10 rounds: some 60 ms, in a thread of its own. */
const COST = 10;

/** A hash of a password, which is only valid once all that a query has put off is done. */
export function hashPassword(context: EvalContext, password: string): string {
  return context.findings.promise(`hash of ${password}`, () => hash(password, COST), '');
}

/** Whether a password is the one that a hash was made of. */
export function passwordMatches(context: EvalContext, password: string, hashed: string): boolean {
  return context.findings.require(`${password} for ${hashed}`, () => verify(password, hashed));
}

/** Whether a query may give a password's hash instead of the password. */
export function mayGiveHash({ auth }: EvalContext): boolean {
  return auth.permissions === SERVER || auth.permissions === SERVER_READONLY;
}
