import { BadRequest } from '../../common/errors.js';
import { json } from '../../http/answer.js';
import type { Api, Handler } from '../../http/api.js';
import type { CoreRequest } from '../../http/request.js';
import { arrayField, single } from '../../json/input.js';
import { isObject, type JsonObject } from '../../json/json.js';
import { inputOf } from '../../recipes/bulk-import/bulk-import.js';
import type { QueuedUser, QueueStatus } from '../../recipes/bulk-import/queue.js';
import { appOfImport, refuseInMemory } from './durable.js';

const MOST_ADDED = 10_000;
const MOST_LISTED = 500;
const USUAL_PAGE = 100;
const MOST_REMOVED = 500;
const STATUSES: readonly string[] = ['NEW', 'PROCESSING', 'FAILED'] satisfies QueueStatus[];

function statusOf({ query }: CoreRequest): QueueStatus | undefined {
  const status = query.optional('status');
  if (status === undefined || STATUSES.includes(status)) return status as QueueStatus | undefined;
  throw new BadRequest('Invalid value for status. Pass one of NEW, PROCESSING, or FAILED!');
}

const add: Handler = async (request, core) => {
  refuseInMemory(core);
  const users = arrayField(request.body(), 'users');
  if (users.length === 0) return json({ status: 'OK' });
  if (users.length > MOST_ADDED) {
    throw new BadRequest(JSON.stringify({ error: `You can only add ${MOST_ADDED} users at a time.` }));
  }
  const app = appOfImport(request, core);
  const notObjects = users.flatMap((user, index) =>
    isObject(user) ? [] : [{ index, errors: ['user should be of type object.'] }],
  );
  const added = notObjects.length > 0 ? notObjects : await core.bulkImport.enqueue(app, users as JsonObject[]);
  const wrong = added.filter((each) => 'errors' in each);
  if (wrong.length > 0) {
    const error = 'Data has missing or invalid fields. Please check the users field for more details.';
    throw new BadRequest(JSON.stringify({ error, users: wrong }));
  }
  return json({ status: 'OK', users: (added as QueuedUser[]).map(addedJson) });
};

// The ids that users and their login methods will have.
function addedJson({ id, user }: QueuedUser): object {
  const { externalUserId } = user;
  return {
    id,
    userId: id,
    ...(externalUserId !== undefined && { externalUserId }),
    loginMethods: user.loginMethods.map(({ id: userId, recipe, email, phoneNumber, thirdParty }) => ({
      recipeId: recipe,
      userId,
      superTokensUserId: userId,
      ...(email !== undefined && { email }),
      ...(phoneNumber !== undefined && { phoneNumber }),
      ...(thirdParty && { thirdPartyId: thirdParty.id, thirdPartyUserId: thirdParty.userId }),
    })),
  };
}

const list: Handler = async (request, core) => {
  refuseInMemory(core);
  const { query } = request;
  const token = query.optional('paginationToken');
  const limit = query.integer('limit', 'int') ?? USUAL_PAGE;
  if (limit > MOST_LISTED) throw new BadRequest(`Max limit allowed is ${MOST_LISTED}`);
  if (limit < 1) throw new BadRequest('limit must a positive integer with min value 1');
  const status = statusOf(request);
  const app = appOfImport(request, core);
  const [, id, createdAt] = /^([^;]+);(\d+)$/.exec(Buffer.from(token ?? '', 'base64').toString()) ?? [];
  if (token !== undefined && id === undefined) throw new BadRequest('invalid pagination token');
  const from = id === undefined ? undefined : { id, createdAt: Number(createdAt) };
  const { found, next } = await core.bulkImport.queued(app, limit, status, from);
  return json({
    status: 'OK',
    users: found.map(queuedJson),
    ...(next && { nextPaginationToken: Buffer.from(`${next.id};${next.createdAt}`).toString('base64') }),
  });
};

// Lists never return passwords or their hashes.
function queuedJson({ user, ...queued }: QueuedUser): object {
  const { loginMethods, ...rest } = inputOf(user);
  const methods = (loginMethods as JsonObject[]).map(({ plainTextPassword: _, passwordHash: __, ...method }) => method);
  return { ...queued, ...rest, loginMethods: methods };
}

/** Queues users for import, and lists queued ones. */
export const bulkImportApi: Api = {
  path: '/bulk-import/users',
  get: list,
  post: add,
  mostValues: MOST_ADDED * 25,
};

/** Counts users that are queued or failed to import. */
export const countBulkImportUsersApi: Api = {
  path: '/bulk-import/users/count',
  get: async (request, core) => {
    refuseInMemory(core);
    const status = statusOf(request);
    return json({ status: 'OK', count: await core.bulkImport.countQueued(appOfImport(request, core), status) });
  },
};

/** Removes queued users. */
export const deleteBulkImportUserApi: Api = {
  path: '/bulk-import/users/remove',
  post: async (request, core) => {
    refuseInMemory(core);
    const given = arrayField(request.body(), 'ids');
    if (given.length === 0) return json({ deletedIds: [], invalidIds: [] });
    if (given.length > MOST_REMOVED) {
      throw new BadRequest(`Field name 'ids' cannot contain more than ${MOST_REMOVED} elements`);
    }
    const ids = given.map((each) => {
      const id = single(each);
      if (typeof id !== 'string') throw new BadRequest("Field name 'ids' is invalid in JSON input");
      if (id === '') throw new BadRequest("Field name 'ids' cannot contain an empty string");
      return id;
    });
    const deletedIds = await core.bulkImport.dequeue(appOfImport(request, core), ids);
    const invalidIds = ids.filter((id) => !deletedIds.includes(id));
    return json({ deletedIds: ids.filter((id) => deletedIds.includes(id)), invalidIds });
  },
};
