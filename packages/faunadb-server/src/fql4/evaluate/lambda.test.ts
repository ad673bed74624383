import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../test/database.js';
import { errorsOf, evaluate } from '../../../test/evaluate.js';

const lambda = (expr: unknown) => ({ query: { lambda: 'x', expr } });
const equal = (a: unknown, b: unknown) => evaluate({ equals: [a, b] });

describe('parameters', () => {
  it('that are not names are all reported', () => {
    expect(errorsOf({ query: { lambda: [1, 'x', null], expr: 1 } })).toEqual([
      [['query', 'lambda', 0], 'String expected, Integer provided.'],
      [['query', 'lambda', 2], 'String expected, Null provided.'],
    ]);
  });
});

describe('two lambdas', () => {
  it('are equal where their bodies only put values together', () => {
    const body = { let: [{ y: { var: 'x' } }], in: { do: [1, { object: { a: [{ var: 'y' }, { object: {} }] } }] } };
    expect(equal(lambda(body), lambda(body))).toBe(true);
    expect(equal(lambda({ var: 'x' }), { query: { lambda: ['x'], expr: { var: 'x' } } })).toBe(false);
  });

  it.each([
    { add: [{ var: 'x' }, 1] },
    { or: [{ var: 'x' }, true] },
    { select: 'a', from: { var: 'x' } },
    { and: [true] },
  ])('are not where their bodies do something: %j', (body) => {
    expect(equal(lambda(body), lambda(body))).toBe(false);
    expect(evaluate({ let: { f: lambda(body) }, in: { equals: [{ var: 'f' }, { var: 'f' }] } })).toBe(true);
  });

  it('are not where different variables are in reach', () => {
    const inLet = (a: number) => ({ let: { a }, in: lambda({ var: 'x' }) });
    expect(equal(inLet(1), inLet(1))).toBe(true);
    expect(equal(inLet(1), inLet(2))).toBe(false);
  });
});

it('is no effect of the lambda around it as long as it is not called', async () => {
  const { ask } = await openDatabase();
  const kept = { equals: [{ var: 'x' }, { query: { lambda: 'y', expr: { new_id: null } } }] };
  const filter = (expr: unknown) => ask({ filter: { lambda: 'x', expr }, collection: { keys: null } });
  expect(await filter(kept)).toMatchObject({ status: 200 });
  expect(await filter({ equals: [{ var: 'x' }, { new_id: null }] })).toMatchObject({ status: 400 });
});
