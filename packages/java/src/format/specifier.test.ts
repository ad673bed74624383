import { describe, expect, it } from 'vitest';
import { formatText } from './general.js';
import { IllegalFormat, parseFormat, type Specifier, UnknownConversion } from './specifier.js';

function specifier(text: string): Specifier {
  const [piece] = parseFormat(text);
  return piece as Specifier;
}

describe('format strings', () => {
  it('are split into texts and specifiers', () => {
    expect(parseFormat('a %2$-5.3s%%b%n')).toEqual([
      'a ',
      { text: '%-5.3s', index: 2, flags: '-', width: 5, precision: 3, dateTime: undefined, conversion: 's' },
      '%',
      'b',
      '\n',
    ]);
    expect(specifier('%tH')).toMatchObject({ dateTime: 't', conversion: 'H' });
    expect(specifier('%t')).toMatchObject({ dateTime: 't', conversion: '' });
    expect(specifier('%0$s')).toMatchObject({ index: 0, flags: '' });
  });

  it.each(['%', '%y', '%5', '%c', '%h', '%a', '%-', '50% of'.slice(2, 4)])('have no conversion %s', (text) => {
    expect(() => parseFormat(text)).toThrow(UnknownConversion);
  });
});

describe('texts', () => {
  it.each([
    ['%s', 'abc'],
    ['%5s', '  abc'],
    ['%-5s|', 'abc  '],
    ['%.2s', 'ab'],
    ['%4.1S', '   A'],
  ])('are printed with %s', (format, text) => {
    expect(formatText(specifier(format), 'abc')).toBe(text);
  });

  it.each(['%-s', '%+s', '%#s', '%05s', '%,s', '%<s', '%--5s', '%99999999999s', '%.99999999999s'])(
    'are not printed with %s',
    (format) => {
      expect(() => formatText(specifier(format), 'abc')).toThrow(IllegalFormat);
    },
  );
});
