import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decimalOf, roundDigits } from './decimal.js';

it('takes a double apart into digits and an exponent', () => {
  expect(decimalOf(1234.5)).toEqual({ digits: '12345', exponent: 4 });
  expect(decimalOf(-0.05)).toEqual({ digits: '5', exponent: -1 });
  expect(decimalOf(1000)).toEqual({ digits: '1', exponent: 4 });
  expect(decimalOf(0)).toEqual({ digits: '', exponent: 1 });
});

it('rounds halves up', () => {
  const decimal = { digits: '1995', exponent: 1 };
  expect(roundDigits(decimal, 4)).toEqual(decimal);
  expect(roundDigits(decimal, 3)).toEqual({ digits: '2', exponent: 1 });
  expect(roundDigits({ digits: '995', exponent: 0 }, 2)).toEqual({ digits: '1', exponent: 1 });
  expect(roundDigits({ digits: '5', exponent: 0 }, 0)).toEqual({ digits: '1', exponent: 1 });
  expect(roundDigits({ digits: '49', exponent: 0 }, 0)).toEqual({ digits: '', exponent: 0 });
  expect(roundDigits({ digits: '9', exponent: 0 }, -1)).toEqual({ digits: '', exponent: 0 });
});

it('agrees with toFixed where that is exact', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 0, max: 3 }), (n, places) => {
      const value = n / 8;
      const { digits, exponent } = roundDigits(decimalOf(value), decimalOf(value).exponent + places);
      const scaled = Math.floor(value * 10 ** places + 0.5) / 10 ** places;
      expect(Number(`0.${digits || 0}e${exponent}`)).toBe(scaled);
    }),
  );
});
