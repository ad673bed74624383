import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CodePointCounter, codePointLength, indexOfCodePoint } from './code-points.js';

// Any UTF-16 text, including lone surrogates.
const text = fc
  .array(fc.constantFrom('a', 'é', '😀', '\ud83d', '\ude00'), { maxLength: 10 })
  .map((characters) => characters.join(''));

it('counts code points as JavaScript iterates them', () => {
  fc.assert(
    fc.property(text, (t) => {
      expect(codePointLength(t)).toBe([...t].length);
    }),
  );
});

it('finds the place of each', () => {
  fc.assert(
    fc.property(text, (t) => {
      const points = [...t];
      for (let i = 0; i <= points.length; i++) expect(indexOfCodePoint(t, i)).toBe(points.slice(0, i).join('').length);
      expect(indexOfCodePoint(t, points.length + 1)).toBeUndefined();
    }),
  );
});

it('counts on from the last place, within a code point as well', () => {
  const counter = new CodePointCounter('a😀\ud83d😀b');
  expect([0, 1, 2, 3, 4, 5, 6, 7].map((index) => counter.before(index))).toEqual([0, 1, 2, 2, 3, 4, 4, 5]);
});
