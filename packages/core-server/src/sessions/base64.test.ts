import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeBase64, MalformedBase64 } from './base64.js';

it('decodes what an encoder makes, with padding or without', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.constantFrom('base64' as const, 'base64url' as const), (bytes, alphabet) => {
      const encoded = Buffer.from(bytes).toString(alphabet);
      expect(decodeBase64(encoded, alphabet)).toEqual(Buffer.from(bytes));
      expect(decodeBase64(encoded.replace(/=+$/, ''), alphabet)).toEqual(Buffer.from(bytes));
    }),
  );
});

it('decodes or refuses any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('A', '/', '-', '=', ' ', 'ü', '🍋') }), (text) => {
      try {
        expect(decodeBase64(text, 'base64').toString('base64').replace(/=+$/, '').length).toBe(
          text.replace(/=+$/, '').length,
        );
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedBase64);
      }
    }),
  );
});

it.each([
  ['a', 'Input byte[] should at least have 2 bytes for base64 bytes'],
  ['💩', 'Input byte[] should at least have 2 bytes for base64 bytes'],
  ['ab!c', 'Illegal base64 character 21'],
  ['ab💩', 'Illegal base64 character 3f'],
  ['abcde', 'Last unit does not have enough valid bits'],
  ['a=', 'Last unit does not have enough valid bits'],
  ['ab=c', 'Input byte array has wrong 4-byte ending unit'],
  ['abcd=', 'Input byte array has wrong 4-byte ending unit'],
  ['abc=d', 'Input byte array has incorrect ending byte at 4'],
])('says of %j: %s', (text, message) => {
  expect(() => decodeBase64(text, 'base64')).toThrow(message);
});
