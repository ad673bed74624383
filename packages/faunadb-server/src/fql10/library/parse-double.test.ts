import { expect, it } from 'vitest';
import { parseDouble } from './parse-double.js';

it.each([
  ['1', 1],
  [' -1.5e3 ', -1500],
  ['1.', 1],
  ['.5', 0.5],
  ['1d', 1],
  ['+Infinity', Number.POSITIVE_INFINITY],
  ['0x1p4', 16],
  ['0x.8p1', 1],
  ['-0x1.8p0f', -1.5],
])('reads %j as %d', (text, value) => {
  expect(parseDouble(text)).toBe(value);
});

it.each(['', ' ', '.', '1 1', '1e', 'x', 'Infinityd', '0x', '0x.p1', '0x1'])('refuses %j', (text) => {
  expect(parseDouble(text)).toBeUndefined();
});

it.each([
  ['digits', `${'1'.repeat(500_000)}x`],
  ['hexadecimal digits', `0x${'a'.repeat(500_000)}x`],
  ['blanks', `1${' '.repeat(500_000)}1`],
])('refuses many %s in a time that grows with their number', (_, text) => {
  expect(parseDouble(text)).toBeUndefined();
});
