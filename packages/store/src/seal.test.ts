import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checksum, DamagedData, isWhole, seal, unseal } from './seal.js';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const key = fc.uint8Array({ minLength: 1, maxLength: 100 });

it('gives back what was sealed', () => {
  fc.assert(
    fc.property(key, bytes(300), (k, value) => {
      expect(unseal(k, seal(k, value))).toEqual(Buffer.from(value));
    }),
  );
});

it('has one checksum, however it is computed', () => {
  fc.assert(
    fc.property(key, bytes(200), (k, value) => {
      expect(checksum(k, value, value.length)).toBe(crc32(value, crc32(k, k.length)));
    }),
  );
});

it('notices every bit that changes, in value, checksum or key', () => {
  fc.assert(
    fc.property(key, bytes(200), fc.nat(), (k, value, at) => {
      const sealed = seal(k, value);
      const bit = at % ((k.length + sealed.length) * 8);
      const flipped = Buffer.concat([k, sealed]);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const [otherKey, other] = [flipped.subarray(0, k.length), flipped.subarray(k.length)];
      expect(isWhole(otherKey, other)).toBe(false);
      expect(() => unseal(otherKey, other)).toThrow(DamagedData);
    }),
  );
});

it('takes no bytes for whole that were never sealed', () => {
  fc.assert(fc.property(key, bytes(3), (k, value) => !isWhole(k, value)));
  expect(() => unseal(Buffer.from('ab'), Buffer.from('what an older version wrote'))).toThrow('key 6162');
});
