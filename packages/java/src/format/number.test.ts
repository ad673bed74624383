import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDouble, formatInteger } from './number.js';
import { IllegalFormat, parseFormat, type Specifier } from './specifier.js';

function specifier(text: string): Specifier {
  const [piece] = parseFormat(text);
  return piece as Specifier;
}

describe('integers', () => {
  it.each([
    ['%d', 42n, '42'],
    ['%5d', 42n, '   42'],
    ['%-5d', 42n, '42   '],
    ['%05d', -42n, '-0042'],
    ['%+d', 42n, '+42'],
    ['% d', 42n, ' 42'],
    ['%(d', -42n, '(42)'],
    ['%(06d', -42n, '(0042)'],
    ['%,d', 1234567n, '1,234,567'],
    ['%,010d', 1234567n, '01,234,567'],
    ['%,d', -123n, '-123'],
    ['%d', -(2n ** 63n), '-9223372036854775808'],
    ['%x', 255n, 'ff'],
    ['%#X', 255n, '0XFF'],
    ['%08x', 255n, '000000ff'],
    ['%#08x', 255n, '0x0000ff'],
    ['%x', -1n, 'ffffffffffffffff'],
    ['%#o', 8n, '010'],
  ])('%s prints %d as %s', (format, value, text) => {
    expect(formatInteger(specifier(format), value)).toBe(text);
  });

  it.each(['%.2d', '%#d', '%-05d', '%+ d', '%-d', '%0d', '%,x', '%+x', '%(o'])('%s is rejected', (format) => {
    expect(() => formatInteger(specifier(format), 1n)).toThrow(IllegalFormat);
  });

  it('are as wide as asked for', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.integer({ min: 21, max: 60 }),
        (n, width) => {
          const text = formatInteger(specifier(`%0${width}d`), n);
          expect([text.length, BigInt(text)]).toEqual([width, n]);
        },
      ),
    );
  });
});

describe('doubles', () => {
  it.each([
    ['%f', 1.5, '1.500000'],
    ['%.2f', 1.005, '1.01'],
    ['%.0f', 2.5, '3'],
    ['%#.0f', 2.5, '3.'],
    ['%.1f', 0.05, '0.1'],
    ['%.1f', 0.04, '0.0'],
    ['%.3f', 999.9996, '1000.000'],
    ['%f', 1e21, '1000000000000000000000.000000'],
    ['%,.2f', 1234567.891, '1,234,567.89'],
    ['%,.60000f', 1234567, `1,234,567.${'0'.repeat(60_000)}`],
    ['%08.2f', -3.25, '-0003.25'],
    ['%(.1f', -1.5, '(1.5)'],
    ['%f', -0, '-0.000000'],
    ['%e', 12345.678, '1.234568e+04'],
    ['%.3E', 0.00012345, '1.235E-04'],
    ['%e', 0, '0.000000e+00'],
    ['%012.2e', 12345.678, '00001.23e+04'],
    ['%.0e', 9.5, '1e+01'],
    ['%g', 0.0001, '0.000100000'],
    ['%g', 0.00001, '1.00000e-05'],
    ['%G', 123456789.5, '1.23457E+08'],
    ['%.3g', 999.9, '1.00e+03'],
    ['%g', 0, '0.00000'],
    ['%.17e', 277000240341872100, '2.77000240341872096e+17'],
    ['%f', Infinity, 'Infinity'],
    ['%010f', -Infinity, ' -Infinity'],
    ['%+f', Number.NaN, 'NaN'],
    ['%E', Number.NaN, 'NAN'],
  ])('%s prints %d as %s', (format, value, text) => {
    expect(formatDouble(specifier(format), value)).toBe(text);
  });

  it.each(['%,e', '%#g', '%-f', '%+ f', '%-05f'])('%s is rejected', (format) => {
    expect(() => formatDouble(specifier(format), 1)).toThrow(IllegalFormat);
  });
});
