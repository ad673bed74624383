import { query as q } from 'faunadb';
import { expect, it } from 'vitest';
import { openDatabase } from '../../../test/database.js';

it('takes what an event did for a scalar', async () => {
  const { ask } = await openDatabase();
  await ask(q.CreateCollection({ name: 'things' }));
  await ask(q.Create(q.Ref(q.Collection('things'), '1'), {}));
  const action = q.Select(['data', 0, 'action'], q.Paginate(q.Events(q.Ref(q.Collection('things'), '1'))));
  expect(await ask(q.Casefold(action))).toMatchObject({ resource: 'create' });
  expect(await ask(q.NGram([action, 'a']))).toMatchObject({ resource: ['create', 'a'] });
  expect(await ask(q.ContainsValue('create', action))).toMatchObject({ errors: [['invalid argument', 'in']] });
});
