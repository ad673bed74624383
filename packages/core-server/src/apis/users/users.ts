import { CDI_4_0 } from '../../cdi/version.js';
import { BadRequest } from '../../common/errors.js';
import type { Core } from '../../core/core.js';
import { wholeAppOf } from '../../core/whole-app.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import type { CoreRequest } from '../../http/request.js';
import { optionalBooleanField, stringField } from '../../json/input.js';
import { userJson } from '../../users/user-json.js';
import type { Place, User } from '../../users/users.js';
import { normaliseEmail } from '../emailpassword/credentials.js';

const RECIPE_IDS = new Set([
  ...['emailpassword', 'thirdparty', 'session', 'emailverification', 'jwt', 'passwordless', 'usermetadata'],
  ...['userroles', 'useridmapping', 'dashboard', 'totp', 'multitenancy', 'accountlinking', 'mfa', 'oauth', 'saml'],
  'webauthn',
]);
const MOST_USERS = 500;
const USUAL_PAGE = 100;

/** Whether users of email and password are asked for, the only ones there are. @throws BadRequest for unknown recipes */
function includesPasswordUsers(request: CoreRequest): boolean {
  const recipes = request.query.list('includeRecipeIds');
  const unknown = recipes.find((id) => !RECIPE_IDS.has(id.toLowerCase()));
  if (unknown !== undefined) throw new BadRequest(`Unknown recipe ID: ${unknown}`);
  return recipes.length === 0 || recipes.some((id) => id.toLowerCase() === 'emailpassword');
}

// What came with CDI 4.0 tells users as that does, also to older clients.
async function tell(core: Core, request: CoreRequest, user: User, how?: 'in full'): Promise<object> {
  const id = await core.externalIdOf(core.appOf(request), user.id);
  const version = how === 'in full' ? Math.max(request.version, CDI_4_0) : request.version;
  return userJson(user, id, core.tenants.ofApp(request.app), version);
}

/** The users of a tenant, a page at a time. */
export const usersApi: Api = {
  path: '/users',
  get: async (request, core) => {
    const { query, version } = request;
    const isAsked = includesPasswordUsers(request);
    const tenant = core.tenantOf(request);
    const limit = query.integer('limit', 'int') ?? USUAL_PAGE;
    const order = query.optional('timeJoinedOrder') ?? 'ASC';
    if (order !== 'ASC' && order !== 'DESC') throw new BadRequest('timeJoinedOrder can be either ASC OR DESC');
    const searches = ['email', 'phone', 'provider'].filter((name) => /[^;\s]/.test(query.optional(name) ?? ''));
    if (limit > MOST_USERS && searches.length === 0) throw new BadRequest(`max limit allowed is ${MOST_USERS}`);
    if (limit < 1) throw new BadRequest('limit must a positive integer with min value 1');
    const from = placeOf(query.optional('paginationToken'));
    if (searches.length > 0) {
      throw new BadRequest(`Searching users by ${searches.join(', ')} needs the real SuperTokens Core`);
    }
    if (!isAsked) return json({ status: 'OK', users: [] });
    const page = { limit, newestFirst: order === 'DESC', from };
    const { users, next } = await core.users.list(core.appOf(request), tenant, page);
    const told = await Promise.all(users.map((user) => tell(core, request, user)));
    return json({
      status: 'OK',
      users: version < CDI_4_0 ? told.map((user) => ({ recipeId: 'emailpassword', user })) : told,
      ...(next && { nextPaginationToken: tokenOf(next) }),
    });
  },
};

// `<id>;<time joined>` in base64, as the real Core's.
function tokenOf({ id, timeJoined }: Place): string {
  return Buffer.from(`${id};${timeJoined}`).toString('base64');
}

function placeOf(token: string | undefined): Place | undefined {
  if (token === undefined) return undefined;
  const [, id, timeJoined] = /^([^;]+);(\d+)$/.exec(Buffer.from(token, 'base64').toString()) ?? [];
  if (id === undefined) throw new BadRequest('invalid pagination token');
  return { id, timeJoined: Number(timeJoined) };
}

export const usersCountApi: Api = {
  path: '/users/count',
  get: async (request, core) => {
    const isAsked = includesPasswordUsers(request);
    const acrossTenants = request.query.optional('includeAllTenants')?.toLowerCase() === 'true';
    if (acrossTenants) core.appOf(request);
    const tenants = acrossTenants ? core.tenants.ofApp(core.appOfPublicTenant(request).app) : [core.tenantOf(request)];
    return json({ status: 'OK', count: isAsked ? await core.users.count(tenants) : 0 });
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
  get: async (request, core) => {
    const userId = request.query.required('userId');
    core.appOf(request);
    const app = core.appOfPublicTenant(request);
    const user = await core.users.get(app, await core.internalIdOf(app, userId));
    if (user === undefined) return json({ status: 'UNKNOWN_USER_ID_ERROR' });
    return json({ status: 'OK', user: await tell(core, request, user, 'in full') });
  },
};

export const usersByAccountInfoApi: Api = {
  path: '/users/by-accountinfo',
  get: async (request, core) => {
    const { query } = request;
    const email = query.optional('email');
    const union = query.required('doUnionOfAccountInfo');
    if (union !== 'true' && union !== 'false') {
      throw new BadRequest("'doUnionOfAccountInfo' should be either 'true' or 'false'");
    }
    if ((query.optional('thirdPartyId') === undefined) !== (query.optional('thirdPartyUserId') === undefined)) {
      throw new BadRequest("If 'thirdPartyId' is provided, 'thirdPartyUserId' must also be provided, and vice versa");
    }
    const tenant = core.tenantOf(request);
    // Nobody here has a phone number or the like, so asking for that as well finds nobody.
    const asksForMore = ['phoneNumber', 'thirdPartyId', 'webauthnCredentialId'].some(
      (name) => query.optional(name) !== undefined,
    );
    const user =
      email === undefined || (asksForMore && union === 'false')
        ? undefined
        : await core.users.byEmail(core.appOf(request), tenant, normaliseEmail(email));
    return json({ status: 'OK', users: user === undefined ? [] : [await tell(core, request, user, 'in full')] });
  },
};

/** Removes a user and all that is known of one. What is known of somebody who never signed up stays. */
export const userRemoveApi: Api = {
  path: '/user/remove',
  post: async (request, core) => {
    const input = request.body();
    const userId = stringField(input, 'userId');
    optionalBooleanField(input, 'removeAllLinkedAccounts');
    await core.removeUser(wholeAppOf(request, core), userId);
    return json({ status: 'OK' });
  },
};
