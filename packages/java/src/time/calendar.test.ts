import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dateOf, dayOf, dayOfWeek, dayOfYear } from './calendar.js';
import { MAX_DAY, MIN_DAY } from './limits.js';

const anyDay = fc.integer({ min: MIN_DAY, max: MAX_DAY });

it('turns days into dates and back', () => {
  fc.assert(
    fc.property(anyDay, (day) => {
      expect(dayOf(dateOf(day))).toBe(day);
    }),
  );
});

it('agrees with Date as far as that reaches', () => {
  fc.assert(
    fc.property(fc.integer({ min: -100_000_000, max: 100_000_000 }), (day) => {
      const date = new Date(day * 86_400_000);
      expect(dateOf(day)).toEqual({
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
      });
      expect(dayOfWeek(day)).toBe(date.getUTCDay() || 7);
      expect(dayOfYear(dateOf(day))).toBe(day - dayOf({ year: date.getUTCFullYear(), month: 1, day: 1 }) + 1);
    }),
  );
});

it('knows the first and the last date', () => {
  expect(dateOf(MIN_DAY)).toEqual({ year: -999_999_999, month: 1, day: 1 });
  expect(dateOf(MAX_DAY)).toEqual({ year: 999_999_999, month: 12, day: 31 });
});
