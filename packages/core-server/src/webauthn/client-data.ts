import { isObject, type Json, type JsonObject } from '../json/json.js';
import { decodeBase64, MalformedBase64 } from '../sessions/base64.js';
import { malformed } from './credential-refused.js';
import { type Origin, parseOrigin } from './origin.js';

/**
 * What a browser reports it was asked for, and by which page.
 *
 * @see https://www.w3.org/TR/webauthn-2/#dictdef-collectedclientdata
 */
export interface ClientData {
  readonly type: string;
  readonly challenge: Buffer;
  readonly origin: Origin;
  readonly isCrossOrigin: boolean;
  readonly tokenBinding: string | undefined;
}

/** @returns `null` if the bytes are the JSON `null`. @throws CredentialRefused if they have another form */
export function parseClientData(bytes: Buffer): ClientData | null {
  let parsed: Json;
  try {
    parsed = JSON.parse(bytes.toString()) as Json;
  } catch {
    throw malformed();
  }
  if (parsed === null) return null;
  if (!isObject(parsed)) throw malformed();
  const origin = parseOrigin(textOf(parsed, 'origin'));
  if (origin === undefined) throw malformed();
  return {
    type: textOf(parsed, 'type'),
    challenge: challengeOf(textOf(parsed, 'challenge')),
    origin,
    isCrossOrigin: booleanOf(parsed.crossOrigin),
    tokenBinding: statusOf(parsed.tokenBinding),
  };
}

function textOf(object: JsonObject, name: string): string {
  const value = object[name];
  if (typeof value !== 'string') throw malformed();
  return value;
}

function challengeOf(text: string): Buffer {
  try {
    return decodeBase64(text, 'base64url');
  } catch (error) {
    if (error instanceof MalformedBase64) throw malformed();
    throw error;
  }
}

function booleanOf(value: Json | undefined): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean' || typeof value === 'number') return Boolean(value);
  throw malformed();
}

function statusOf(value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw malformed();
  return textOf(value, 'status');
}
