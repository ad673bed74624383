import { expect, it } from 'vitest';
import { stripLeading, stripTrailing, trim } from './trim.js';

it('strips white space, but no spaces that join words', () => {
  expect(stripLeading('\t\n\u000b\f\r\u001c\u2003\u3000a ')).toBe('a ');
  expect(stripTrailing(' a\u2028\u2029\u001f ')).toBe(' a');
  expect(stripLeading('\u00a0a')).toBe('\u00a0a');
  expect(stripTrailing('a\u2007\u202f\ufeff\u0085')).toBe('a\u2007\u202f\ufeff\u0085');
});

it('takes long runs of spaces without going back', () => {
  const spaces = ' '.repeat(200_000);
  expect(stripTrailing(`${spaces}a${spaces}b${spaces}`)).toBe(`${spaces}a${spaces}b`);
});

it('trims all control characters, but no other spaces', () => {
  expect(trim('\u0000 a\u001f ')).toBe('a');
  expect(trim('\u3000a')).toBe('\u3000a');
  expect(trim(' ')).toBe('');
});
