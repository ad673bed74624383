import { BadRequest } from '../../common/errors.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { BadEncoding, hashOfDeviceId } from '../../recipes/passwordless/codes.js';
import { normaliseEmail, normalisePhoneNumber } from '../common/user-fields.js';
import { deviceJson } from './code-input.js';

/** The devices for which codes were requested, and when each code was created. Only hashes of codes are stored. */
export const getCodesApi: Api = {
  path: '/recipe/signinup/codes',
  get: async (request, core) => {
    const [email, phoneNumber, deviceId, deviceIdHash] = ['email', 'phoneNumber', 'deviceId', 'preAuthSessionId'].map(
      (name) => request.query.optional(name),
    );
    const given = [email, phoneNumber, deviceId, deviceIdHash].filter((each) => each !== undefined);
    if (given.length !== 1) {
      throw new BadRequest('Please provide exactly one of email, phoneNumber, deviceId or preAuthSessionId');
    }
    const tenant = core.tenantOf(request);
    const { passwordless } = core;
    const ofHash = async (hash: string) => [await passwordless.device(tenant, hash)];
    const devices =
      deviceId !== undefined
        ? await ofHash(hashOf(deviceId))
        : deviceIdHash !== undefined
          ? await ofHash(deviceIdHash)
          : await passwordless.devicesOf(
              tenant,
              email === undefined
                ? { phoneNumber: normalisePhoneNumber(phoneNumber as string) }
                : { email: normaliseEmail(email) },
            );
    return json({
      status: 'OK',
      devices: devices
        .filter((device) => device !== undefined)
        .map((device) => ({
          ...deviceJson(device),
          codes: device.codes.map(({ id, createdAt }) => ({
            codeId: id,
            timeCreated: createdAt,
            codeLifetime: tenant.settings.passwordless_code_lifetime,
          })),
        })),
    });
  },
};

function hashOf(deviceId: string): string {
  try {
    return hashOfDeviceId(deviceId);
  } catch (error) {
    if (error instanceof BadEncoding) throw new BadRequest(error.message);
    throw error;
  }
}
