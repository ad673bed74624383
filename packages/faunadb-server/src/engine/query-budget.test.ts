import { openStore } from '@supertokens-faunadb/store';
import { describe, expect, it } from 'vitest';
import { openEngine } from './fql-engine.js';
import { Overrun, QueryBudget } from './query-budget.js';

/** Runs a query with unlimited time, so that even a slow machine reaches the end of the budget. */
async function ask(query: object): Promise<{ resource?: unknown; errors?: readonly { code: string }[] }> {
  const engine = openEngine({ store: await openStore({ memory: true }), rootKey: 'root' });
  const request = { secret: 'root', query: JSON.stringify(query), timeout: 1_000_000, pretty: false };
  return JSON.parse((await engine.execute(request)).body);
}

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);
/** Does something 160,000 times, far below the limit of calls. */
const often = (expr: object, given: object = {}) => ({
  let: given,
  in: {
    is_empty: {
      map: { lambda: 'i', expr: { is_empty: { map: { lambda: 'j', expr }, collection: numbers(400) } } },
      collection: numbers(400),
    },
  },
});
const text = (character: string) => ({ x: { repeat: { repeat: character, number: 1000 }, number: 10 } });
const x = { var: 'x' };

describe('the budget of a query', { timeout: 60_000 }, () => {
  it.each<[string, object]>([
    ['length', often({ length: x }, text('a'))],
    ['uppercase', often({ uppercase: x }, text('a'))],
    ['trim', often({ trim: x }, text('a'))],
    ['findstr', often({ findstr: x, find: 'b' }, text('a'))],
    ['replacestr', often({ replacestr: x, find: 'b', replace: '' }, text('a'))],
    ['containsstrregex', often({ containsstrregex: x, pattern: 'b+c' }, text('a'))],
    ['lt', often({ lt: [x, { concat: [x, 'a'] }] }, text('é'))],
    ['count', often({ count: x }, { x: numbers(1000) })],
    ['max', often({ max: x }, { x: numbers(1000) })],
    ['distinct', often({ distinct: x }, { x: numbers(1000) })],
    ['take', often({ take: 999, collection: x }, { x: numbers(1000) })],
    ['equals', often({ equals: [x, { var: 'y' }] }, { x: numbers(1000), y: numbers(1000) })],
    ['to_array', often({ to_array: x }, { x: { object: Object.fromEntries(numbers(100).map((i) => [`a${i}`, i])) } })],
    [
      'merge',
      often({ merge: x, with: x }, { x: { object: Object.fromEntries(numbers(100).map((i) => [`a${i}`, i])) } }),
    ],
  ])('limits %s of large values, even in few calls', async (_name, query) => {
    expect((await ask(query)).errors).toMatchObject([{ code: 'bad request' }]);
  });

  it('allows all of these on small values', async () => {
    const each = [
      { uppercase: 'an ordinary text of some words' },
      { casefold: 'an ordinary text of some words' },
      { containsstrregex: 'an ordinary text of some words', pattern: '\\bt[a-z]+t\\b' },
      { sum: numbers(20) },
      { distinct: numbers(10) },
      { merge: { object: { a: 1, b: 2, c: 3, d: 4, e: 5 } }, with: { object: { f: 1 } } },
    ];
    const query = { count: { map: { lambda: 'i', expr: each }, collection: numbers(10_000) } };
    expect((await ask(query)).resource).toBe(10_000);
  });
});

it.each([
  ['does not count what other processes took', 3_600_000, undefined],
  ['ends where the query itself took all the time', 0, Overrun],
])('the patience with a query %s', (_, stolen, expected) => {
  const budget = new QueryBudget({
    timeout: 60_000,
    maxSteps: 1e9,
    patience: 1,
    stolen: { begin: () => {}, since: () => stolen },
  });
  const end = performance.now() + 5;
  const work = () => {
    while (performance.now() < end) budget.touch();
    for (let i = 0; i < 100; i++) budget.touch();
  };
  if (expected === undefined) expect(work).not.toThrow();
  else expect(work).toThrow(expected);
});
