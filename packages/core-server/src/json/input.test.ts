import { describe, expect, it } from 'vitest';
import { booleanField, integerField, objectField, optionalStringField, stringField } from './input.js';
import type { Json } from './json.js';

const REFUSED = "Field name 'x' is invalid in JSON input";

describe.each<[string, (value: Json) => unknown, [Json, unknown][], Json[]]>([
  [
    'a string',
    (x) => stringField({ x }, 'x'),
    [
      ['a', 'a'],
      [['a'], 'a'],
      [[['a']], 'a'],
      ['', ''],
    ],
    [5, true, null, {}, [], [5], ['a', 'b'], [null]],
  ],
  [
    'a boolean',
    (x) => booleanField({ x }, 'x'),
    [
      [true, true],
      [[true], true],
      [1, false],
      [0, false],
    ],
    ['true', null, {}, [], ['true'], [{}]],
  ],
  [
    'an integer',
    (x) => Number(integerField({ x }, 'x')),
    [
      [3600, 3600],
      [3600.9, 3600],
      ['3600', 3600],
      ['+7', 7],
      [1e20, 7_766_279_631_452_242_000],
      [[7], 7],
    ],
    ['soon', true, null, {}, '1.5', '9223372036854775808', '1e3'],
  ],
  ['an object', (x) => objectField({ x }, 'x'), [[{}, {}]], ['{}', [], [{}], null, 5, true]],
])('%s', (_, read, taken, notTaken) => {
  it.each(taken)('takes %j as %j', (value, meant) => expect(read(value)).toEqual(meant));
  it.each(notTaken.map((value) => [value]))('refuses %j', (value) => expect(() => read(value)).toThrow(REFUSED));
});

it('distinguishes an absent field from null', () => {
  expect(optionalStringField({}, 'x')).toBeUndefined();
  expect(() => optionalStringField({ x: null }, 'x')).toThrow(REFUSED);
  expect(() => stringField({}, 'x')).toThrow(REFUSED);
});

it('does not read inherited properties as fields', () => {
  expect(optionalStringField({}, 'constructor')).toBeUndefined();
});
