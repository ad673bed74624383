import { trim } from '@supertokens-faunadb/java/text';
import { CDI_4_0 } from '../../cdi/version.js';
import { BadRequest } from '../../common/errors.js';
import { wholeAppOf } from '../../core/whole-app.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import type { CoreRequest } from '../../http/request.js';
import { optionalBooleanField, stringField } from '../../json/input.js';
import { type UserView, userJson } from '../../users/user-json.js';
import type { Place } from '../../users/user-list.js';
import type { SearchTags } from '../../users/user-search.js';
import { userInFull } from '../common/answer-login.js';

const RECIPE_IDS = new Set([
  ...['emailpassword', 'thirdparty', 'session', 'emailverification', 'jwt', 'passwordless', 'usermetadata'],
  ...['userroles', 'useridmapping', 'dashboard', 'totp', 'multitenancy', 'accountlinking', 'mfa', 'oauth', 'saml'],
  'webauthn',
]);
const MOST_USERS = 500;
const USUAL_PAGE = 100;

/** The recipes that are asked for. @throws BadRequest for unknown ones */
function includedRecipes(request: CoreRequest): string[] {
  const recipes = request.query.list('includeRecipeIds');
  const unknown = recipes.find((id) => !RECIPE_IDS.has(id.toLowerCase()));
  if (unknown !== undefined) throw new BadRequest(`Unknown recipe ID: ${unknown}`);
  return recipes.map((id) => id.toLowerCase());
}

/** The users of a tenant, a page at a time, or those that are searched. */
export const usersApi: Api = {
  path: '/users',
  get: async (request, core) => {
    const { query } = request;
    const recipes = includedRecipes(request);
    const tenant = core.tenantOf(request);
    const limit = query.integer('limit', 'int') ?? USUAL_PAGE;
    const order = query.optional('timeJoinedOrder') ?? 'ASC';
    if (order !== 'ASC' && order !== 'DESC') throw new BadRequest('timeJoinedOrder can be either ASC OR DESC');
    const newestFirst = order === 'DESC';
    const tags = searchTags(request);
    if (limit > MOST_USERS && tags === undefined) throw new BadRequest(`max limit allowed is ${MOST_USERS}`);
    if (limit < 1) throw new BadRequest('limit must a positive integer with min value 1');
    const from = placeOf(query.optional('paginationToken'));
    const app = core.appOf(request);
    if (tags !== undefined) {
      const users = await core.users.search(app, tenant, tags, newestFirst);
      return json({ status: 'OK', users: users.map((user) => inList(user, request)) });
    }
    const { users, next } = await core.users.list(app, tenant, { limit, newestFirst, from, recipes });
    return json({
      status: 'OK',
      users: users.map((user) => inList(user, request)),
      ...(next && { nextPaginationToken: tokenOf(next) }),
    });
  },
};

// Before CDI 4.0 a user was of one recipe.
function inList(user: UserView, { version }: CoreRequest): object {
  const body = userJson(user, version);
  return version < CDI_4_0 ? { recipeId: user.loginMethods[0]?.method.recipe, user: body } : body;
}

function searchTags({ query }: CoreRequest): SearchTags | undefined {
  const tags = (name: string) => {
    const given = (query.optional(name) ?? '').split(';').map((tag) => trim(tag.toLowerCase()));
    return given.filter((tag) => tag !== '');
  };
  const [emails, phoneNumbers, providers] = [tags('email'), tags('phone'), tags('provider')] as const;
  if (emails.length + phoneNumbers.length + providers.length === 0) return undefined;
  return {
    ...(emails.length > 0 && { emails }),
    ...(phoneNumbers.length > 0 && { phoneNumbers }),
    ...(providers.length > 0 && { providers }),
  };
}

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
    const recipes = includedRecipes(request);
    const acrossTenants = request.query.optional('includeAllTenants')?.toLowerCase() === 'true';
    const app = core.appOf(request);
    const tenants = acrossTenants ? core.tenants.ofApp(core.appOfPublicTenant(request).app) : [core.tenantOf(request)];
    return json({ status: 'OK', count: await core.users.count(app, tenants, recipes) });
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
    const user = await core.users.get(core.appOfPublicTenant(request), userId);
    if (user === undefined) return json({ status: 'UNKNOWN_USER_ID_ERROR' });
    return json({ status: 'OK', user: userInFull(user, request) });
  },
};

/** Removes a user with all data. Data under an id that never signed up stays. */
export const userRemoveApi: Api = {
  path: '/user/remove',
  post: async (request, core) => {
    const input = request.body();
    const userId = stringField(input, 'userId');
    const removesAllLinked = optionalBooleanField(input, 'removeAllLinkedAccounts') ?? true;
    await core.users.remove(wholeAppOf(request, core), userId, removesAllLinked);
    return json({ status: 'OK' });
  },
};
