import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DamagedData, isWhole, seal, Unsealer } from './seal.js';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const key = fc.uint8Array({ minLength: 1, maxLength: 100 });

/** As LMDB's binding does it: in a buffer that is larger than the value. */
function unseal(k: Uint8Array, sealed: Uint8Array): Buffer {
  const unsealer = new Unsealer();
  const value = unsealer.decode(Buffer.concat([sealed, Buffer.alloc(20, 7)]), sealed.length);
  unsealer.check(k);
  return value;
}

it('gives back what was sealed', () => {
  fc.assert(
    fc.property(key, bytes(300), (k, value) => {
      expect(unseal(k, seal(k, value))).toEqual(Buffer.from(value));
      expect(isWhole(k, seal(k, value))).toBe(true);
    }),
  );
});

it('has the one checksum that the format names, however it is computed', () => {
  fc.assert(
    fc.property(key, bytes(200), (k, value) => {
      const sum = crc32(Buffer.concat([value, Buffer.of(k.length), k]));
      expect(seal(k, value).readUInt32LE(value.length)).toBe(sum);
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
  expect(() => unseal(Buffer.from('ab'), Buffer.alloc(3))).toThrow('key 6162');
});
