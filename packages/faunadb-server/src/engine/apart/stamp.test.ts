import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteWriter } from '../../storage/bytes.js';
import { writeOrderedList } from '../../storage/order.js';
import { decodeWrites, encodeWrites } from './encoded-writes.js';
import { putTime, Stamp } from './stamp.js';

const time = fc.bigInt({ min: 0n, max: 4_000_000_000_000_000n });

/** Bytes with a time in all forms among others, as in keys and values. */
function written(own: bigint, others: readonly bigint[]): Buffer {
  const writer = new ByteWriter();
  for (const other of others) writer.int64(other).int64(own);
  writeOrderedList(writer, [own, ...others, own], [true]);
  return writer.result();
}

it('is found in every place and replaced by the time', () => {
  fc.assert(
    fc.property(fc.array(time, { maxLength: 5 }), time, (others, now) => {
      const stamp = new Stamp();
      const bytes = written(stamp.time, others);
      expect(stamp.isIn(bytes)).toBe(true);
      putTime(bytes, stamp.places(bytes), now);
      expect(bytes).toEqual(written(now, others));
      expect(stamp.isIn(bytes)).toBe(false);
    }),
  );
});

it('is later than all real times', () => {
  expect(new Stamp().time).toBeGreaterThan(BigInt(Date.UTC(9999, 11, 31)) * 1000n);
});

it('survives encoding and decoding of writes', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 8 }).map((array) => Buffer.from(array));
  fc.assert(
    fc.property(fc.array(fc.tuple(bytes, fc.option(bytes))), (writes) => {
      expect([...decodeWrites(encodeWrites(writes))]).toEqual(writes);
    }),
  );
});
