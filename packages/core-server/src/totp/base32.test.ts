import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeBase32, encodeBase32 } from './base32.js';

it('writes the examples of RFC 4648', () => {
  const examples = { f: 'MY======', fo: 'MZXQ====', foo: 'MZXW6===', foob: 'MZXW6YQ=', foobar: 'MZXW6YTBOI======' };
  for (const [text, encoded] of Object.entries(examples)) expect(encodeBase32(Buffer.from(text))).toBe(encoded);
});

it('reads what it wrote, in letters of either case, whatever stands between them', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = encodeBase32(bytes);
      expect(decodeBase32(text)).toEqual(Buffer.from(bytes));
      expect(decodeBase32(text.toLowerCase().replaceAll('=', '').split('').join(' -1'))).toEqual(Buffer.from(bytes));
    }),
  );
});
