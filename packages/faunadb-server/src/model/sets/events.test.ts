import { query as q } from 'faunadb';
import { expect, it } from 'vitest';
import { openDatabase } from '../../../test/database.js';

it('shows the set whose events it has as it is written, and stores it as a set', async () => {
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
