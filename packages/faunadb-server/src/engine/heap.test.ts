import { openStore } from '@supertokens-faunadb/store';
import { query as q } from 'faunadb';
import { expect, it } from 'vitest';
import { openEngine } from './fql-engine.js';

it('ends a query that almost fills its heap, long before its time is over, and says why', async () => {
  const store = await openStore({ memory: true });
  const engine = openEngine({ store, rootKey: 'root', workers: true });
  const ask = async (query: object) => {
    const text = JSON.stringify(query);
    return JSON.parse((await engine.execute({ secret: 'root', query: text, timeout: 600_000, pretty: false })).body);
  };
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
  const squared = (count: number, expr: object) =>
    q.Map(numbers(count), q.Lambda('y', q.Map(numbers(1_000), q.Lambda('x', expr))));
  // Just less than would end the process.
  const held = squared(700, { a: { b: q.Var('x') }, c: { d: q.Var('x') } });
  const { errors } = await ask(q.Let({ held }, q.Do(q.Count(squared(900, [q.Var('x')])), q.Count(q.Var('held')))));
  expect(errors[0].description).toContain('memory');
  expect((await ask(q.Add(1, 1))).resource).toBe(2);
  await engine.close();
  await store.close();
}, 300_000);
