import { createHash, createHmac, randomBytes, randomInt, randomUUID } from 'node:crypto';

// A device is a browser in which somebody asked for a code. Its id, a salt that only the Core has and the six digits make the
// code of a link; who has but the device's id can so try digits only here, where tries are counted.

/** A device's id or a code of a link is not in the base64 alphabet that it is written in. */
export class BadEncoding extends Error {
  override readonly name = 'BadEncoding';
  constructor(readonly source: 'deviceId' | 'linkCode') {
    super(`Input encoding error in ${source}`);
  }
}

const SECRET_BYTES = 32;
const DIGITS = 6;

/** A new code, for a device that is there or a new one. */
export interface NewCode {
  readonly id: string;
  readonly deviceId: string;
  readonly deviceIdHash: string;
  readonly linkCodeSalt: string;
  readonly userInputCode: string;
  readonly linkCode: string;
  readonly linkCodeHash: string;
}

/**
 * @param userInputCode by default six random digits
 * @throws BadEncoding
 */
export function newCode(
  userInputCode: string | undefined,
  device?: { readonly id: string; readonly linkCodeSalt: string },
): NewCode {
  const deviceId = device === undefined ? randomBytes(SECRET_BYTES) : deviceIdBytes(device.id);
  const salt = device === undefined ? randomBytes(SECRET_BYTES) : Buffer.from(device.linkCodeSalt, 'base64');
  const digits = userInputCode ?? Array.from({ length: DIGITS }, () => randomInt(10)).join('');
  const linkCode = linkCodeOf(deviceId, salt, digits);
  return {
    id: randomUUID(),
    deviceId: deviceId.toString('base64'),
    deviceIdHash: hashOf(deviceId),
    linkCodeSalt: salt.toString('base64'),
    userInputCode: digits,
    linkCode: linkCode.toString('base64url'),
    linkCodeHash: hashOf(linkCode),
  };
}

/** The public name of a device. @throws BadEncoding */
export function hashOfDeviceId(deviceId: string): string {
  return hashOf(deviceIdBytes(deviceId));
}

/** @throws BadEncoding */
export function hashOfLinkCode(linkCode: string): string {
  return hashOf(decode(linkCode, /^[\w-]*={0,2}$/, 'linkCode'));
}

/** The hash of the link's code that goes with digits. @throws BadEncoding */
export function hashOfDigits(deviceId: string, linkCodeSalt: string, userInputCode: string): string {
  return hashOf(linkCodeOf(deviceIdBytes(deviceId), Buffer.from(linkCodeSalt, 'base64'), userInputCode));
}

function deviceIdBytes(deviceId: string): Buffer {
  return decode(deviceId, /^[A-Za-z\d+/]*={0,2}$/, 'deviceId');
}

// As strict as Java: padding is all there or not at all, and one character alone is no byte.
function decode(text: string, alphabet: RegExp, source: 'deviceId' | 'linkCode'): Buffer {
  const bare = text.replace(/=+$/, '');
  const isPadded = bare.length !== text.length;
  if (!alphabet.test(text) || bare.length % 4 === 1 || (isPadded && text.length % 4 !== 0))
    throw new BadEncoding(source);
  return Buffer.from(text, 'base64');
}

function linkCodeOf(deviceId: Buffer, salt: Buffer, userInputCode: string): Buffer {
  return createHmac('sha256', Buffer.concat([deviceId, salt]))
    .update(userInputCode)
    .digest();
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64url');
}
