import { describe, expect, it } from 'vitest';
import { errorsOf, evaluate } from '../../../../test/evaluate.js';

describe('strings', () => {
  it.each([
    [{ concat: ['a', 'b'], separator: '-' }, 'a-b'],
    [{ concat: 'a', separator: '-' }, 'a'],
    [{ repeat: 'ab' }, 'abab'],
    [{ repeat: 'ab', number: -1 }, ''],
    [{ length: { repeat: 'a', number: 5000 } }, 1024],
    [{ space: 3 }, '   '],
    [{ length: 'a😀b' }, 3],
    [{ substring: '😀a😀b', start: 1, length: 2 }, 'a😀'],
    [{ substring: 'abcdef', start: -3, length: 2 }, 'de'],
    [{ substring: 'abc', start: 3 }, ''],
    [{ substring: 'abc', start: 4294967297 }, 'bc'],
    [{ lowercase: 'ÉΟΣ' }, 'éος'],
    [{ uppercase: 'straße' }, 'STRASSE'],
    [{ titlecase: 'onE tWO' }, 'One Two'],
    [{ trim: ' \t a ' }, 'a'],
    [{ ltrim: ' a ' }, 'a '],
    [{ rtrim: ' a ' }, ' a'],
    [{ startswith: 'abc', search: 'ab' }, true],
    [{ endswith: 'abc', search: 'ab' }, false],
    [{ containsstr: 'abc', search: '' }, true],
    [{ findstr: '😀a😀b', find: 'b' }, 3],
    [{ findstr: 'hello', find: 'l', start: 3 }, 3],
    [{ findstr: 'hello', find: 'h', start: 99 }, 0],
    [{ findstr: 'hello', find: 'x' }, -1],
    [{ replacestr: 'a.b.c', find: '.', replace: '$1' }, 'a$1b$1c'],
    [{ replacestr: 'ab', find: '', replace: '-' }, '-a-b-'],
    [{ casefold: 'Straße' }, 'strasse'],
    [{ casefold: ['A', 5, null] }, ['a', 5, null]],
    [{ casefold: ['A'] }, 'a'],
    [{ casefold: [] }, []],
    [{ casefold: 'Å', normalizer: 'NFD' }, 'A\u030a'],
    [{ ngram: ['ab', 5] }, ['a', 'ab', 'b', 5]],
    [{ ngram: 'what', min: 3, max: 3 }, ['wha', 'hat']],
  ])('%j is %j', (query, value) => {
    expect(evaluate(query)).toEqual(value);
  });

  it.each<[object, [(string | number)[], string][]]>([
    [{ substring: 'abc', start: 4 }, [[[], 'start must be less than or equal to the string length']]],
    [{ substring: 'abc', start: 0, length: -1 }, [[[], 'length must be positive']]],
    [{ findstr: '😀😀', find: 'a', start: 3 }, [[[], 'start must be less than or equal to the string length']]],
    [{ replacestr: 1, find: 2, replace: 3 }, [[['replacestr'], 'String expected, Integer provided.']]],
    [
      { casefold: 'a', normalizer: 'nfc' },
      [[['normalizer'], "String 'NFKCCaseFold', 'NFC', 'NFD', 'NFKC', or 'NFKD' expected, String provided."]],
    ],
    [{ casefold: [['a']] }, [[['casefold', 0], 'Scalar expected, Array provided.']]],
    [
      { ngram: 'a', min: -1, max: -1 },
      [
        [[], 'min ngram size must be > 0 and <= max'],
        [[], 'max ngram size must be > 0'],
      ],
    ],
    [{ ngram: 'a', min: 3 }, [[[], 'min ngram size must be > 0 and <= max']]],
    [{ ngram: 'a', min: 1, max: 3 }, [[[], 'max ngram size must be <= min + 1']]],
    [{ ngram: 'a', max: 1 }, [[[], 'max ngram size must be > 0 and >= min']]],
  ])('%j is an error', (query, errors) => {
    expect(errorsOf(query)).toEqual(errors);
  });
});

describe('regular expressions', () => {
  it.each([
    [{ containsstrregex: 'abc', pattern: 'B' }, false],
    [{ containsstrregex: 'abc', pattern: '(?i)B' }, true],
    [{ replacestrregex: 'hello', pattern: 'l', replace: 'L', first: true }, 'heLlo'],
    [{ replacestrregex: 'john smith', pattern: '(\\w+) (\\w+)', replace: '$2, $1' }, 'smith, john'],
    [{ regexescape: 'a\\Eb' }, '\\Qa\\E\\\\E\\Qb\\E'],
    [{ containsstrregex: 'x\\Ey', pattern: { regexescape: 'x\\Ey' } }, true],
    [{ findstrregex: 'aaa', pattern: 'a', start: 0, num_results: -1 }, []],
  ])('%j is %j', (query, value) => {
    expect(evaluate(query)).toEqual(value);
  });

  it('report matches in code points, with the end at the last one', () => {
    expect(evaluate({ findstrregex: '😀x😀xx', pattern: 'x+|$', start: 1 })).toEqual([
      { start: 1, end: 1, data: 'x' },
      { start: 3, end: 4, data: 'xx' },
      { start: 5, end: 5, data: '' },
    ]);
  });

  it.each([
    [{ containsstrregex: 'a', pattern: '[a' }, 'pattern', 'Search pattern /[a/ is not a valid regular expression.'],
    [{ containsstrregex: 'a', pattern: 1 }, 'pattern', 'String expected, Integer provided.'],
    [{ replacestrregex: 'a', pattern: 'a', replace: '$9' }, 'replace', 'Invalid replacement: there is no group 9.'],
    [
      { containsstrregex: { repeat: 'x', number: 60 }, pattern: '(x+x+)+\\1y' },
      'pattern',
      'The search pattern backtracks too often on this string.',
    ],
  ])('%j is an error', (query, key, description) => {
    expect(errorsOf(query)).toEqual([[[key], description]]);
  });
});

describe('format', () => {
  it.each([
    [{ format: '%s is %2$s, %S', values: ['a', 'b'] }, 'a is b, B'],
    [{ format: '%s %s %s', values: [1.5, null, { date: '1999-02-03' }] }, '1.5 null 1999-02-03'],
    [{ format: '%b %B', values: [0, null] }, 'true FALSE'],
    [{ format: '%d%%', values: 5 }, '5%'],
    [{ format: '%t', values: { time: '1999-02-03T04:05:06Z' } }, '1999-02-03T04:05:06Z'],
    [{ format: '%@ %^', values: [{ object: { a: 1 } }, ['x']] }, '{"a":1} ["x"]'],
    [{ format: '%@', values: { collections: null } }, '{"@ref":{"id":"classes"}}'],
  ])('%j is %j', (query, value) => {
    expect(evaluate(query)).toBe(value);
  });

  it.each<[object, (string | number)[], string]>([
    [{ format: '%y', values: 1 }, ['format'], "Invalid conversion format '%y'."],
    [{ format: '%1$-s', values: 1 }, ['format'], "Invalid conversion format '%-s'."],
    [{ format: '%s %s', values: 1 }, ['format'], 'format specifiers count must be <= arguments size'],
    [{ format: '%3$s', values: 1 }, ['format'], 'index must be >= 1 and <= arguments size'],
    [{ format: '%s', values: [[1]] }, ['values', 0], 'Cannot cast Array to String.'],
    [{ format: '%d', values: [1, 'x'].slice(1) }, ['values', 0], 'Integer expected, String provided.'],
    [{ format: '%f', values: 1 }, ['values', 0], 'Number expected, Integer provided.'],
    [{ format: '%tH', values: { date: '1999-02-03' } }, ['values', 0], "Invalid date/time suffix '%tH'."],
    [{ format: '%tY', values: 0 }, ['values', 0], 'Date or Time expected, Integer provided.'],
  ])('%j is an error', (query, position, description) => {
    expect(errorsOf(query)).toEqual([[position, description]]);
  });
});

describe('what functions make', () => {
  const megabyte = { repeat: { repeat: 'a', number: 1024 }, number: 1024 };

  it.each([
    { repeat: { repeat: megabyte, number: 1024 }, number: 1024 },
    { let: [{ s: megabyte }], in: { replacestr: { var: 's' }, find: 'a', replace: { var: 's' } } },
    {
      let: [{ s: megabyte }],
      in: { replacestrregex: { var: 's' }, pattern: 'a', replace: { repeat: 'b', number: 999 } },
    },
    { let: [{ s: megabyte }], in: { concat: Array(99).fill({ var: 's' }) } },
    { let: [{ s: megabyte }], in: { format: '%s'.repeat(99), values: Array(99).fill({ var: 's' }) } },
    { format: '%65000s'.repeat(2000), values: Array(2000).fill('a') },
    { ngram: Array(99).fill(megabyte) },
  ])('is limited', (query) => {
    expect(() => evaluate(query)).toThrow(/exceeded the maximum/);
  });
});
