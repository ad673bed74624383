import { query as q } from 'faunadb';
import { expect, it } from 'vitest';
import { openDatabase } from '../../../test/database.js';

it('calls a function as it was before the query', async () => {
  const { ask } = await openDatabase();
  const answering = (n: number) => ({ body: q.Query(q.Lambda('x', n)) });
  const made = q.Select('ref', q.CreateFunction({ name: 'f', ...answering(1) }));
  expect(await ask(q.Call(made, 0))).toMatchObject({ errors: [['instance not found', 'call']] });
  await ask(made);
  // From here on nothing has called the function.
  await ask(q.CreateCollection({ name: 'things' }));
  const f = q.Function('f');
  expect(await ask(q.Do(q.Update(f, answering(2)), q.Call('f', 0)))).toMatchObject({ resource: 1 });
  expect(await ask(q.Do(q.Update(f, answering(3)), q.Call(f, 0)))).toMatchObject({ resource: 2 });
  expect(await ask(q.Do(q.Update(f, { name: 'g' }), q.Call('f', 0)))).toMatchObject({ resource: 3 });
  expect(await ask(q.Do(q.Delete(q.Function('g')), q.Call('g', 0)))).toMatchObject({ resource: 3 });
  expect(await ask(q.Call('g', 0))).toMatchObject({ errors: [['invalid ref', 'call']] });
});
