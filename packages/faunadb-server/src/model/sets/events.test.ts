import { query as q } from 'faunadb';
import { expect, it } from 'vitest';
import { openDatabase } from '../../../test/database.js';

it('shows its source set as written, and stores it as a set', async () => {
  const { ask } = await openDatabase();
  const join = { join: q.Keys(), with: { lambda: 'x', expr: 1 } };
  const events = { events: join };
  const keys = { '@ref': { id: 'keys' } };
  const lambda = { api_version: '4', lambda: 'x', expr: 1 };
  expect((await ask(events)).resource).toEqual({ '@set': { events: { join: keys, with: lambda } } });
  expect((await ask({ events: q.Keys() })).resource).toEqual({ '@set': { events: keys } });
  await ask(q.CreateCollection({ name: 'things' }));
  const params = { object: { data: { object: { events } } } };
  const stored = await ask({ create: q.Collection('things'), params });
  expect(stored.resource.data.events).toEqual({
    '@obj': { '@set': { events: { '@obj': { '@set': { join: keys, with: { '@query': lambda } } } } } },
  });
});

it('has no selectable parts for the sets without them in FaunaDB', async () => {
  const { ask } = await openDatabase();
  const things = q.Collection('things');
  await ask(q.CreateCollection({ name: 'things' }));
  await ask(q.CreateIndex({ name: 'all', source: things }));
  const part = async (name: string, set: object) =>
    (await ask(q.Select(['@set', name], set as never, 'none'))).resource;
  const all = q.Match('all');
  expect(await part('events', q.Events(all))).toBe('none');
  expect(await part('documents', q.Documents(things))).toBe('none');
  expect(await part('reverse', q.Reverse(all))).toBe('none');
  expect(await part('terms', all)).toEqual([]);
  expect(await part('union', q.Union(all, all))).toHaveLength(2);
});
