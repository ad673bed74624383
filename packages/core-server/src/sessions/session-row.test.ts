import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonObject } from '../json/json.js';
import { decodeSession, encodeSession } from './session-row.js';

const object = fc
  .dictionary(fc.string(), fc.jsonValue())
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject);
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));

it('decodes what it encodes', () => {
  const session = fc.record({
    userId: fc.oneof(fc.uuid(), fc.string(), fc.string({ unit: 'binary' })),
    userDataInDatabase: fc.oneof(fc.constant({}), object),
    userDataInJWT: fc.oneof(fc.constant({}), object),
    refreshTokenHash2: hash,
    expiry: fc.nat(Number.MAX_SAFE_INTEGER),
    timeCreated: fc.nat(2 ** 45),
    useStaticKey: fc.boolean(),
  });
  fc.assert(
    fc.property(session, (content) => {
      const place = { space: '@1', id: Buffer.alloc(16, 1) };
      expect(decodeSession(encodeSession(content), place)).toEqual({ ...content, ...place });
    }),
  );
});

it('takes 79 bytes for a session of nothing but a user with a UUID, times, hash and a role', () => {
  const value = encodeSession({
    userId: '0f5a3c1e-6f0e-4f0e-8f0e-0123456789ab',
    userDataInDatabase: {},
    userDataInJWT: { role: 'user' },
    refreshTokenHash2: 'a'.repeat(64),
    expiry: Date.now(),
    timeCreated: Date.now(),
    useStaticKey: false,
  });
  expect(value).toHaveLength(1 + 32 + 8 + 6 + 16 + '[{"role":"user"}]'.length);
});
