import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  floorDivide,
  floorModulo,
  MAX_INTEGER,
  MIN_INTEGER,
  parseInteger,
  toInt32,
  toInteger,
  wrap,
} from './integer64.js';

describe('64-bit integers', () => {
  it('wrap around', () => {
    expect(wrap(MAX_INTEGER + 1n)).toBe(MIN_INTEGER);
    expect(wrap(MIN_INTEGER - 1n)).toBe(MAX_INTEGER);
    expect(wrap(-MIN_INTEGER)).toBe(MIN_INTEGER);
  });

  it('are what is left of doubles', () => {
    expect([1.9, -1.9, -0, Number.NaN].map(toInteger)).toEqual([1n, -1n, 0n, 0n]);
    expect([1e300, 2 ** 63, -1e300, -Infinity].map(toInteger)).toEqual([
      MAX_INTEGER,
      MAX_INTEGER,
      MIN_INTEGER,
      MIN_INTEGER,
    ]);
    expect([1e10, -1e10, 2.5, Number.NaN].map(toInt32)).toEqual([2 ** 31 - 1, -(2 ** 31), 2, 0]);
  });

  it('divide with a remainder of the sign of the divisor', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt({ min: 1n }), (a, b) => {
        expect(floorDivide(a, b) * b + floorModulo(a, b)).toBe(a);
        expect(floorModulo(a, b) >= 0n && floorModulo(a, b) < b).toBe(true);
      }),
    );
  });
});

it.each([
  ['9223372036854775807', 64, 9223372036854775807n],
  ['-9223372036854775808', 64, -9223372036854775808n],
  ['9223372036854775808', 64, undefined],
  ['+5', 64, 5n],
  ['-0', 64, 0n],
  ['0'.repeat(40_000), 64, 0n],
  ['9'.repeat(40_000), 64, undefined],
  ['2147483648', 32, undefined],
  ['-2147483648', 32, -2147483648n],
  ['', 64, undefined],
  ['1.5', 64, undefined],
  [' 1', 64, undefined],
  ['1n', 64, undefined],
] as const)('reads %s within %d bits as %s', (text, bits, integer) => {
  expect(parseInteger(text, bits)).toBe(integer);
});
