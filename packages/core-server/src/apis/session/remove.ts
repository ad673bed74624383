import { BadRequest } from '../../common/errors.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { optionalBooleanField, optionalStringField, optionalStringsField } from '../../json/input.js';
import type { JsonObject } from '../../json/json.js';

/** Ends sessions: those of a user, or those named. */
export const removeApi: Api = {
  path: '/recipe/session/remove',
  post: async (request, core) => {
    const input = request.body();
    const userId = optionalStringField(input, 'userId');
    const handles = optionalStringsField(input, 'sessionHandles');
    if ((userId === undefined) === (handles === undefined)) {
      throw new BadRequest('Invalid JSON input - use one of userId or sessionHandles array');
    }
    const acrossTenants = flagForUsers(input, 'revokeAcrossAllTenants', userId);
    const ofAllLinked = flagForUsers(input, 'revokeSessionsForLinkedAccounts', userId);

    let removed: string[];
    if (handles !== undefined) {
      core.appOf(request);
      removed = await core.sessions.remove(request.app, handles);
    } else if (acrossTenants) {
      core.appOf(request);
      core.appOfPublicTenant(request);
      removed = await core.sessions.removeAll(core.tenants.ofApp(request.app), userId as string, ofAllLinked);
    } else {
      removed = await core.sessions.removeAll([core.tenantOf(request)], userId as string, ofAllLinked);
    }
    if (userId !== undefined)
      await core.activeUsers.noteNow(request.app, await core.users.ownIdOf(core.appOf(request), userId));
    return json({ status: 'OK', sessionHandlesRevoked: removed });
  },
};

function flagForUsers(input: JsonObject, field: string, userId: string | undefined): boolean {
  const flag = optionalBooleanField(input, field);
  if (userId === undefined && flag !== undefined) {
    throw new BadRequest(`Invalid JSON input - ${field} can only be set if userId is set`);
  }
  return flag ?? true;
}
