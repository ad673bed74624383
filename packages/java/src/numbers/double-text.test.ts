import fc from 'fast-check';
import { expect, it } from 'vitest';
import { doubleText } from './double-text.js';

it.each([
  [0, '0.0'],
  [-0, '-0.0'],
  [1, '1.0'],
  [0.1 + 0.2, '0.30000000000000004'],
  [0.001, '0.001'],
  [0.0001, '1.0E-4'],
  [9_999_999, '9999999.0'],
  [1e7, '1.0E7'],
  [-12_345_678.9, '-1.23456789E7'],
  [2 ** 63, '9.223372036854776E18'],
  [Number.MAX_VALUE, '1.7976931348623157E308'],
  [Infinity, 'Infinity'],
  [Number.NaN, 'NaN'],
])('writes %d as %s', (value, text) => {
  expect(doubleText(value)).toBe(text);
});

// There are shorter decimals of the same doubles.
it.each([
  '4.9E-324',
  '1.9999999999999998E23',
  '5.6843418860808015E-14',
  '-2.31845256772633248E17',
  '1.0497173864759679E19',
  '0.0034806984303631084',
  '2.8654468841687294E25',
])('writes %s as Java does', (text) => {
  expect(doubleText(Number(text))).toBe(text);
});

it('writes what reads back as the same double', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Number(doubleText(value))).toBe(value);
    }),
    { numRuns: 1000 },
  );
});
