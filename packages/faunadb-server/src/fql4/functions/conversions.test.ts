import { describe, expect, it } from 'vitest';
import { errorsOf, evaluate } from '../../../test/evaluate.js';

const time = { time: '1999-02-03T04:05:06.5Z' };
const date = { date: '1999-02-03' };

describe('conversions', () => {
  it.each([
    [{ to_string: 1 }, '1'],
    ['{"to_string":1.0}', '1.0'],
    [{ to_string: null }, 'null'],
    [{ to_string: false }, 'false'],
    [{ to_string: 'a' }, 'a'],
    [{ to_string: time }, '1999-02-03T04:05:06.500Z'],
    [{ to_string: date }, '1999-02-03'],
    [{ to_string: { to_number: ' 1,234.50 ' } }, '1234.5'],
    [{ to_string: { to_number: '1.0' } }, '1'],
    [{ to_string: { to_double: '7' } }, '7.0'],
    [{ to_string: { to_double: 7 } }, '7.0'],
    ['{"to_integer":-1.9}', -1],
    [{ to_integer: '1.9' }, 1],
    [{ to_integer: 'NaN' }, 0],
    [{ to_time: 1500 }, { '@ts': '1970-01-01T00:00:01.500Z' }],
    [{ to_time: date }, { '@ts': '1999-02-03T00:00:00Z' }],
    [{ to_time: ' 1999-02-03T04:05:06Z' }, { '@ts': '1999-02-03T04:05:06Z' }],
    [{ to_date: time }, { '@date': '1999-02-03' }],
    [{ to_date: { epoch: -1, unit: 'nanosecond' } }, { '@date': '1969-12-31' }],
    [{ to_object: [['a', 1]] }, { a: 1 }],
    [
      {
        select: 'a',
        from: {
          to_object: [
            ['a', 1],
            ['a', 2],
          ],
        },
      },
      1,
    ],
    [
      {
        to_array: {
          to_object: [
            ['a', 1],
            ['a', 2],
          ],
        },
      },
      [
        ['a', 1],
        ['a', 2],
      ],
    ],
    [
      { to_array: { object: { b: 1, a: null } } },
      [
        ['b', 1],
        ['a', null],
      ],
    ],
  ])('%j is %j', (query, value) => {
    expect(evaluate(query)).toEqual(value);
  });

  it.each<[object, (string | number)[], string]>([
    [{ to_string: [1] }, [], 'Cannot cast Array to String.'],
    [{ to_number: '+1' }, [], 'Cannot cast String to Number.'],
    [{ to_double: 'x' }, ['to_double'], 'Cannot cast String to Double.'],
    [{ to_integer: true }, ['to_integer'], 'Cannot cast Boolean to Integer.'],
    [{ to_time: 1.5 }, [], 'Cannot cast Double to Time.'],
    [{ to_time: 'x' }, [], "Cannot cast 'x' to a time."],
    [{ to_date: 'now' }, [], "Cannot cast 'now' to a date."],
    [{ to_date: 0 }, [], 'Cannot cast Integer to Date.'],
    [{ to_object: [['a']] }, ['to_object', 0], 'Field/Value expected, Array provided.'],
    [{ to_object: 'a' }, ['to_object'], 'Cannot cast String to Object.'],
    [{ to_array: 'a' }, ['to_array'], 'Cannot cast String to Array.'],
  ])('%j is an error', (query, position, description) => {
    expect(errorsOf(query)).toEqual([[position, description]]);
  });
});
