import type { Reader } from '@supertokens-faunadb/store';
import { BadRequest } from '../../common/errors.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import type { Tenant } from '../../tenants/tenants.js';
import type { LoginMethod } from '../../users/login-method.js';
import { methodOfCredential } from '../../webauthn/credentials.js';
import { userInFull } from '../common/answer-login.js';
import { normaliseEmail, normalisePhoneNumber } from '../common/user-fields.js';

/** The login method of a WebAuthn credential. @throws BadRequest when there is no such credential */
function byCredential(app: Tenant) {
  return (reader: Reader, credentialId: string): LoginMethod => {
    const method = methodOfCredential(reader, app, credentialId);
    if (method === undefined) throw new BadRequest("There is no credential with this 'webauthnCredentialId'");
    return method;
  };
}

/** The users of a tenant with an email, a phone number and so on. */
export const usersByAccountInfoApi: Api = {
  path: '/users/by-accountinfo',
  get: async (request, core) => {
    const { query } = request;
    const email = query.optional('email');
    const phoneNumber = query.optional('phoneNumber');
    const id = query.optional('thirdPartyId');
    const userId = query.optional('thirdPartyUserId');
    const credentialId = query.optional('webauthnCredentialId');
    const union = query.required('doUnionOfAccountInfo');
    if (union !== 'true' && union !== 'false') {
      throw new BadRequest("'doUnionOfAccountInfo' should be either 'true' or 'false'");
    }
    if ((id === undefined) !== (userId === undefined)) {
      throw new BadRequest("If 'thirdPartyId' is provided, 'thirdPartyUserId' must also be provided, and vice versa");
    }
    const tenant = core.tenantOf(request);
    const info = {
      ...(email !== undefined && { email: normaliseEmail(email) }),
      ...(phoneNumber !== undefined && { phoneNumber: normalisePhoneNumber(phoneNumber) }),
      ...(id !== undefined && userId !== undefined && { thirdParty: { id, userId } }),
      ...(credentialId !== undefined && { credentialId }),
    };
    const app = core.appOf(request);
    const needs = union === 'true' ? 'any' : 'all';
    const users = await core.users.byAccountInfo(app, tenant, info, needs, byCredential(app));
    return json({ status: 'OK', users: users.map((user) => userInFull(user, request)) });
  },
};
