import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isDashboardEmail, weaknessOf } from './credential-rules.js';

// What the pattern of the real Core comes to, written down as it stands there: slow for long texts.
const PATTERN = /^.+@(?:[0-9{},.]|(?:[a-z0-9-]+.)+[a-z]{2,})$/iu;

it('accepts the same emails as the pattern', () => {
  const text = fc.string({ unit: fc.constantFrom(...'ab1-@.,{ \n\u{1f600}'), maxLength: 12 });
  fc.assert(
    fc.property(text, text, (one, other) => {
      for (const email of [one, `${one}@${other}`, `a@${other}`])
        expect(isDashboardEmail(email)).toBe(PATTERN.test(email));
    }),
    { numRuns: 2000 },
  );
});

it('finishes quickly where the pattern would not', () => {
  expect(isDashboardEmail(`a@${'a'.repeat(1_000_000)}!`)).toBe(false);
  expect(isDashboardEmail('a@'.repeat(500_000))).toBe(false);
  expect(isDashboardEmail(`a@${'a.'.repeat(500_000)}!`)).toBe(false);
});

it('reports what a password lacks', () => {
  expect(weaknessOf('abcdefg1')).toBeUndefined();
  expect(weaknessOf('abcdefgh')).toContain('number');
  expect(weaknessOf('12345678')).toContain('alphabet');
  expect(weaknessOf('a1')).toContain('8');
  expect(weaknessOf(`a1${'x'.repeat(98)}`)).toContain('100');
});
