import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_DAY, MAX_NANOS, MIN_DAY } from './limits.js';
import { parseDate, parseTime } from './parse.js';
import { dateText, timeText } from './text.js';

/** The parsed time, formatted again. */
function read(text: string): string | undefined {
  const nanos = parseTime(text);
  return nanos === undefined ? undefined : timeText(nanos);
}

describe('times', () => {
  it.each([
    ['1999-02-03T04:05:06Z', '1999-02-03T04:05:06Z'],
    ['1999-02-03T04:05:06.7Z', '1999-02-03T04:05:06.700Z'],
    ['1999-02-03T04:05:06.0000001Z', '1999-02-03T04:05:06.000000100Z'],
    ['1999-02-03T04:05:06.Z', '1999-02-03T04:05:06Z'],
    ['1999-02-03T04:05Z', '1999-02-03T04:05:00Z'],
    ['1999-02-03t04:05:06z', '1999-02-03T04:05:06Z'],
    ['1999-02-03T04:05:06+01:00', '1999-02-03T03:05:06Z'],
    ['1999-02-03T04:05:06-0130', '1999-02-03T05:35:06Z'],
    ['1999-02-03T04:05:06+01:02:03', '1999-02-03T03:03:03Z'],
    ['1999-02-03T04:05:06+18:00', '1999-02-02T10:05:06Z'],
    ['1999-02-03T04:05:06+01:00+0100', '1999-02-03T03:05:06Z'],
    ['1999-12-31T24:00:00Z', '2000-01-01T00:00:00Z'],
    ['1999-02-31T00:00:00Z', '1999-02-28T00:00:00Z'],
    ['2000-02-30T00:00:00Z', '2000-02-29T00:00:00Z'],
    ['1999-04-31T00:00:00Z', '1999-04-30T00:00:00Z'],
    ['+12345-06-07T00:00:00Z', '+12345-06-07T00:00:00Z'],
    ['-0001-01-01T00:00:00Z', '-0001-01-01T00:00:00Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00Z'],
    ['-999999999-01-01T00:00:00+18:00', '-1000000000-12-31T06:00:00Z'],
  ])('%s is %s', (text, time) => {
    expect(read(text)).toBe(time);
  });

  it.each([
    '',
    'now',
    '1999-02-03',
    '1999-02-03T04:05:06',
    '1999-02-03 04:05:06Z',
    '1999-02-03T04Z',
    '1999-02-03T4:05:06Z',
    '99-02-03T04:05:06Z',
    '12345-02-03T04:05:06Z',
    '+1999-02-03T04:05:06Z',
    '-0000-02-03T04:05:06Z',
    '1999-02-32T00:00:00Z',
    '1999-00-01T00:00:00Z',
    '1999-02-03T24:00:01Z',
    '1999-02-03T04:60:00Z',
    '1998-12-31T23:59:60Z',
    '1999-02-03T04:05:06.1234567890Z',
    '1999-02-03T04:05:06+18:01',
    '1999-02-03T04:05:06+01',
    '1999-02-03T04:05:06+01:00+0200',
    '+1000000000-01-01T00:00:00Z',
  ])('%s is invalid', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });

  it('are read as they are written', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n }), (nanos) => {
        expect(parseTime(timeText(nanos))).toBe(nanos);
      }),
    );
  });

  it('are written up to the last one', () => {
    expect(timeText(MAX_NANOS)).toBe('+1000000000-12-31T23:59:59.999999999Z');
  });
});

describe('dates', () => {
  it('are read as they are written', () => {
    fc.assert(
      fc.property(fc.integer({ min: MIN_DAY, max: MAX_DAY }), (day) => {
        expect(parseDate(dateText(day))).toBe(day);
      }),
    );
  });

  it.each([
    '',
    '19990203',
    '1999-2-3',
    '1999-02-29',
    '1999-02-31',
    '1999-00-01',
    '10000-01-01',
    '1999-034',
    '-0000-01-01',
  ])('%s is invalid', (text) => {
    expect(parseDate(text)).toBeUndefined();
  });
});
