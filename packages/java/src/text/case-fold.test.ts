import fc from 'fast-check';
import { expect, it } from 'vitest';
import { foldCase } from './case-fold.js';

it.each([
  ['Straße', 'strasse'],
  ['ẞ', 'ss'],
  ['ΟΔΟΣ', 'οδοσ'],
  ['ﬁ Ⅷ ｶﾞ', 'fi viii ガ'],
  ['so\u00adft\u200bware', 'software'],
  ['İı', 'i̇ı'],
  ['Ꭰꭰᏸ', 'ᎠᎠᏰ'],
  ['A\u030a', 'å'],
])('%s becomes %s', (text, folded) => {
  expect(foldCase(text)).toBe(folded);
});

it('changes nothing the second time', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(foldCase(foldCase(text))).toBe(foldCase(text));
    }),
  );
});
