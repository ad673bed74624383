import { CDI_5_0, type CdiVersion } from '../../cdi/version.js';
import { BadRequest } from '../../common/errors.js';
import { type Answer, json } from '../../http/answer.js';
import { intField, optionalStringField, stringField } from '../../json/input.js';
import type { JsonObject } from '../../json/json.js';
import type { Verdict } from '../../totp/totp.js';

/** A device as a request describes it. */
export interface DeviceInput {
  readonly userId: string;
  readonly deviceName: string | undefined;
  readonly skew: number;
  readonly period: number;
  /** Of a device that is imported. */
  readonly secretKey: string | undefined;
}

/** @throws BadRequest */
export function deviceInputOf(input: JsonObject, kind: 'new' | 'imported'): DeviceInput {
  const userId = stringField(input, 'userId');
  const deviceName = optionalStringField(input, 'deviceName');
  const skew = intField(input, 'skew');
  const period = intField(input, 'period');
  const secretKey = kind === 'imported' ? stringField(input, 'secretKey') : undefined;
  refuseEmpty({ userId, deviceName, secretKey });
  if (skew < 0) throw new BadRequest('skew must be >= 0');
  if (period <= 0) throw new BadRequest('period must be > 0');
  return { userId, deviceName, skew, period, secretKey };
}

/** @throws BadRequest naming the first of `fields` that is an empty string */
export function refuseEmpty(fields: Readonly<Record<string, string | undefined>>): void {
  for (const [field, value] of Object.entries(fields)) {
    if (value === '') throw new BadRequest(`${field} cannot be empty`);
  }
}

/** Answers a code that was not taken. */
export function answerVerdict(verdict: Exclude<Verdict, { status: 'right' }>, version: CdiVersion): Answer {
  return json({
    status: verdict.status === 'wrong' ? 'INVALID_TOTP_ERROR' : 'LIMIT_REACHED_ERROR',
    ...(verdict.status === 'too many' && { retryAfterMs: verdict.retryAfter }),
    ...(version >= CDI_5_0 && {
      currentNumberOfFailedAttempts: verdict.attempts,
      maxNumberOfFailedAttempts: verdict.limit,
    }),
  });
}
