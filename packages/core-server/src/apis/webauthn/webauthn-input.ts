import { BadRequest } from '../../common/errors.js';
import { type Answer, json } from '../../http/answer.js';
import type { Handler } from '../../http/api.js';
import { integerField, optionalBooleanField, optionalStringField } from '../../json/input.js';
import type { Json, JsonObject } from '../../json/json.js';
import { CredentialRefused } from '../../webauthn/credential-refused.js';
import { InvalidOptions } from '../../webauthn/options.js';

/** The default validity of options, in milliseconds. */
const USUAL_TIMEOUT = 6000;

/** In milliseconds. */
export function timeoutOf(input: JsonObject): number {
  return Object.hasOwn(input, 'timeout') ? Number(integerField(input, 'timeout')) : USUAL_TIMEOUT;
}

/** An empty string counts as absent. */
export function choiceOf(input: JsonObject, field: string, usual: string): string {
  return optionalStringField(input, field) || usual;
}

export function userVerificationOf(input: JsonObject): string {
  return choiceOf(input, 'userVerification', 'preferred');
}

export function userPresenceOf(input: JsonObject): boolean {
  return optionalBooleanField(input, 'userPresence') ?? false;
}

/** The number of an algorithm, as COSE has it. @throws InvalidOptions */
export function algorithmOf(given: Json): number {
  if (Array.isArray(given)) {
    if (given.length !== 1) throw new InvalidOptions(`Array must have size 1, but has size ${given.length}`);
    return algorithmOf(given[0] as Json);
  }
  if (typeof given === 'number') return Math.trunc(given);
  if (typeof given === 'object') throw new BadRequest("Field name 'supportedAlgorithmIDs' is invalid in JSON input");
  if (!/^[+-]?\d+$/.test(String(given))) throw new InvalidOptions(`For input string: "${given}"`);
  return Number(given);
}

function invalidOptions(reason: string): Answer {
  return json({ status: 'INVALID_OPTIONS_ERROR', reason });
}

export const OPTIONS_EXPIRED = invalidOptions('Options expired');
export const OPTIONS_NOT_FOUND = json({ status: 'OPTIONS_NOT_FOUND_ERROR' });
export const CREDENTIAL_NOT_FOUND = json({ status: 'CREDENTIAL_NOT_FOUND_ERROR' });
export const UNKNOWN_USER = json({ status: 'UNKNOWN_USER_ID_ERROR' });
export const TOKEN_INVALID = json({ status: 'RECOVER_ACCOUNT_TOKEN_INVALID_ERROR' });

/** Wraps a handler so that refused options and credentials become answers with the reason. */
export function answeringRefusals(handler: Handler): Handler {
  return async (request, core) => {
    try {
      return await handler(request, core);
    } catch (error) {
      if (error instanceof InvalidOptions) return invalidOptions(error.message);
      if (!(error instanceof CredentialRefused)) throw error;
      const status = error.kind === 'wrong' ? 'INVALID_AUTHENTICATOR_ERROR' : 'INVALID_CREDENTIALS_ERROR';
      return json({ status, reason: error.message });
    }
  };
}
