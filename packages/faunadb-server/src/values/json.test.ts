import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonError, type JsonValue, MAX_DEPTH, parseJson } from './json.js';
import { ObjectValue } from './values.js';

/** What JSON.parse would return if it distinguished integers from doubles. */
function plain(value: JsonValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof ObjectValue) {
    return Object.fromEntries([...value.fields].map(([name, field]) => [name, plain(field as JsonValue)]));
  }
  return value;
}

/**
 * Whether no number is written as an integer beyond 64 bits, which JSON.stringify does up to 1e21 and this parser
 * refuses.
 */
function hasOnlyIntegersOf64Bits(value: unknown): boolean {
  if (typeof value === 'number') {
    return !Number.isInteger(value) || Math.abs(value) >= 1e21 || (value >= -(2 ** 63) && value < 2 ** 63);
  }
  return typeof value !== 'object' || value === null || Object.values(value).every(hasOnlyIntegersOf64Bits);
}

const reason = (text: string) => {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) return error.reason;
    throw error;
  }
  return undefined;
};

describe('parseJson', () => {
  it('reads whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.nat({ max: 2 }), (value, indentation) => {
        fc.pre(hasOnlyIntegersOf64Bits(value));
        const text = JSON.stringify(value, undefined, indentation);
        expect(plain(parseJson(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('refuses what JSON.parse refuses, except a value followed by another', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12, unit: fc.constantFrom(...'[]{}",:\\ tru0-1.eE+nfals') }), (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        if (isJson) expect(reason(text)).toBeUndefined();
        else if (reason(text) === undefined) expect(text.trim()).toMatch(/^(.+?)\s*["[{\-\dtfn]/);
      }),
    );
  });

  it('keeps 64-bit integers, and distinguishes them from doubles', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (integer) => {
        expect(parseJson(integer.toString())).toBe(integer);
        expect(parseJson(`[${integer}]`)).toEqual([integer]);
      }),
    );
    expect(parseJson('1.0')).toBe(1);
    expect(parseJson('1e0')).toBe(1);
    expect(parseJson('-0')).toBe(0n);
    expect(parseJson('-0.0')).toBe(-0);
    expect(reason('9223372036854775808')).toBe('syntax');
    expect(reason('-9223372036854775809')).toBe('syntax');
  });

  it.each([
    '01',
    '[01]',
    '1x',
    '.5',
    '5.',
    '+1',
    '1e',
    '--1',
    'nul',
    'True',
    "'a'",
    '"\n"',
    '"\\x"',
    '"\\u12"',
    '{a:1}',
    '[1,]',
    '{"a":1,}',
    '',
  ])('refuses %s', (text) => {
    expect(reason(text)).toBe('syntax');
  });

  it('keeps the first of two fields of one name, and their order', () => {
    const value = parseJson('{"b":1,"a":2,"b":3}') as ObjectValue;
    expect([...value.fields]).toEqual([
      ['b', 1n],
      ['a', 2n],
    ]);
  });

  it('keeps a lone surrogate', () => {
    expect(parseJson('"a\\ud83dz"')).toBe('a\ud83dz');
    expect(parseJson('"\\ud83d\\ude00"')).toBe('😀');
  });

  it('refuses any nesting that is too deep, without exhausting the stack', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(reason(nested(MAX_DEPTH))).toBeUndefined();
    expect(reason(nested(MAX_DEPTH + 1))).toBe('depth');
    expect(reason('['.repeat(5_000_000))).toBe('depth');
    expect(reason('{"a":'.repeat(1_000_000))).toBe('depth');
  });
});

it.each([
  [
    '{',
    'Unexpected end-of-input: expected close marker for Object (start marker at AT 1, column: 1])\n at AT 1, column: 2]',
  ],
  [
    '{"a":1,}',
    "Unexpected character ('}' (code 125)): was expecting double-quote to start field name\n at AT 1, column: 8]",
  ],
  [
    '{\n"a":[1 2]}',
    "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries\n at AT 2, column: 8]",
  ],
])('%j is refused in the words of the real parser', (text, detail) => {
  const at = '[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line:';
  expect(() => parseJson(text)).toThrow(expect.objectContaining({ detail: detail.replaceAll('AT', at) }));
});
