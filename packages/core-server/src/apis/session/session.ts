import { CDI_2_9, CDI_2_21, CDI_3_0, CDI_4_0 } from '../../cdi/version.js';
import { json } from '../../http/answer.js';
import type { Api, Handler } from '../../http/api.js';
import { booleanField, objectField, optionalBooleanField, stringField } from '../../json/input.js';
import { tokenVersionFor } from '../../sessions/access-token.js';
import { tenantOfHandle } from '../../sessions/session-handle.js';
import { sessionJson, unauthorisedOrThrow } from './session-json.js';

const create: Handler = async (request, core) => {
  const { version } = request;
  const input = request.body();
  const userId = stringField(input, 'userId');
  const enableAntiCsrf = booleanField(input, 'enableAntiCsrf');
  const userDataInJWT = objectField(input, 'userDataInJWT');
  const userDataInDatabase = objectField(input, 'userDataInDatabase');
  const tenant = core.tenantOf(request);
  const useStaticKey =
    version >= CDI_2_21
      ? optionalBooleanField(input, 'useDynamicSigningKey') === false
      : !tenant.settings.access_token_signing_key_dynamic;

  const session = await core.sessions.create(tenant, {
    userId,
    userDataInJWT,
    userDataInDatabase,
    enableAntiCsrf,
    useStaticKey,
    tokenVersion: tokenVersionFor(version),
  });
  if (version >= CDI_2_21) return json(sessionJson(session, version));
  const keys = await core.keysOf(request.app).signing.legacyInfo(version >= CDI_2_9);
  return json({ ...sessionJson(session, version), ...keys });
};

const read: Handler = async (request, core) => {
  const sessionHandle = request.query.required('sessionHandle');
  core.appOf(request);
  const tenant = core.tenants.get(request.app, tenantOfHandle(sessionHandle));
  try {
    const session = await core.sessions.get(tenant, sessionHandle);
    return json({
      sessionHandle,
      userId: await core.sessions.userIdOf(tenant, session),
      ...(request.version >= CDI_4_0 && { recipeUserId: session.userId }),
      userDataInDatabase: session.userDataInDatabase,
      expiry: session.expiry,
      userDataInJWT: session.userDataInJWT,
      timeCreated: session.timeCreated,
      status: 'OK',
      ...(request.version >= CDI_3_0 && { tenantId: tenant.id }),
    });
  } catch (error) {
    return unauthorisedOrThrow(error);
  }
};

/** Makes and reads sessions. */
export const sessionApi: Api = { path: '/recipe/session', post: create, get: read };
