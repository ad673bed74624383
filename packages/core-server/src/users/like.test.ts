import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isLike } from './like.js';

it.each([
  ['ann@login.example', 'ann%', true],
  ['ann@login.example', '%login%', true],
  ['ann', 'a_n', true],
  ['an', 'a_n', false],
  ['ann', 'ann%', true],
  ['ann', '%', true],
  ['', '%', true],
  ['', '_', false],
  ['a%b', 'a%b', true],
  ['\u{1f34b}', '_', true],
])('%s like %s: %s', (text, pattern, expected) => {
  expect(isLike(text, pattern)).toBe(expected);
});

it('matches like the equivalent regular expression', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n'), maxLength: 8 });
  const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '.', '%', '_'), maxLength: 6 });
  fc.assert(
    fc.property(texts, patterns, (text, pattern) => {
      const source = pattern.replaceAll('.', '\\.').replaceAll('%', '.*').replaceAll('_', '.');
      expect(isLike(text, pattern)).toBe(new RegExp(`^${source}$`, 's').test(text));
    }),
  );
});
