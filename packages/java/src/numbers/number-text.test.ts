import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseNumber } from './number-text.js';

it.each([
  ['1', 1n],
  ['-1', -1n],
  ['1.0', 1n],
  ['1.', 1n],
  ['.5', 0.5],
  ['1E3', 1000n],
  ['1E-3', 0.001],
  ['012', 12n],
  ['1e3', 1n],
  ['1,234.5', 1234.5],
  ['1,0,0', 100n],
  [',5', 5n],
  ['1.2.3', 1.2],
  ['50%', 50n],
  ['1-', 1n],
  ['0x10', 0n],
  ['∞', Infinity],
  ['-∞', -Infinity],
  ['NaN', Number.NaN],
  ['٣', 3n],
  ['１２', 12n],
  ['-0', -0],
  ['-0.00', -0],
  ['0.0', 0n],
  ['9223372036854775807', 9223372036854775807n],
  ['9223372036854775808', 2 ** 63],
  ['-9223372036854775808', -(2n ** 63n)],
  ['9007199254740993.0', 9007199254740993n],
  ['1E19', 1e19],
  ['1E400', Infinity],
  ['1E-400', 0],
  ['1E', 1n],
])('reads %s as %s', (text, value) => {
  expect(parseNumber(text)).toBe(value);
});

it.each(['', ' 1', '+1', '-', '--1', '- 1', 'abc', ',', '.', 'E3', 'Infinity', '½', '𝟙', '$5'])(
  'reads no number in %s',
  (text) => {
    expect(parseNumber(text)).toBeUndefined();
  },
);

it('reads all integers as they are', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (integer) => {
      expect(parseNumber(String(integer))).toBe(integer);
    }),
  );
});

it('reads long texts in a time that grows with their length', () => {
  expect(parseNumber(`1${'0'.repeat(500_000)}1`)).toBe(Number.POSITIVE_INFINITY);
  expect(parseNumber(`0.${'٣'.repeat(500_000)}`)).toBe(1 / 3);
});
