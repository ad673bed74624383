import fc from 'fast-check';
import { expect, it } from 'vitest';
import { idPart, key, keysUnder, partsOf, rangeOf, timeBytes, timeOfPart, timePart } from './key.js';

const part = fc.string({ unit: 'grapheme', maxLength: 60 });
const odd = fc.string({ unit: fc.constantFrom('\0', '\x01', '\x02', 'a', 'ü'), maxLength: 8 });
const anyPart = fc.oneof(part, odd);
const bytes = (...parts: string[]) => Buffer.from(key(...parts));

it('encodes different sequences of parts as different keys', () => {
  const line = fc.array(fc.oneof(anyPart, fc.string({ unit: 'binary', maxLength: 300 })), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(line, line, (a, b) => {
      const isSame = JSON.stringify(a) === JSON.stringify(b);
      expect(bytes(...a).equals(bytes(...b))).toBe(isSame);
    }),
  );
});

it('decodes the parts', () => {
  const line = fc.array(
    anyPart.filter((text) => !text.startsWith('\x02')),
    { minLength: 1, maxLength: 4 },
  );
  fc.assert(
    fc.property(line, (parts) => {
      expect(partsOf(key(...parts))).toEqual(parts);
    }),
  );
});

it('finds all keys under a prefix, and no other', () => {
  const line = fc.array(odd, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(line, line, (prefix, other) => {
      const { start, end } = keysUnder(...prefix);
      const found = bytes(...other);
      const isUnder = prefix.every((text, at) => other[at] === text);
      expect(Buffer.compare(found, start) >= 0 && Buffer.compare(found, end) < 0).toBe(isUnder);
    }),
  );
});

it('keeps keys short, whatever the parts', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 5000 }), (text) => {
      expect(key(text).length).toBeLessThan(900);
    }),
  );
});

it('orders times as parts', () => {
  const time = fc.nat({ max: 2 ** 46 });
  fc.assert(
    fc.property(time, time, (a, b) => {
      expect(timeOfPart(timePart(a))).toBe(a);
      expect(Math.sign(Buffer.compare(bytes(timePart(a)), bytes(timePart(b))))).toBe(Math.sign(a - b));
    }),
  );
});

const anyId = fc.oneof(anyPart, fc.uuid());

it('terminates an id, so that no id is a prefix of another', () => {
  const rest = fc.uint8Array({ maxLength: 20 });
  fc.assert(
    fc.property(anyId, anyId, rest, rest, (a, b, restA, restB) => {
      const [keyA, keyB] = [Buffer.concat([idPart(a), restA]), Buffer.concat([idPart(b), restB])];
      if (a !== b) expect(keyA.equals(keyB)).toBe(false);
      const { start, end } = rangeOf(Buffer.concat([key('table'), idPart(a)]));
      const found = Buffer.concat([key('table'), keyB]);
      expect(Buffer.compare(found, start) >= 0 && Buffer.compare(found, end) < 0).toBe(a === b);
    }),
  );
});

it('orders times', () => {
  const time = fc.oneof(fc.nat(), fc.nat(Number.MAX_SAFE_INTEGER), fc.double({ min: 0, noNaN: true }));
  fc.assert(
    fc.property(time, time, (a, b) => {
      expect(Math.sign(Buffer.compare(timeBytes(a), timeBytes(b)))).toBe(Math.sign(a - b));
    }),
  );
});
