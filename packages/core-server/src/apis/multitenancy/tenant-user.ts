import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import type { CoreRequest } from '../../http/request.js';
import { nonEmpty } from '../../json/input.js';
import type { Clash } from '../../users/login-method.js';
import { recipeUserIdField } from '../common/user-fields.js';

const UNKNOWN_USER = { status: 'UNKNOWN_USER_ID_ERROR' };

function userIdOf(request: CoreRequest): string {
  return nonEmpty(recipeUserIdField(request.body(), request), 'userId');
}

const TAKEN: Readonly<Record<Clash, string>> = {
  email: 'EMAIL_ALREADY_EXISTS_ERROR',
  'phone number': 'PHONE_NUMBER_ALREADY_EXISTS_ERROR',
  'third party': 'THIRD_PARTY_USER_ALREADY_EXISTS_ERROR',
};

const OF_PRIMARY_USER: Readonly<Record<Clash, string>> = {
  email: 'email',
  'phone number': 'phone number',
  'third party': 'third party info',
};

/** Lets a user into a tenant. */
export const tenantUserApi: Api = {
  path: '/recipe/multitenancy/tenant/user',
  post: async (request, core) => {
    const userId = userIdOf(request);
    const tenant = core.tenantOf(request);
    const outcome = await core.users.addToTenant(core.appOf(request), tenant, userId);
    if (outcome === undefined) return json(UNKNOWN_USER);
    if (typeof outcome === 'boolean') return json({ status: 'OK', wasAlreadyAssociated: !outcome });
    if (typeof outcome === 'string') return json({ status: TAKEN[outcome] });
    return json({
      status: 'ASSOCIATION_NOT_ALLOWED_ERROR',
      reason: `Another primary user with ${OF_PRIMARY_USER[outcome.primaryUserWith]} already exists: ${outcome.userId}`,
    });
  },
};

/** Removes a user from a tenant, with the user's sessions and roles there. The user need not have signed up. */
export const tenantUserRemoveApi: Api = {
  path: '/recipe/multitenancy/tenant/user/remove',
  post: async (request, core) => {
    const userId = userIdOf(request);
    const tenant = core.tenantOf(request);
    const wasThere = await core.users.removeFromTenant(core.appOf(request), tenant, userId);
    return json(wasThere === undefined ? UNKNOWN_USER : { status: 'OK', wasAssociated: wasThere });
  },
};
