import { query as q } from 'faunadb';
import { expect, it } from 'vitest';
import { openDatabase } from '../../../test/database.js';

it('makes refs to documents of the database that a scope lies in, as the real server does', async () => {
  const { ask } = await openDatabase();
  await ask(q.CreateDatabase({ name: 'child' }));
  await ask(q.CreateCollection({ name: 'things' }));
  const plain = q.Ref(q.Collection('things'), '1');
  const scoped = { ref: q.Collection('things'), id: '1', scope: q.Database('child') };
  expect((await ask(scoped)).resource).toEqual((await ask(plain)).resource);
});
