import { describe, expect, it } from 'vitest';
import { errorsOf, evaluate } from '../../../../test/evaluate.js';

const time = { time: '1999-02-03T04:05:06.789012345Z' };
const date = { date: '1999-02-03' };
const LIMITS = 'dates and times must be between -1000000000-01-01T00:00:00Z and +1000000000-12-31T23:59:59.999999999Z';

describe('times and dates', () => {
  it.each([
    [{ time: ' 1999-02-03T04:05:06+01:00 ' }, '1999-02-03T03:05:06Z'],
    [{ epoch: 1, unit: ' days ' }, '1970-01-02T00:00:00Z'],
    [{ epoch: -1, unit: 'nanosecond' }, '1969-12-31T23:59:59.999999999Z'],
    [{ date: ' 2000-02-29 ' }, '2000-02-29'],
    [{ time_add: time, offset: 36, unit: 'half days' }, '1999-02-21T04:05:06.789012345Z'],
    [{ time_add: date, offset: 26, unit: 'days' }, '1999-03-01'],
    [{ time_subtract: time, offset: 1, unit: 'nanosecond' }, '1999-02-03T04:05:06.789012344Z'],
    [{ time_subtract: date, offset: 34, unit: 'day' }, '1998-12-31'],
  ])('%j is %s', (query, value) => {
    expect(evaluate({ to_string: query })).toBe(value);
  });

  it('know the time of their transaction', () => {
    expect(evaluate({ equals: [{ now: null }, { time: 'now' }] })).toBe(true);
  });

  it.each<[object, (string | number)[], string]>([
    [{ time: 'now ' }, [], "Cannot cast 'now ' to a time."],
    [{ date: 'today' }, [], "Cannot cast 'today' to a date."],
    [{ epoch: 1, unit: 'week' }, ['unit'], 'Time Unit expected, String provided.'],
    [{ epoch: 10 ** 12, unit: 'days' }, [], LIMITS],
    [{ time_add: date, offset: 1, unit: 'hours' }, ['unit'], "Invalid time unit 'hours'."],
    [{ time_add: date, offset: 10 ** 12, unit: 'day' }, ['offset'], LIMITS],
    [{ time_subtract: 5, offset: 1, unit: 'day' }, ['time_subtract'], 'Temporal expected, Integer provided.'],
    [{ time_diff: date, other: time, unit: 'hour' }, ['time_diff'], 'Incompatible time arguments.'],
    [{ time_diff: date, other: date, unit: ' hours' }, ['unit'], "Invalid time unit ' hours'."],
    [{ year: date }, ['year'], 'Time expected, Date provided.'],
  ])('%j is an error', (query, position, description) => {
    expect(errorsOf(query)).toEqual([[position, description]]);
  });
});

describe('differences', () => {
  const other = { time: '1999-02-05T06:07:08.9Z' };

  it.each([
    ['day', 2],
    ['half days', 4],
    ['hours', 50],
    ['seconds', 180122],
    ['milliseconds', 180122111],
    ['microseconds', 180122110987],
    ['nanoseconds', 180122110987655],
  ])('in %s are %d', (unit, value) => {
    expect(evaluate({ time_diff: time, other, unit })).toBe(value);
    expect(evaluate({ time_diff: other, other: time, unit })).toBe(-value);
  });

  it('of dates are days', () => {
    expect(evaluate({ time_diff: date, other: { date: '1999-01-03' }, unit: 'days' })).toBe(-31);
  });
});

describe('parts', () => {
  it.each([
    ['year', 1999],
    ['month', 2],
    ['day_of_month', 3],
    ['day_of_week', 3],
    ['day_of_year', 34],
    ['hour', 4],
    ['minute', 5],
    ['second', 6],
    ['to_seconds', 918014706],
    ['to_millis', 918014706789],
    ['to_micros', 918014706789012],
  ])('%s', (key, value) => {
    expect(evaluate({ [key]: time })).toBe(value);
  });

  it('are rounded down before 1970, and counted in microseconds', () => {
    expect(evaluate([{ to_seconds: -1 }, { to_millis: -2501 }, { year: -1 }, { second: 1500000 }])).toEqual([
      -1, -3, 1969, 1,
    ]);
  });

  it('of the first and the last year are beyond the calendar', () => {
    const of = (key: string) => `{"${key}":{"epoch":31556889864403199,"unit":"second"}}`;
    expect(errorsOf(of('year'))).toEqual([[['year'], 'date must be between -999999999-01-01 and +999999999-12-31']]);
    expect(errorsOf(of('to_millis'))).toEqual([[['to_millis'], 'milliseconds must be between -2^63 and 2^63 - 1']]);
    expect(evaluate(`{"to_string":${of('to_seconds')}}`)).toBe('31556889864403199');
    expect(evaluate(`{"to_string":${of('to_micros')}}`)).toBe('-5489245713843814976');
  });
});
