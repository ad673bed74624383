import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BadRequest } from '../common/errors.js';
import { Query } from './query.js';

it('reads what a client encodes', () => {
  const pairs = fc.uniqueArray(
    fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' })),
    {
      selector: ([name]) => name,
    },
  );
  fc.assert(
    fc.property(pairs, (sent) => {
      const query = new Query(new URLSearchParams(sent).toString());
      for (const [name, value] of sent) expect(query.optional(name)).toBe(value);
    }),
  );
});

it('returns the first of several values', () => expect(new Query('a=1&a=2').required('a')).toBe('1'));
it('reads a name without a value as an empty value', () => expect(new Query('a').required('a')).toBe(''));
it('reports missing parameters', () =>
  expect(() => new Query('').required('a')).toThrow("Field name 'a' is missing in GET request"));

it.each(['a=%zz', 'a=%ff', '=x'])('refuses %s', (text) => expect(() => new Query(text)).toThrow(BadRequest));

it.each([
  ['2147483647', 'int', 2147483647],
  ['+5', 'int', 5],
  ['-9223372036854775808', 'long', -(2 ** 63)],
] as const)('reads %s as %s', (text, unit, number) =>
  expect(new Query(`a=${encodeURIComponent(text)}`).integer('a', unit)).toBe(number),
);
it.each([
  ['2147483648', 'int'],
  ['9223372036854775808', 'long'],
  ['1.5', 'int'],
  ['9'.repeat(4000), 'long'],
] as const)('does not read %s as %s', (text, unit) =>
  expect(() => new Query(`a=${text}`).integer('a', unit)).toThrow(unit),
);
