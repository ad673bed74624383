import { BadRequest } from '../../common/errors.js';
import { wholeAppOf } from '../../core/whole-app.js';
import type { Api } from '../../http/api.js';
import { answerUser } from '../common/answer-login.js';

/** Reads users who log in by a third party. */
export const thirdPartyUserApi: Api = {
  path: '/recipe/user',
  recipe: 'thirdparty',
  get: async (request, core) => {
    const { query } = request;
    const userId = query.optional('userId');
    const thirdPartyId = query.optional('thirdPartyId');
    const thirdPartyUserId = query.optional('thirdPartyUserId');
    const either = 'userId or (thirdPartyId & thirdPartyUserId)';
    if (userId !== undefined && (thirdPartyId !== undefined || thirdPartyUserId !== undefined)) {
      throw new BadRequest(`Please provide only one of ${either}`);
    }
    if (userId !== undefined) {
      core.appOf(request);
      const user = await core.thirdParty.byId(wholeAppOf(request, core), userId);
      return answerUser(request, user, 'UNKNOWN_USER_ID_ERROR');
    }
    if (thirdPartyId === undefined || thirdPartyUserId === undefined) {
      throw new BadRequest(`Please provide one of ${either}`);
    }
    const tenant = core.tenantOf(request);
    const thirdParty = { id: thirdPartyId, userId: thirdPartyUserId };
    const user = await core.thirdParty.byThirdParty(core.appOf(request), tenant, thirdParty);
    return answerUser(request, user, 'UNKNOWN_THIRD_PARTY_USER_ERROR');
  },
};
