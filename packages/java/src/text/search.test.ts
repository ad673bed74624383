import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Searched } from './search.js';

const LENGTH = 600_000;

it('finds what String finds', () => {
  // Long enough for the search in linear time.
  const piece = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 6 });
  fc.assert(
    fc.property(piece, piece, fc.nat(20), (start, end, from) => {
      const [text, searched] = [start + 'ab'.repeat(1_500) + end, end + 'ab'.repeat(400) + start];
      expect(new Searched(searched).indexIn(text, from)).toBe(text.indexOf(searched, from));
      expect(new Searched(searched).lastIndexIn(text)).toBe(text.lastIndexOf(searched));
      const last = text.length - from;
      expect(new Searched(searched).lastIndexIn(text, last)).toBe(text.lastIndexOf(searched, last));
    }),
  );
});

it.each(['', 'a', 'b'])('finds %j in short texts', (searched) => {
  for (const text of ['', 'a', 'aa', 'ba']) {
    expect(new Searched(searched).indexIn(text)).toBe(text.indexOf(searched));
    expect(new Searched(searched).lastIndexIn(text)).toBe(text.lastIndexOf(searched));
  }
});

it('looks at each character of long texts a few times at most', () => {
  const text = 'a'.repeat(LENGTH);
  const half = 'a'.repeat(LENGTH / 4);
  for (const searched of [`${half}b${half}`, `b${half}`, `${half}b`].map((each) => new Searched(each))) {
    let steps = 0;
    const count = (more: number) => {
      steps += more;
    };
    expect(searched.indexIn(text, 0, count)).toBe(-1);
    expect(searched.lastIndexIn(text, LENGTH, count)).toBe(-1);
    expect(steps).toBeLessThan(4 * LENGTH);
  }
});

it('can be stopped', () => {
  const searched = new Searched(`${'a'.repeat(1_000)}b`);
  const stop = () => {
    throw new Error('stopped');
  };
  expect(() => searched.indexIn('a'.repeat(LENGTH), 0, stop)).toThrow('stopped');
});
