import { describe, expect, it } from 'vitest';
import { parseDate, parseTime } from '../time/parse.js';
import { formatDate, formatTime } from './date-time.js';
import { IllegalFormat, parseFormat, type Specifier } from './specifier.js';

function specifier(text: string): Specifier {
  const [piece] = parseFormat(text);
  return piece as Specifier;
}

describe('dates', () => {
  const day = parseDate('1999-02-03')!;

  it.each([
    ['%tY', '1999'],
    ['%ty', '99'],
    ['%tC', '19'],
    ['%tm', '02'],
    ['%td', '03'],
    ['%te', '3'],
    ['%tj', '034'],
    ['%tB', 'February'],
    ['%Tb', 'FEB'],
    ['%th', 'Feb'],
    ['%tA', 'Wednesday'],
    ['%ta', 'Wed'],
    ['%tD', '02/03/99'],
    ['%tF', '1999-02-03'],
    ['%10tY', '      1999'],
    ['%-10tB|', 'February  '],
  ])('are printed with %s', (format, text) => {
    expect(formatDate(specifier(format), day)).toBe(text);
  });

  it('before our era are counted backwards', () => {
    expect(formatDate(specifier('%tY'), parseDate('-0043-03-15')!)).toBe('0044');
  });

  it('have no time', () => {
    expect(formatDate(specifier('%tH'), day)).toBeUndefined();
  });

  it.each(['%,tY', '%05tY', '%-tY', '%.2tY'])('are not printed with %s', (format) => {
    expect(() => formatDate(specifier(format), day)).toThrow(IllegalFormat);
  });
});

describe('times', () => {
  const nanos = parseTime('1999-02-03T14:05:06.123456789Z')!;

  it.each([
    ['%tH', '14'],
    ['%tk', '14'],
    ['%tI', '02'],
    ['%tl', '2'],
    ['%tM', '05'],
    ['%tS', '06'],
    ['%tL', '123'],
    ['%tN', '123456789'],
    ['%20tN', '123456789'],
    ['%tp', 'pm'],
    ['%Tp', 'PM'],
    ['%tz', '+0000'],
    ['%tZ', 'Z'],
    ['%ts', '918050706'],
    ['%tQ', '918050706123'],
    ['%tR', '14:05'],
    ['%tT', '14:05:06'],
    ['%tr', '02:05:06 PM'],
    ['%tc', 'Wed Feb 03 14:05:06 Z 1999'],
    ['%tF', '1999-02-03'],
  ])('are printed with %s', (format, text) => {
    expect(formatTime(specifier(format), nanos)).toBe(text);
  });

  it('at midnight and noon have the hour twelve', () => {
    expect(formatTime(specifier('%tr'), parseTime('1999-02-03T00:00:00Z')!)).toBe('12:00:00 AM');
    expect(formatTime(specifier('%tr'), parseTime('1999-02-03T12:00:00Z')!)).toBe('12:00:00 PM');
  });

  it('before 1970 are counted backwards', () => {
    expect(formatTime(specifier('%ts'), -1n)).toBe('-1');
    expect(formatTime(specifier('%tL'), -1n)).toBe('999');
  });

  it('have no other suffix', () => {
    expect(formatTime(specifier('%tx'), nanos)).toBeUndefined();
  });
});
