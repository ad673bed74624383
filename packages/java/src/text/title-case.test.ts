import fc from 'fast-check';
import { expect, it } from 'vitest';
import { titleCase } from './title-case.js';

it.each([
  ['hello WORLD', 'Hello World'],
  ["it's o'neill", "It's O'neill"],
  ['hello-world foo_bar', 'Hello-World Foo_bar'],
  ['1ST (first)', '1st (First)'],
  ['éCOLE', 'École'],
  ['ΟΔΟΣ ΟΣ', 'Οδος Ος'],
  ['ßen ﬁne ŉa', 'Ssen Fine ʼNa'],
  ['ǆ ǳ Ǉ', 'ǅ ǲ ǈ'],
  ['ᾀ ᾳ ᾷ', 'ᾈ ᾼ ᾼ͂'],
  ['აბგ', 'აბგ'],
  ['note:this', 'Note:This'],
  ['ʼn ʰa', 'ʼN ʰa'],
  ['', ''],
])('%s becomes %s', (text, title) => {
  expect(titleCase(text)).toBe(title);
});

it('is the same in long texts as in short ones', () => {
  const words = fc.constantFrom(
    "o'neill",
    'note:this',
    'ΟΔΟΣ',
    '1st',
    'foo_bar',
    '.',
    ',',
    ' ',
    '  ',
    '(',
    '-',
    '🇦',
    'é',
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 20 }), (parts) => {
      const text = parts.join('');
      const long = `${'x y. '.repeat(120)}${text}`;
      expect(titleCase(long)).toBe(`${'X Y. '.repeat(120)}${titleCase(`. ${text}`).slice(2)}`);
    }),
  );
});
