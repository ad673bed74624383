import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { arrayField, optionalStringField, stringField } from '../../json/input.js';
import { checkOptions } from '../../webauthn/options.js';
import { normaliseEmail } from '../common/user-fields.js';
import {
  algorithmOf,
  answeringRefusals,
  choiceOf,
  timeoutOf,
  userPresenceOf,
  userVerificationOf,
} from './webauthn-input.js';

/** EdDSA, ES256 and RS256. */
const USUAL_ALGORITHMS = [-8, -7, -257];

/** Makes options to register a credential by. */
export const webauthnOptionsRegisterApi: Api = {
  path: '/recipe/webauthn/options/register',
  post: answeringRefusals(async (request, core) => {
    const input = request.body();
    const tenant = core.tenantOf(request);
    const email = normaliseEmail(stringField(input, 'email'));
    const displayName = optionalStringField(input, 'displayName') || email;
    const rpName = stringField(input, 'relyingPartyName');
    const rpId = stringField(input, 'relyingPartyId');
    const origin = stringField(input, 'origin');
    const timeout = timeoutOf(input);
    const attestation = choiceOf(input, 'attestation', 'none');
    const residentKey = choiceOf(input, 'residentKey', 'required');
    const userVerification = userVerificationOf(input);
    const userPresence = userPresenceOf(input);
    const algorithms = Object.hasOwn(input, 'supportedAlgorithmIDs')
      ? arrayField(input, 'supportedAlgorithmIDs')
      : USUAL_ALGORITHMS;
    const given = { email, rpName, rpId, origin, timeout, userVerification, userPresence };
    checkOptions(given, attestation, residentKey);
    const pubKeyCredParams = algorithms.map((algorithm) => ({ alg: algorithmOf(algorithm), type: 'public-key' }));
    const { options, userId } = await core.webauthn.createOptions(core.appOf(request), tenant, given);
    return json({
      webauthnGeneratedOptionsId: options.id,
      rp: { id: rpId, name: rpName },
      user: { id: Buffer.from(userId).toString('base64url'), name: email, displayName },
      email,
      timeout: timeout,
      challenge: options.challenge,
      attestation,
      createdAt: options.createdAt,
      expiresAt: options.expiresAt,
      pubKeyCredParams,
      excludeCredentials: [],
      authenticatorSelection: {
        requireResidentKey: residentKey === 'required',
        residentKey,
        userVerification,
      },
      status: 'OK',
    });
  }),
};
