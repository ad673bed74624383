// A mapping gives a user of a login recipe another id. This Core has no such recipes, so there is nobody to map and no
// mapping to find; what is asked is checked and answered as the real Core does when it knows no such user.
import { json } from '../../http/answer.js';
import type { Api, Handler } from '../../http/api.js';
import { BadRequest } from '../../http/errors.js';
import {
  nonEmpty,
  nullableStringField,
  optionalBooleanField,
  optionalStringField,
  stringField,
} from '../../json/input.js';
import type { JsonObject } from '../../json/json.js';

const UNKNOWN_MAPPING = { status: 'UNKNOWN_MAPPING_ERROR' };

function checkUserIdType(type: string | undefined): void {
  if (type === undefined || ['SUPERTOKENS', 'EXTERNAL', 'ANY'].includes(type.trim())) return;
  throw new BadRequest("Field name 'userIdType' should be one of 'SUPERTOKENS', 'EXTERNAL' or 'ANY'");
}

function checkExternalUserIdInfo(input: JsonObject, presence: 'required' | 'optional'): void {
  const info = nullableStringField(input, 'externalUserIdInfo', presence);
  if (typeof info === 'string') nonEmpty(info, 'externalUserIdInfo');
}

function checkUser(input: JsonObject): void {
  nonEmpty(stringField(input, 'userId'), 'userId');
  checkUserIdType(optionalStringField(input, 'userIdType'));
}

const map: Handler = (request, core) => {
  const input = request.body();
  nonEmpty(stringField(input, 'superTokensUserId'), 'superTokensUserId');
  nonEmpty(stringField(input, 'externalUserId'), 'externalUserId');
  checkExternalUserIdInfo(input, 'optional');
  optionalBooleanField(input, 'force');
  core.appOf(request);
  core.appOfPublicTenant(request);
  return json({ status: 'UNKNOWN_SUPERTOKENS_USER_ID_ERROR' });
};

const find: Handler = (request, core) => {
  nonEmpty(request.query.required('userId'), 'userId');
  checkUserIdType(request.query.optional('userIdType'));
  core.appOfPublicTenant(request);
  return json(UNKNOWN_MAPPING);
};

/** Gives users other ids. */
export const userIdMappingApi: Api = { path: '/recipe/userid/map', post: map, get: find };

export const userIdMappingRemoveApi: Api = {
  path: '/recipe/userid/map/remove',
  post: (request, core) => {
    const input = request.body();
    checkUser(input);
    optionalBooleanField(input, 'force');
    core.appOfPublicTenant(request);
    return json({ status: 'OK', didMappingExist: false });
  },
};

export const externalUserIdInfoApi: Api = {
  path: '/recipe/userid/external-user-id-info',
  put: (request, core) => {
    const input = request.body();
    checkUser(input);
    checkExternalUserIdInfo(input, 'required');
    core.appOfPublicTenant(request);
    return json(UNKNOWN_MAPPING);
  },
};
