import { BadRequest } from '../../common/errors.js';
import { SignerKeyMissing, UnsupportedHash } from '../../passwords/passwords.js';

/**
 * Says what is wrong with a password's hash, or that a setting is missing without which it says nothing. The real Core answers
 * the latter 500.
 *
 * @throws BadRequest
 */
export function withoutSignerKey(error: unknown): never {
  if (error instanceof SignerKeyMissing || error instanceof UnsupportedHash) throw new BadRequest(error.message);
  throw error;
}
