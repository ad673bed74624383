import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cos, exp, ln, log10, pow, sin, tan } from './elementary.js';

const finite = fc.double({ min: -700, max: 700, noNaN: true });
const positive = fc.double({ min: 5e-324, max: 1e300, noNaN: true });

/** JavaScript's own functions are at most about one unit in the last place off. */
function expectNear(actual: number, approximate: number) {
  if (Object.is(actual, approximate)) return;
  expect(Math.abs(actual - approximate)).toBeLessThanOrEqual(Math.abs(approximate) * 2 ** -50 + 5e-324);
}

describe('elementary functions', () => {
  it('are near to those of JavaScript', () => {
    fc.assert(
      fc.property(finite, positive, fc.double({ min: -3, max: 3, noNaN: true }), (x, y, exponent) => {
        expectNear(exp(x), Math.exp(x));
        expectNear(ln(y), Math.log(y));
        expectNear(log10(y), Math.log10(y));
        expectNear(sin(x), Math.sin(x));
        expectNear(cos(x), Math.cos(x));
        expectNear(tan(x), Math.tan(x));
        expectNear(pow(y, exponent), y ** exponent);
      }),
      { numRuns: 300 },
    );
  });

  // Each of these has another last digit in V8.
  it.each([
    [sin, 0.7677571184728669, 0.6945233004388361],
    [sin, -902, 0.3549947202980643],
    [cos, -58.82, -0.6446274802063146],
    [tan, 60.25, 0.6265868145899197],
    [exp, 257, 4.10848635681094e111],
    [ln, 1.6, 0.47000362924573563],
    [log10, 492, 2.69196510276736],
    [log10, 1000, 3],
    [sin, 1e300, -0.8178819121159085],
    [cos, 1e22, 0.523214785395139],
    [exp, -745, 5e-324],
  ])('rounds %o of %d correctly, to %d', (of, x, value) => {
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
      expect(exp(x)).toBe(Math.exp(x));
      for (const y of [...special, 1, -1, 0.5, -3, 1e300]) {
        expect(pow(x, y)).toBe(x ** y);
        expect(pow(y, x)).toBe(y ** x);
      }
    }
    expect([pow(-8, 1 / 3), pow(1e300, 2), pow(-1e300, 3), pow(1e300, -2)]).toEqual([
      Number.NaN,
      Infinity,
      -Infinity,
      0,
    ]);
    expect([ln(0), ln(-1), log10(0), log10(Infinity)]).toEqual([-Infinity, Number.NaN, -Infinity, Infinity]);
    expect([sin(-0), tan(-0), cos(0), sin(Infinity), cos(Number.NaN)]).toEqual([-0, -0, 1, Number.NaN, Number.NaN]);
    expect([sin(1e-300), tan(1e-300), exp(1e-300)]).toEqual([1e-300, 1e-300, 1]);
  });
});
