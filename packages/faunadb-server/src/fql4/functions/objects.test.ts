import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../test/evaluate.js';

const twice = { to_object: [['a', 1], ['a', 2]] }; // biome-ignore format: the pairs side by side

describe('merge', () => {
  it('takes the last of two fields of one name', () => {
    expect(evaluate({ merge: twice, with: { object: {} } })).toEqual({ a: 2 });
    expect(evaluate({ merge: { object: { a: 0 } }, with: twice })).toEqual({ a: 2 });
  });

  it('gives each field to the lambda, even two of one name', () => {
    const lambda = { lambda: ['name', 'left', 'right'], expr: { add: [{ var: 'left' }, { var: 'right' }] } };
    expect(evaluate({ merge: { object: { a: 10 } }, with: twice, lambda })).toEqual({ a: 13 });
  });

  it('keeps the order of a few fields, not that of many', () => {
    const names = (object: unknown) =>
      evaluate({ map: { lambda: ['name', '_'], expr: { var: 'name' } }, collection: { to_array: object } });
    expect(names({ merge: { object: { d: 1, c: 2 } }, with: { object: { b: 3, a: 4 } } })).toEqual([...'dcba']);
    expect(names({ merge: { object: { one: 1, two: 2, three: 3 } }, with: { object: { four: 4, five: 5 } } })).toEqual([
      'two',
      'five',
      'one',
      'four',
      'three',
    ]);
  });
});
