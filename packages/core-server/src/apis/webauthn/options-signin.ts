import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { stringField } from '../../json/input.js';
import { checkOptions } from '../../webauthn/options.js';
import { answeringRefusals, timeoutOf, userPresenceOf, userVerificationOf } from './webauthn-input.js';

/** Makes options to sign in by. */
export const webauthnOptionsSignInApi: Api = {
  path: '/recipe/webauthn/options/signin',
  post: answeringRefusals(async (request, core) => {
    const input = request.body();
    const tenant = core.tenantOf(request);
    const rpId = stringField(input, 'relyingPartyId');
    const rpName = stringField(input, 'relyingPartyName');
    const origin = stringField(input, 'origin');
    const timeout = timeoutOf(input);
    const userVerification = userVerificationOf(input);
    const userPresence = userPresenceOf(input);
    const given = { email: null, rpName, rpId, origin, timeout, userVerification, userPresence };
    checkOptions(given, 'none', 'required');
    const { options } = await core.webauthn.createOptions(core.appOf(request), tenant, given);
    return json({
      webauthnGeneratedOptionsId: options.id,
      relyingPartyId: rpId,
      challenge: options.challenge,
      timeout,
      userVerification,
      userPresence,
      createdAt: options.createdAt,
      expiresAt: options.expiresAt,
      status: 'OK',
    });
  }),
};
