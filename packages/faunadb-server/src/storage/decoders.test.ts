import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lambdaOf } from '../fql4/parse/lambda-data.js';
import { StoredVersion } from '../model/base/stored-version.js';
import { ByteReader, ByteWriter } from './bytes.js';
import { readObject, readValue } from './data.js';

const decoding = { scope: 0, lambda: lambdaOf };
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  // Tags of arrays and objects, and lengths that never end.
  fc
    .array(fc.constantFrom(0x08, 0x09, 0x07, 0x0f, 0x10, 0x80, 0xff, 0x01, 0x00), { maxLength: 200 })
    .map((list) => Uint8Array.from(list)),
);

/** Expects a result or an error, never an endless loop or bytes beyond the end. */
function ends(read: (reader: ByteReader) => unknown): void {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const reader = new ByteReader(bytes);
      try {
        read(reader);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        return;
      }
      expect(reader.position).toBeLessThanOrEqual(bytes.length);
    }),
    { numRuns: 2_000 },
  );
}

describe('decoding of arbitrary bytes', () => {
  it('reads a value or fails', () => ends((reader) => readValue(reader, decoding)));
  it('reads an object or fails', () => ends((reader) => readObject(reader, decoding)));
  it('reads a number or fails', () => ends((reader) => reader.varint()));
  it('reads a text or fails', () => ends((reader) => reader.string()));
  it('reads bytes or fails', () => ends((reader) => reader.bytes(reader.varint())));
  it('reads fixed parts or fails', () =>
    ends((reader) => [reader.byte(), reader.uint16(), reader.uint32(), reader.int64(), reader.double()]));

  it('reads a version of a document or fails', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        try {
          const version = StoredVersion.decode(bytes, decoding);
          if (!version.deleted) void version.data;
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('fails where a number, a text or bytes end before they should', () => {
    expect(() => new ByteReader(Buffer.of(0x80)).varint()).toThrow('ends before it should');
    expect(() => new ByteReader(Buffer.of()).byte()).toThrow('ends before it should');
    expect(() => new ByteReader(Buffer.of(5, 65)).string()).toThrow('ends before it should');
    expect(() => new ByteReader(Buffer.of(65)).bytes(2)).toThrow('ends before it should');
    expect(() => new ByteReader(Buffer.alloc(20, 0xff)).varint()).toThrow('more digits');
    // A list that claims to have billions of elements, and has none.
    const endless = new ByteWriter()
      .byte(8)
      .varint(2 ** 40)
      .result();
    expect(() => readValue(new ByteReader(endless), decoding)).toThrow('ends before it should');
  });

  it('reads back the largest numbers that are written', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(new ByteReader(new ByteWriter().varint(value).result()).varint()).toBe(value);
      }),
    );
  });
});
