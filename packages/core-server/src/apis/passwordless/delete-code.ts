import { CDI_5_0 } from '../../cdi/version.js';
import { BadRequest } from '../../common/errors.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { optionalStringField, stringField } from '../../json/input.js';

/** Takes back a code, or all codes of a device. */
export const deleteCodeApi: Api = {
  path: '/recipe/signinup/code/remove',
  post: async (request, core) => {
    const input = request.body();
    const isOld = request.version < CDI_5_0;
    const codeId = isOld ? stringField(input, 'codeId') : optionalStringField(input, 'codeId');
    const deviceIdHash = isOld ? undefined : optionalStringField(input, 'preAuthSessionId');
    if (codeId === undefined && deviceIdHash === undefined) {
      throw new BadRequest("Please provide either 'codeId' or 'preAuthSessionId'");
    }
    if (codeId !== undefined && deviceIdHash !== undefined) {
      throw new BadRequest("Please provide only one of 'codeId' or 'preAuthSessionId'");
    }
    const tenant = core.tenantOf(request);
    if (codeId !== undefined) await core.passwordless.removeCode(tenant, codeId);
    else await core.passwordless.removeDevice(tenant, deviceIdHash as string);
    return json({ status: 'OK' });
  },
};
