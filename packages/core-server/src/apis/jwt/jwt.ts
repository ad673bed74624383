import { CDI_2_21 } from '../../cdi/version.js';
import { BadRequest } from '../../common/errors.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { integerField, objectField, optionalBooleanField, stringField } from '../../json/input.js';
import { createJwt } from '../../sessions/jwt.js';

/** Signs a JWT with claims of the application's. */
export const jwtApi: Api = {
  path: '/recipe/jwt',
  post: async (request, core) => {
    const input = request.body();
    const algorithm = stringField(input, 'algorithm');
    const issuer = stringField(input, 'jwksDomain');
    const payload = objectField(input, 'payload');
    const validity = integerField(input, 'validity');
    if (validity <= 0n) throw new BadRequest('validity must be greater than or equal to 0');
    const isDynamic = request.version >= CDI_2_21 && optionalBooleanField(input, 'useStaticSigningKey') === false;
    const app = core.appOfPublicTenant(request);
    if (algorithm.toUpperCase() !== 'RS256') return json({ status: 'UNSUPPORTED_ALGORITHM_ERROR' });

    const key = await core.keysOf(request.app).signing.signingKey(isDynamic ? 'dynamic' : 'static');
    const now = app.now();
    const iat = Math.trunc(now / 1000);
    // Reckoned in milliseconds of 64 bits, so that what is too long comes around again, as in the real Core.
    const exp = Number(BigInt.asIntN(64, BigInt(now) + validity * 1000n) / 1000n);
    const jwt = await createJwt({ iat, exp, iss: issuer, ...payload }, key);
    return json({ status: 'OK', jwt });
  },
};
