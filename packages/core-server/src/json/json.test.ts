import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseObject } from './json.js';

it('reads every JSON object as JSON.parse does', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (value) => {
      const text = JSON.stringify(value);
      expect(parseObject(text)).toEqual(JSON.parse(text));
      expect(parseObject(`\ufeff${text}`)).toEqual(JSON.parse(text));
    }),
  );
});

it('refuses everything else with a SyntaxError', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      try {
        expect(Object.getPrototypeOf(parseObject(text))).toBe(Object.prototype);
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError);
      }
    }),
  );
});

it.each([
  [254, true],
  [255, false],
  [100_000, false],
])('an array nested %i deep in an object: %s', (depth, isRead) => {
  const text = `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  const read = () => parseObject(text);
  if (isRead) expect(read).not.toThrow();
  else expect(read).toThrow(SyntaxError);
});

it('takes no brackets inside strings for nesting', () => {
  expect(parseObject(JSON.stringify({ text: `${'['.repeat(1000)}\\"` }))).toEqual({ text: `${'['.repeat(1000)}\\"` });
});

it('keeps a member of any name an own member', () => {
  expect(Object.keys(parseObject('{"__proto__":{"a":1}}'))).toEqual(['__proto__']);
});
