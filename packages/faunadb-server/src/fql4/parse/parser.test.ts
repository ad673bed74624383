import { describe, expect, it } from 'vitest';
import { errorsOf, evaluate } from '../../../test/evaluate.js';

const noForm = (...keys: string[]) => `No form/function found, or invalid argument keys: { ${keys.join(', ')} }.`;

describe('forms', () => {
  it('are found by their keys, in whatever order', () => {
    expect(evaluate('{"collection":[1],"map":{"expr":{"var":"x"},"lambda":"x"}}')).toEqual([1]);
  });

  it.each([
    [{ nonsense: 1 }, noForm('nonsense')],
    [{ add: [1], extra: 2 }, noForm('add', 'extra')],
    ['{"if":true,"then":1}', noForm('if', 'then')],
    [{}, noForm()],
  ])('of other keys are refused: %j', (query, description) => {
    expect(errorsOf(query)).toEqual([[[], description]]);
  });

  it('report the first part that cannot be read', () => {
    expect(errorsOf([1, { a: 1 }, { b: 1 }])).toEqual([[[1], noForm('a')]]);
    expect(errorsOf({ object: { x: { a: 1 }, y: { b: 1 } } })).toEqual([[['object', 'x'], noForm('a')]]);
    expect(errorsOf('{"if":true,"then":{"a":1},"else":{"b":1}}')).toEqual([[['then'], noForm('a')]]);
  });

  it('report an invalid lambda of a join only as such', () => {
    for (const lambda of [
      { lambda: 'x', expr: { a: 1 } },
      { lambda: 5, expr: 1 },
    ]) {
      expect(errorsOf({ join: 1, with: lambda })).toEqual([[['with'], noForm('lambda', 'expr')]]);
    }
    expect(errorsOf({ join: 1, with: { a: 1 } })).toEqual([[['with'], noForm('a')]]);
  });

  it('report all parts of let and lambda that cannot be read', () => {
    expect(errorsOf({ let: [{ x: { a: 1 } }, { y: { b: 1 } }], in: { c: 1 } })).toEqual([
      [['let', 0, 'x'], noForm('a')],
      [['let', 1, 'y'], noForm('b')],
      [['in'], noForm('c')],
    ]);
    expect(errorsOf({ map: { lambda: 5, expr: { a: 1 } }, collection: [] })).toEqual([
      [['map', 'lambda'], 'String or Array expected, Integer provided.'],
      [['map', 'expr'], noForm('a')],
    ]);
  });
});

describe('variables', () => {
  it('are bound by let, one after the other, and by lambdas', () => {
    expect(evaluate({ let: [{ a: 1 }, { b: { add: [{ var: 'a' }, 1] } }], in: [{ var: 'a' }, { var: 'b' }] })).toEqual([
      1, 2,
    ]);
    expect(evaluate({ let: { a: 1 }, in: { map: { lambda: 'a', expr: { var: 'a' } }, collection: [5] } })).toEqual([5]);
  });

  it('that are not bound are reported in the order of their hashes', () => {
    expect(errorsOf([{ var: 'nope' }, { var: 'y' }, { var: 'nope' }])).toEqual([
      [[1], "Variable 'y' is not defined."],
      [[0], "Variable 'nope' is not defined."],
      [[2], "Variable 'nope' is not defined."],
    ]);
  });

  it('must be bound where they are used', () => {
    expect(errorsOf({ let: { a: { var: 'b' } }, in: { var: 'a' } })).toEqual([
      [['let', 'a'], "Variable 'b' is not defined."],
    ]);
    expect(errorsOf({ map: { lambda: ['x', '_'], expr: [{ var: 'x' }, { var: '_' }] }, collection: [] })).toEqual([
      [['map', 'expr', 1], "Variable '_' is not defined."],
    ]);
  });
});

describe('escapes', () => {
  it.each([
    { '@ts': '2020-01-01T00:00:00.000000001Z' },
    { '@date': '2020-02-29' },
    { '@bytes': 'AQID' },
    { '@uuid': '00000000-0000-0000-0000-0000000000ff' },
    { '@query': { api_version: '4', lambda: ['x', '_'], expr: { add: [{ var: 'x' }, 1] } } },
    { '@obj': { '@name': 1 } },
  ])('come back as they went: %j', (value) => {
    expect(evaluate({ quote: value })).toEqual(value);
  });

  it.each([
    ['@ts', 'yesterday', 'Invalid time.'],
    ['@date', 5, 'Invalid date.'],
    ['@bytes', '???', 'Invalid bytes.'],
    ['@uuid', 'x', 'Invalid UUID.'],
    ['@ref', 'no/such', 'Invalid ref.'],
    ['@set', 'x', 'Invalid set.'],
    ['@obj', 'x', 'Invalid object.'],
    ['@query', { lambda: 'x', expr: { var: 'y' } }, 'Invalid lambda.'],
  ])('%s of %j is refused', (tag, content, description) => {
    expect(errorsOf({ object: { a: { [tag]: content } } })).toEqual([[['object', 'a'], description]]);
  });
});

describe('arguments', () => {
  it('are evaluated and cast one after the other; the first error is reported', () => {
    expect(errorsOf({ merge: { object: {} }, with: { abort: 'b' } })).toEqual([[['with'], 'b']]);
    expect(errorsOf({ contains_field: { abort: 'a' }, in: { abort: 'b' } })).toEqual([[['contains_field'], 'a']]);
    expect(errorsOf({ contains_field: 1, in: { abort: 'b' } })).toEqual([
      [['contains_field'], 'String expected, Integer provided.'],
    ]);
  });

  it('in arrays and objects are all evaluated, and all errors reported', () => {
    expect(errorsOf({ add: [{ abort: 'a' }, 1, { abort: 'b' }] })).toEqual([
      [['add', 0], 'a'],
      [['add', 2], 'b'],
    ]);
    expect(errorsOf({ add: ['a', 1, null] })).toEqual([
      [['add', 0], 'Number expected, String provided.'],
      [['add', 2], 'Number expected, Null provided.'],
    ]);
  });
});

describe('lambdas', () => {
  it('take an array apart', () => {
    const lambda = { lambda: ['a', '_', 'c'], expr: [{ var: 'c' }, { var: 'a' }] };
    expect(evaluate({ map: lambda, collection: [[1, 2, 3]] })).toEqual([[3, 1]]);
    expect(errorsOf({ map: lambda, collection: [[1, 2]] })).toEqual([
      [['map', 'lambda'], 'Lambda expects an array with 3 elements. Array contains 2.'],
    ]);
    expect(errorsOf({ map: lambda, collection: [5] })).toEqual([
      [['map', 'lambda'], 'Lambda expects an array with 3 elements. Array contains 1.'],
    ]);
  });

  it('show a name that let binds twice', () => {
    const expr = { let: [{ a: 1 }, { a: { add: [{ var: 'a' }, 1] } }], in: { var: 'a' } };
    expect(evaluate({ query: { lambda: '_', expr } })).toEqual({ '@query': { api_version: '4', lambda: '_', expr } });
  });

  it('keep what they closed over when they are shown', () => {
    const query = { query: { lambda: 'x', expr: { add: [{ var: 'x' }, { var: 'y' }] } } };
    expect(evaluate({ let: { y: 2 }, in: query })).toEqual({
      '@query': { api_version: '4', lambda: 'x', expr: { let: { y: 2 }, in: { add: [{ var: 'x' }, { var: 'y' }] } } },
    });
  });
});

describe('a query of many steps', () => {
  it('is ended as a whole', () => {
    const nested = (depth: number): unknown =>
      depth === 0 ? 1 : { map: { lambda: '_', expr: nested(depth - 1) }, collection: [1, 2, 3, 4, 5, 6, 7, 8, 9] };
    expect(() => evaluate(nested(6), { maxSteps: 10_000 })).toThrow('Query exceeded the maximum of 10000 calls.');
  });
});
