import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesOfUuid, uuidOf } from './id.js';

it('keeps a UUID in 16 bytes and gives back its text', () => {
  fc.assert(
    fc.property(fc.uuid(), (uuid) => {
      const bytes = bytesOfUuid(uuid) as Buffer;
      expect(bytes).toHaveLength(16);
      expect(uuidOf(Buffer.concat([Buffer.of(1), bytes]).subarray(1))).toBe(uuid);
    }),
  );
});

it.each(['', 'user-1', '0199D1B0-0000-7000-8000-000000000000', '0199d1b0-0000-7000-8000-0000000000000'])(
  'takes %j for no UUID',
  (text) => expect(bytesOfUuid(text)).toBeUndefined(),
);
