import { BadRequest } from '../../common/errors.js';
import { type Answer, json } from '../../http/answer.js';
import { stringField } from '../../json/input.js';
import type { JsonObject } from '../../json/json.js';
import { BadEncoding } from '../../recipes/passwordless/codes.js';
import type { Device } from '../../recipes/passwordless/devices.js';
import type { CodeRefusal, ShownCode } from '../../recipes/passwordless/passwordless.js';

/** What a client shows: the digits and the device, or a link's code. @throws BadRequest */
export function shownCode(input: JsonObject): { deviceIdHash: string; shown: ShownCode } {
  const deviceIdHash = stringField(input, 'preAuthSessionId');
  const has = (field: string) => Object.hasOwn(input, field);
  const isLink = has('linkCode');
  if (isLink ? has('userInputCode') || has('deviceId') : !has('userInputCode') || !has('deviceId')) {
    throw new BadRequest('Please provide exactly one of linkCode or deviceId+userInputCode');
  }
  if (isLink) return { deviceIdHash, shown: { linkCode: stringField(input, 'linkCode') } };
  const deviceId = stringField(input, 'deviceId');
  return { deviceIdHash, shown: { deviceId, userInputCode: stringField(input, 'userInputCode') } };
}

/** Answers why a code does not serve. @throws BadRequest */
export function answerRefusal(refusal: CodeRefusal): Answer {
  switch (refusal.reason) {
    case 'restart':
      return json({ status: 'RESTART_FLOW_ERROR' });
    case 'other device':
      throw new BadRequest("preAuthSessionId and deviceId doesn't match");
    default:
      return json({
        status: `${refusal.reason.toUpperCase()}_USER_INPUT_CODE_ERROR`,
        failedCodeInputAttemptCount: refusal.failedAttempts,
        maximumCodeInputAttempts: refusal.mostAttempts,
      });
  }
}

/** Says which input is not in its alphabet. @throws BadRequest */
export function badEncoding(error: unknown): never {
  if (error instanceof BadEncoding) throw new BadRequest(error.message);
  throw error;
}

/** A device as clients read it. */
export function deviceJson({ hash, failedAttempts, email, phoneNumber }: Device): object {
  return {
    preAuthSessionId: hash,
    failedCodeInputAttemptCount: failedAttempts,
    ...(email !== undefined && { email }),
    ...(phoneNumber !== undefined && { phoneNumber }),
  };
}
