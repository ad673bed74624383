import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hypotenuse } from './hypotenuse.js';

it.each([
  [3, 4, 5],
  [3, 3, 4.242640687119285],
  [-2.5, -4.9, 5.500909015790027],
  [1e200, 1e200, 1.414213562373095e200],
  [1e308, 1e308, 1.4142135623730951e308],
  [1e-320, 1e-320, 1.414e-320],
  [1e300, 1, 1e300],
  [0, -7, 7],
  [Infinity, Number.NaN, Infinity],
  [1, Number.NaN, Number.NaN],
])('of %d and %d is %d', (x, y, value) => {
  expect(hypotenuse(x, y)).toBe(value);
});

it('is no further off than one unit in the last place', () => {
  const side = fc.double({ min: -1e150, max: 1e150, noNaN: true });
  fc.assert(
    fc.property(side, side, (x, y) => {
      const expected = Math.hypot(x, y);
      expect(Math.abs(hypotenuse(x, y) - expected)).toBeLessThanOrEqual(expected * 2 ** -51 + 5e-324);
    }),
  );
});
