import { trim } from '@supertokens-faunadb/java/text';
import { CDI_4_0 } from '../../cdi/version.js';
import { BadRequest } from '../../common/errors.js';
import { wholeAppOf } from '../../core/whole-app.js';
import { type Answer, json } from '../../http/answer.js';
import type { Api, Handler } from '../../http/api.js';
import {
  nonEmpty,
  nullableStringField,
  optionalBooleanField,
  optionalStringField,
  stringField,
} from '../../json/input.js';
import type { JsonObject } from '../../json/json.js';
import type { UserIdType } from '../../users/user-id-mapping.js';
import type { MappingRefusal } from '../../users/user-id-mappings.js';

const UNKNOWN_MAPPING = { status: 'UNKNOWN_MAPPING_ERROR' };
const TYPES: readonly string[] = ['SUPERTOKENS', 'EXTERNAL', 'ANY'] satisfies UserIdType[];

function userIdType(given: string | undefined): UserIdType {
  const type = given === undefined ? 'ANY' : trim(given);
  if (TYPES.includes(type)) return type as UserIdType;
  throw new BadRequest("Field name 'userIdType' should be one of 'SUPERTOKENS', 'EXTERNAL' or 'ANY'");
}

function externalUserIdInfo(input: JsonObject, presence: 'required' | 'optional'): string | null {
  const info = nullableStringField(input, 'externalUserIdInfo', presence) ?? null;
  return info === null ? null : nonEmpty(info, 'externalUserIdInfo');
}

function userOf(input: JsonObject): { userId: string; type: UserIdType } {
  const userId = nonEmpty(stringField(input, 'userId'), 'userId');
  return { userId, type: userIdType(optionalStringField(input, 'userIdType')) };
}

const map: Handler = async (request, core) => {
  const input = request.body();
  const superTokensUserId = nonEmpty(stringField(input, 'superTokensUserId'), 'superTokensUserId');
  const externalUserId = nonEmpty(stringField(input, 'externalUserId'), 'externalUserId');
  const info = externalUserIdInfo(input, 'optional');
  const isForced = optionalBooleanField(input, 'force') ?? false;
  core.appOf(request);
  const app = core.appOfPublicTenant(request);
  const mapping = { superTokensUserId, externalUserId, externalUserIdInfo: info };
  const refusal = await core.userIdMappings.create(app, mapping, isForced, request.version >= CDI_4_0);
  return refusal === undefined ? json({ status: 'OK' }) : answerRefusal(refusal);
};

function answerRefusal(refusal: MappingRefusal): Answer {
  switch (refusal.reason) {
    case 'exists':
      return json({
        status: 'USER_ID_MAPPING_ALREADY_EXISTS_ERROR',
        doesSuperTokensUserIdExist: refusal.ofUser,
        doesExternalUserIdExist: refusal.ofExternalId,
      });
    case 'unknown user':
      return json({ status: 'UNKNOWN_SUPERTOKENS_USER_ID_ERROR' });
    case 'external id is a user':
      throw new BadRequest('Cannot create a userId mapping where the externalId is also a SuperTokens userID');
    case 'in use':
      throw new BadRequest(`UserId is already in use in ${refusal.recipe} recipe`);
  }
}

const find: Handler = async (request, core) => {
  const userId = nonEmpty(request.query.required('userId'), 'userId');
  const type = userIdType(request.query.optional('userIdType'));
  const mapping = await core.userIdMappings.find(wholeAppOf(request, core), userId, type);
  if (mapping === undefined) return json(UNKNOWN_MAPPING);
  const { externalUserIdInfo: info, ...ids } = mapping;
  return json({ status: 'OK', ...ids, ...(info !== null && { externalUserIdInfo: info }) });
};

/** Creates and finds user id mappings. */
export const userIdMappingApi: Api = { path: '/recipe/userid/map', post: map, get: find };

export const userIdMappingRemoveApi: Api = {
  path: '/recipe/userid/map/remove',
  post: async (request, core) => {
    const input = request.body();
    const { userId, type } = userOf(input);
    const isForced = optionalBooleanField(input, 'force') ?? false;
    const removed = await core.userIdMappings.remove(wholeAppOf(request, core), userId, type, isForced);
    return typeof removed === 'boolean' ? json({ status: 'OK', didMappingExist: removed }) : answerRefusal(removed);
  },
};

export const externalUserIdInfoApi: Api = {
  path: '/recipe/userid/external-user-id-info',
  put: async (request, core) => {
    const input = request.body();
    const { userId, type } = userOf(input);
    const info = externalUserIdInfo(input, 'required');
    const isKnown = await core.userIdMappings.updateInfo(wholeAppOf(request, core), userId, type, info);
    return json(isKnown ? { status: 'OK' } : UNKNOWN_MAPPING);
  },
};
