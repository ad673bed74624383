/** The text is not base64; the message says why, as the real Core's runtime does. */
export class MalformedBase64 extends Error {
  override readonly name = 'MalformedBase64';
}

const STRANGE = { base64: /[^A-Za-z0-9+/]/, base64url: /[^A-Za-z0-9_-]/ };

/**
 * Decodes base64 strictly: no other characters, no unused bits set, padding complete or absent.
 *
 * @throws MalformedBase64
 * @see https://www.rfc-editor.org/rfc/rfc4648#section-4
 */
export function decodeBase64(text: string, alphabet: 'base64' | 'base64url'): Buffer {
  if ([...text].length === 1) throw new MalformedBase64('Input byte[] should at least have 2 bytes for base64 bytes');
  const digits = text.split('=', 1)[0] ?? '';
  const padding = text.slice(digits.length);
  const strange = STRANGE[alphabet].exec(digits)?.[0];
  if (strange !== undefined) {
    const byte = strange.charCodeAt(0) > 0xff ? '3f' : strange.charCodeAt(0).toString(16);
    throw new MalformedBase64(`Illegal base64 character ${byte}`);
  }
  const lone = digits.length % 4;
  if (padding !== '' && (lone === 0 || (lone === 2 && padding[1] !== '='))) {
    throw new MalformedBase64('Input byte array has wrong 4-byte ending unit');
  }
  if (lone === 1) throw new MalformedBase64('Last unit does not have enough valid bits');
  const complete = padding === '' ? text.length : digits.length + (lone === 2 ? 2 : 1);
  if (complete < text.length) throw new MalformedBase64(`Input byte array has incorrect ending byte at ${complete}`);
  return Buffer.from(digits, alphabet);
}
