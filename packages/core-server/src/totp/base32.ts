const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** @see https://www.rfc-editor.org/rfc/rfc4648#section-6 */
export function encodeBase32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let count = 0;
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    for (count += 8; count >= 5; count -= 5) text += ALPHABET[(bits >>> (count - 5)) & 31];
    bits &= 0xff;
  }
  if (count > 0) text += ALPHABET[(bits << (5 - count)) & 31];
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=');
}

/** Ignores case and characters that are not base 32 digits. Padding ends the text. */
export function decodeBase32(text: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const char of text) {
    if (char === '=') break;
    if (!/[a-z2-7]/i.test(char)) continue;
    bits = ((bits << 5) | ALPHABET.indexOf(char.toUpperCase())) & 0xfff;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes.push((bits >>> count) & 0xff);
  }
  return Buffer.from(bytes);
}
