import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cos, sin, tan } from './trigonometric.js';

it('is near to the functions of JavaScript', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (x) => {
      expect(sin(x)).toBeCloseTo(Math.sin(x), 14);
      expect(cos(x)).toBeCloseTo(Math.cos(x), 14);
      expect(sin(x) / cos(x) / tan(x) || 1).toBeCloseTo(1, 14);
    }),
    { numRuns: 300 },
  );
});

// In V8 the last digit of the first four differs.
it.each([
  [sin, 0.7677571184728669, 0.6945233004388361],
  [sin, -902, 0.3549947202980643],
  [cos, -58.82, -0.6446274802063146],
  [tan, 60.25, 0.6265868145899197],
  [sin, Math.PI, 1.2246467991473532e-16],
  [tan, Math.PI / 2, 16331239353195370],
  [sin, 1e300, -0.8178819121159085],
  [cos, 1e22, 0.523214785395139],
  [cos, 2 ** 32, -0.886886915197821],
])('rounds %o of %d correctly, to %d', (of, x, value) => {
  expect(of(x)).toBe(value);
});

it('keeps tiny angles and the sign of zero', () => {
  expect([sin(-0), tan(-0), cos(0)]).toEqual([-0, -0, 1]);
  expect([sin(1e-300), tan(1e-300), cos(1e-300)]).toEqual([1e-300, 1e-300, 1]);
});

it('is no number for infinite angles', () => {
  expect([sin(Infinity), cos(-Infinity), tan(Number.NaN)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});
