import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hasMoreValues, type Json, parseObject, withoutSurrogates } from './json.js';

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

it('ignores brackets inside strings', () => {
  expect(parseObject(JSON.stringify({ text: `${'['.repeat(1000)}\\"` }))).toEqual({ text: `${'['.repeat(1000)}\\"` });
});

it('reads a member of any name as an own property', () => {
  expect(Object.keys(parseObject('{"__proto__":{"a":1}}'))).toEqual(['__proto__']);
});

it.each(['1e400', '-1e400', '1E+309', '9'.repeat(400), `${'9'.repeat(200)}${'0'.repeat(200)}.5`])(
  'refuses the number %s, which it could not write again',
  (number) => {
    expect(() => parseObject(`{"a":[{"b":${number}}]}`)).toThrow(SyntaxError);
  },
);

it.each(['1e308', '-0', '9007199254740993', '1e-400', '"1e400"'])('reads %s', (text) => {
  expect(parseObject(`{"a":${text}}`)).toEqual({ a: JSON.parse(text) });
});

it('reads half a surrogate pair as a question mark', () => {
  const text = String.raw`{"a\ud800":["\udc00b", "\ud83d\ude00", "\ud83d \ude00"], "__proto__": "\uD8FF"}`;
  expect(Object.entries(parseObject(text))).toEqual([
    ['a?', ['?b', '😀', '? ?']],
    ['__proto__', '?'],
  ]);
});

it('reads only strings that UTF-8 can express', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', '\ud800', '\udbff', '\udc00', '\udfff', '😀')), (parts) => {
      const units = parts.join('');
      const { a } = parseObject(JSON.stringify({ a: units })) as { a: string };
      expect(a).toBe(Buffer.from(units.replace(/\p{Surrogate}/gu, '?')).toString());
    }),
  );
});

it('writes half a surrogate pair as a question mark, and leaves whole ones', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('\ud83d', '\ude00', '\ud83d\ude00', 'a', '\ufffd') }), (text) => {
      expect(withoutSurrogates(text)).toBe(text.replace(/\p{Surrogate}/gu, '?'));
    }),
  );
});

it('counts elements and members', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      let count = -1;
      JSON.stringify(value, (_, each) => {
        count++;
        return each;
      });
      expect(hasMoreValues(value as Json, count)).toBe(false);
      if (count > 0) expect(hasMoreValues(value as Json, count - 1)).toBe(true);
    }),
  );
});
