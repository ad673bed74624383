import { query as q } from 'faunadb';
import { expect, it } from 'vitest';
import { openDatabase } from '../../../test/database.js';

it('shows sets between others of a union twice, as the real server keeps them', async () => {
  const { ask } = await openDatabase();
  const [keys, tokens, roles] = [q.Keys(), q.Tokens(), q.Roles()];
  const parts = (set: object) => ask(q.Count(q.Select(['@set', 'union'], set)));
  expect(await parts(q.Union(keys, tokens))).toMatchObject({ resource: 2 });
  expect(await parts(q.Union(keys, tokens, roles))).toMatchObject({ resource: 4 });
  expect(await ask(q.Select(['data'], q.Paginate(q.Union(keys, tokens, roles))))).toMatchObject({ resource: [] });
});
