import { trim } from '@supertokens-faunadb/java/text';
import { BadRequest } from '../../common/errors.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { optionalStringField, stringField } from '../../json/input.js';
import type { HashingAlgorithm } from '../../passwords/passwords.js';
import { userJson } from '../../users/user-json.js';
import { tenantWith } from '../common/answer-login.js';
import { normaliseEmail } from '../common/user-fields.js';
import { withoutSignerKey } from './signer-key.js';

const ALGORITHMS: readonly string[] = ['ARGON2', 'BCRYPT', 'FIREBASE_SCRYPT'] satisfies HashingAlgorithm[];

/** Creates a user from a password hash, or sets the hash of an existing user. */
export const importPasswordHashApi: Api = {
  path: '/recipe/user/passwordhash/import',
  post: async (request, core) => {
    const input = request.body();
    const email = normaliseEmail(stringField(input, 'email'));
    const hash = trim(stringField(input, 'passwordHash'));
    const given = optionalStringField(input, 'hashingAlgorithm');
    if (hash === '') throw new BadRequest('Password hash cannot be an empty string');
    const algorithm = given === undefined ? undefined : trim(given).toUpperCase();
    if (algorithm === '') throw new BadRequest('Hashing Algorithm cannot be an empty string');
    if (algorithm !== undefined && !ALGORITHMS.includes(algorithm)) {
      throw new BadRequest('Unsupported password hashing algorithm');
    }
    const tenant = tenantWith('emailPassword', request, core);
    const { user, wasThere } = await core.emailPassword
      .importHash(core.appOf(request), tenant, email, hash, algorithm as HashingAlgorithm | undefined)
      .catch(withoutSignerKey);
    return json({ status: 'OK', user: userJson(user, request.version), didUserAlreadyExist: wasThere });
  },
};
