import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bytes, DateValue, ObjectValue, Ref, Time } from '../values/values.js';
import { ByteReader, ByteWriter } from './bytes.js';
import { readValue, type StoredValue, writeValue } from './data.js';
import { compareValues, writeOrdered } from './order.js';

const key = (value: StoredValue, reverse = false) => {
  const writer = new ByteWriter();
  writeOrdered(writer, value, reverse);
  return writer.result();
};

const { value: anyValue } = fc.letrec<{ value: StoredValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, 0n, -0, Number.NaN, Number.POSITIVE_INFINITY),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double(),
    fc.string({ unit: 'binary' }),
    fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }).map((nanos) => new Time(nanos)),
    fc.integer().map((day) => new DateValue(day)),
    fc.uint8Array({ maxLength: 5 }).map((bytes) => new Bytes(Buffer.from(bytes))),
    fc.tuple(fc.integer({ min: 0, max: 32767 }), fc.bigInt({ min: 0n, max: 99n })).map(([c, id]) => new Ref(7, c, id)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 3 }).map((fields) => new ObjectValue(new Map(fields))),
  ),
}));

const decoding = {
  scope: 7,
  lambda: () => {
    throw new Error('None was written.');
  },
};

/** The value with the fields of its objects in the order of their names. */
function withSortedFields(value: StoredValue): StoredValue {
  if (Array.isArray(value)) return (value as readonly StoredValue[]).map(withSortedFields);
  if (!(value instanceof ObjectValue)) return value;
  const fields = [...value.fields].sort(([a], [b]) => (a < b ? -1 : 1));
  return new ObjectValue(new Map(fields.map(([name, each]) => [name, withSortedFields(each as StoredValue)])));
}

describe('the order of values', () => {
  it('follows their kinds, as in an index of FaunaDB', () => {
    const ordered: StoredValue[] = [
      Number.NEGATIVE_INFINITY,
      -2.5,
      -1n,
      0n,
      1.5,
      2n,
      9007199254740991n,
      9223372036854775807n,
      1e300,
      new Bytes(Buffer.of(1)),
      new Bytes(Buffer.of(1, 2, 3)),
      '',
      '-',
      '1',
      '10',
      '2',
      'a',
      'A',
      'á',
      'aa',
      'b',
      'B',
      'é',
      'z',
      'я',
      [],
      [1n],
      new ObjectValue(new Map()),
      new Ref(7, 1024, 1n),
      new Ref(7, 1025, 1n),
      new Ref(7, 1024, 2n),
      new Ref(7, 1, 1024n),
      new Time(-1n),
      new Time(0n),
      new Time(1000n),
      new DateValue(-1),
      new DateValue(18628),
      false,
      true,
      null,
    ];
    for (let i = 1; i < ordered.length; i++) {
      const [a, b] = [ordered[i - 1]!, ordered[i]!];
      expect(Buffer.compare(key(a), key(b)), `${i}`).toBe(-1);
      expect(Buffer.compare(key(a, true), key(b, true)), `${i} reversed`).toBe(1);
      expect(compareValues(a, b), `${i}`).toBeLessThan(0);
    }
  });

  it('is the same in bytes as in comparison of sorted fields, in both directions, and no key is a prefix of another', () => {
    fc.assert(
      fc.property(anyValue, anyValue, (a, b) => {
        const order = Math.sign(compareValues(withSortedFields(a), withSortedFields(b)));
        const bytes = Buffer.compare(key(a), key(b));
        if (order !== 0) expect(bytes).toBe(order);
        expect(Buffer.compare(key(a, true), key(b, true)) + bytes).toBe(0);
        if (bytes !== 0) expect(key(a).subarray(0, key(b).length).equals(key(b))).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('agrees with the collation of CLDR on the texts of Europe', () => {
    const root = new Intl.Collator('und');
    const unit = fc.constantFrom(...'abcABCzZéÉèñößøæłđþ 019-_.,@#$%&/"+<=ΑαβΩЖжяЯ'.normalize('NFC'));
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 6 }), fc.string({ unit, maxLength: 6 }), (a, b) => {
        const expected = Math.sign(root.compare(a, b));
        if (expected !== 0) expect(Math.sign(compareValues(a, b))).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it('keeps long texts within the limits of a key, and distinct', () => {
    const long = 'x'.repeat(10_000);
    expect(key(long).length).toBeLessThan(500);
    expect(key(`${long}a`).equals(key(`${long}b`))).toBe(false);
  });
});

describe('stored values', () => {
  it('can be read back unchanged', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const writer = new ByteWriter();
        writeValue(writer, value);
        const reader = new ByteReader(writer.result());
        expect(readValue(reader, decoding)).toStrictEqual(value);
        expect(reader.done).toBe(true);
      }),
    );
  });
});
