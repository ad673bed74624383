import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp, ln, log10, pow } from './exponential.js';

/** JavaScript's own functions are off by at most a few units in the last place. */
function expectNear(actual: number, approximate: number) {
  if (Object.is(actual, approximate)) return;
  expect(Math.abs(actual - approximate)).toBeLessThanOrEqual(Math.abs(approximate) * 2 ** -50 + 5e-324);
}

describe('exponential functions', () => {
  it('are near to those of JavaScript', () => {
    const positive = fc.double({ min: 5e-324, max: 1e300, noNaN: true });
    const finite = fc.double({ min: -700, max: 700, noNaN: true });
    fc.assert(
      fc.property(finite, positive, fc.double({ min: -3, max: 3, noNaN: true }), (x, y, exponent) => {
        expectNear(exp(x), Math.exp(x));
        expectNear(ln(y), Math.log(y));
        expectNear(log10(y), Math.log10(y));
        expectNear(pow(y, exponent), y ** exponent);
      }),
      { numRuns: 300 },
    );
  });

  // In V8 the last digit of the first three differs.
  it.each([
    [exp, 257, 4.10848635681094e111],
    [ln, 1.6, 0.47000362924573563],
    [log10, 492, 2.69196510276736],
    [log10, 1000, 3],
    [exp, -745, 5e-324],
    [exp, 1e-300, 1],
  ])('round %o of %d correctly, to %d', (of, x, value) => {
    expect(of(x)).toBe(value);
  });

  it('raise integers exactly, and halves to even', () => {
    expect(pow(3, 33)).toBe(5559060566555523);
    expect(pow(94906267, 2)).toBe(Number(94906267n ** 2n));
    expect(pow(10, -5)).toBe(1e-5);
    expect(pow(2, -1074)).toBe(5e-324);
    expect(pow(-2, 3)).toBe(-8);
    expect(pow(-2, -2)).toBe(0.25);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), fc.integer({ min: 1, max: 30 }), (base, exponent) => {
        expect(pow(base, exponent)).toBe(Number(BigInt(base) ** BigInt(exponent)));
      }),
    );
  });

  it('have the special values of JavaScript', () => {
    const special = [0, -0, Infinity, -Infinity, Number.NaN];
    for (const x of special) {
      expect([exp(x), ln(x), log10(x)]).toEqual([Math.exp(x), Math.log(x), Math.log10(x)]);
      for (const y of [...special, 1, -1, 0.5, -3, 1e300]) {
        expect([pow(x, y), pow(y, x)]).toEqual([x ** y, y ** x]);
      }
    }
    expect([pow(-8, 1 / 3), pow(1e300, 2), pow(-1e300, 3), pow(1e300, -2)]).toEqual([
      Number.NaN,
      Infinity,
      -Infinity,
      0,
    ]);
    expect([exp(710), exp(-750), ln(-1)]).toEqual([Infinity, 0, Number.NaN]);
  });
});
