import { CDI_2_21 } from '../../cdi/version.js';
import type { Core } from '../../core/core.js';
import { type Answer, json } from '../../http/answer.js';
import type { Api, Handler } from '../../http/api.js';
import type { CoreRequest } from '../../http/request.js';
import { objectField, stringField } from '../../json/input.js';
import { checkStoredPayload, tokenVersionFor } from '../../sessions/access-token.js';
import { tenantOfHandle } from '../../sessions/session-handle.js';
import type { SessionRecord } from '../../sessions/session-row.js';
import type { Tenant } from '../../tenants/tenants.js';
import { unauthorisedOrThrow } from './session-json.js';

type Data = 'userDataInDatabase' | 'userDataInJWT';

function reading(field: Data): Handler {
  return (request, core) => {
    const handle = request.query.required('sessionHandle');
    return answer(request, core, handle, async (tenant) => {
      const session: SessionRecord = await core.sessions.get(tenant, handle);
      return { status: 'OK', [field]: session[field] };
    });
  };
}

const writeSessionData: Handler = (request, core) => {
  const input = request.body();
  const handle = stringField(input, 'sessionHandle');
  const data = objectField(input, 'userDataInDatabase');
  return answer(request, core, handle, async (tenant) => {
    await core.sessions.updateDatabaseData(tenant, handle, data);
    return { status: 'OK' };
  });
};

const writeJwtData: Handler = (request, core) => {
  const input = request.body();
  const handle = stringField(input, 'sessionHandle');
  const data = objectField(input, 'userDataInJWT');
  return answer(request, core, handle, async (tenant) => {
    if (request.version >= CDI_2_21) checkStoredPayload(data, tokenVersionFor(request.version));
    await core.sessions.updateJwtData(tenant, handle, data);
    return { status: 'OK' };
  });
};

async function answer(
  request: CoreRequest,
  core: Core,
  handle: string,
  work: (tenant: Tenant) => Promise<object>,
): Promise<Answer> {
  core.appOf(request);
  const tenant = core.tenants.get(request.app, tenantOfHandle(handle));
  try {
    return json(await work(tenant));
  } catch (error) {
    return unauthorisedOrThrow(error);
  }
}

/** What an application keeps with a session. */
export const sessionDataApi: Api = {
  path: '/recipe/session/data',
  get: reading('userDataInDatabase'),
  put: writeSessionData,
};

/** The payload that a session's next access token will carry. */
export const jwtDataApi: Api = { path: '/recipe/jwt/data', get: reading('userDataInJWT'), put: writeJwtData };
