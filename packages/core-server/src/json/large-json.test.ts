import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseObject } from './json.js';
import { parseLargeObject, parsingObject, TooManyValues } from './large-json.js';

function parse(text: string | Uint8Array, mostValues = 1_000): unknown {
  return parseLargeObject(typeof text === 'string' ? Buffer.from(text) : text, mostValues);
}

/** The value, or that it is refused. */
function outcome(read: () => unknown): unknown {
  try {
    return { value: read() };
  } catch (error) {
    return (error as Error).name;
  }
}

const PIECES = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '"a"',
  '"\\u0041"',
  '"\\ud800"',
  '"é"',
  '"__proto__"',
  '\\',
  ' ',
  '\n',
];
const WORDS = [
  '0',
  '01',
  '-0',
  '1.5e3',
  '1.',
  '1e400',
  '-',
  'true',
  'nul',
  'null',
  'NaN',
  '\u0001',
  '\ufeff',
  '\u00a0',
];

describe('parsing in steps', () => {
  it('reads what parseObject reads, and refuses what it refuses', () => {
    const texts = fc.oneof(
      fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 5 })).map((value) => JSON.stringify(value)),
      fc.dictionary(fc.string(), fc.jsonValue()).map((value) => `\ufeff${JSON.stringify(value, null, '\t')}`),
      fc.array(fc.constantFrom(...PIECES, ...WORDS), { maxLength: 12 }).map((pieces) => `{"a":${pieces.join('')}}`),
      fc.array(fc.constantFrom(...PIECES, ...WORDS), { maxLength: 12 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(outcome(() => parse(text))).toEqual(outcome(() => parseObject(text)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads what is not UTF-8 as parseObject does of the decoded text', () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.of(0xff, 0xc3), Buffer.from('"}')]);
    expect(parse(bytes)).toEqual(parseObject(bytes.toString()));
  });

  it.each([
    [254, true],
    [255, false],
    [100_000, false],
  ])('an array nested %i deep in an object: %s', (depth, isRead) => {
    const text = `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    if (isRead) expect(parse(text)).toEqual(JSON.parse(text));
    else expect(() => parse(text)).toThrow(SyntaxError);
  });

  it('keeps own names of prototypes', () => {
    const parsed = parse('{"__proto__":{"a":1}}') as object;
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect(JSON.stringify(parsed)).toBe('{"__proto__":{"a":1}}');
  });

  it('counts elements and members', () => {
    const text = '{"a":[1,[]],"b":{"c":2}}';
    expect(parse(text, 5)).toEqual(JSON.parse(text));
    expect(() => parse(text, 4)).toThrow(TooManyValues);
  });

  it('pauses within a text of many values', () => {
    const steps = parsingObject(Buffer.from(JSON.stringify({ many: Array(1_000).fill(0) })), 10_000);
    expect(steps.next().done).toBe(false);
  });
});
