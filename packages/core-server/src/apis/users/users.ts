// Users are made by login recipes, which this Core has not: it has sessions, roles and metadata of users that others
// know. What is asked of users is checked and answered as by a real Core on which nobody has signed up.
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { BadRequest } from '../../http/errors.js';
import type { CoreRequest } from '../../http/request.js';
import { optionalBooleanField, stringField } from '../../json/input.js';

const RECIPE_IDS = new Set([
  ...['emailpassword', 'thirdparty', 'session', 'emailverification', 'jwt', 'passwordless', 'usermetadata'],
  ...[
    'userroles',
    'useridmapping',
    'dashboard',
    'totp',
    'multitenancy',
    'accountlinking',
    'mfa',
    'oauth',
    'saml',
    'webauthn',
  ],
]);
const MOST_USERS = 500;

function checkRecipeIds(request: CoreRequest): void {
  const unknown = request.query.list('includeRecipeIds').find((id) => !RECIPE_IDS.has(id));
  if (unknown !== undefined) throw new BadRequest(`Unknown recipe ID: ${unknown}`);
}

/** The users who have signed up. */
export const usersApi: Api = {
  path: '/users',
  get: (request, core) => {
    const { query } = request;
    checkRecipeIds(request);
    core.tenantOf(request);
    const limit = query.integer('limit', 'int');
    const order = query.optional('timeJoinedOrder');
    if (order !== undefined && order !== 'ASC' && order !== 'DESC') {
      throw new BadRequest('timeJoinedOrder can be either ASC OR DESC');
    }
    const searches = ['email', 'phone', 'provider'].some((name) => /[^;\s]/.test(query.optional(name) ?? ''));
    if (limit !== undefined && limit > MOST_USERS && !searches)
      throw new BadRequest(`max limit allowed is ${MOST_USERS}`);
    if (limit !== undefined && limit < 1) throw new BadRequest('limit must a positive integer with min value 1');
    if (query.optional('paginationToken') !== undefined) throw new BadRequest('invalid pagination token');
    return json({ status: 'OK', users: [] });
  },
};

export const usersCountApi: Api = {
  path: '/users/count',
  get: (request, core) => {
    checkRecipeIds(request);
    const acrossTenants = request.query.optional('includeAllTenants')?.toLowerCase() === 'true';
    if (acrossTenants) core.appOf(request);
    if (acrossTenants) core.appOfPublicTenant(request);
    else core.tenantOf(request);
    return json({ status: 'OK', count: 0 });
  },
};

/** How many users have been active since a time. */
export const activeUsersCountApi: Api = {
  path: '/users/count/active',
  get: async (request, core) => {
    const since = request.query.integer('since', 'long');
    if (since === undefined) throw new BadRequest("Field name 'since' is missing in GET request");
    if (since < 0) throw new BadRequest("'since' query parameter must be >= 0");
    const { app } = core.appOfPublicTenant(request);
    return json({ status: 'OK', count: await core.activeUsers.countSince(app, since) });
  },
};

export const userByIdApi: Api = {
  path: '/user/id',
  get: (request, core) => {
    request.query.required('userId');
    core.appOf(request);
    core.appOfPublicTenant(request);
    return json({ status: 'UNKNOWN_USER_ID_ERROR' });
  },
};

export const usersByAccountInfoApi: Api = {
  path: '/users/by-accountinfo',
  get: (request, core) => {
    const { query } = request;
    const union = query.required('doUnionOfAccountInfo');
    if (union !== 'true' && union !== 'false') {
      throw new BadRequest("'doUnionOfAccountInfo' should be either 'true' or 'false'");
    }
    if ((query.optional('thirdPartyId') === undefined) !== (query.optional('thirdPartyUserId') === undefined)) {
      throw new BadRequest("If 'thirdPartyId' is provided, 'thirdPartyUserId' must also be provided, and vice versa");
    }
    core.tenantOf(request);
    return json({ status: 'OK', users: [] });
  },
};

/** Removes what login recipes know of a user. Sessions, roles and metadata of a user they do not know stay. */
export const userRemoveApi: Api = {
  path: '/user/remove',
  post: (request, core) => {
    const input = request.body();
    stringField(input, 'userId');
    optionalBooleanField(input, 'removeAllLinkedAccounts');
    core.appOf(request);
    core.appOfPublicTenant(request);
    return json({ status: 'OK' });
  },
};
