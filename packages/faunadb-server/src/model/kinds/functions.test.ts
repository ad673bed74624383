import { query as q } from 'faunadb';
import { expect, it } from 'vitest';
import { openDatabase } from '../../../test/database.js';

it('gives no privileges of `admin` to the role `server`', async () => {
  const { ask } = await openDatabase();
  await ask(q.CreateDatabase({ name: 'd' }));
  const keyOf = async (role: string) =>
    (await ask(q.CreateKey({ role, database: q.Database('d') }))).resource.secret as string;
  const [admin, server] = [await keyOf('admin'), await keyOf('server')];
  const body = q.Query(q.Lambda('x', q.CreateKey({ role: 'admin' })));
  expect((await ask(q.CreateFunction({ name: 'f', body, role: 'admin' }), server)).status).toBe(400);
  expect((await ask(q.CreateFunction({ name: 'f', body, role: 'server' }), server)).errors).toEqual([]);
  for (const write of [q.Update, q.Replace])
    expect((await ask(write(q.Function('f'), { name: 'f', body, role: 'admin' }), server)).status).toBe(400);
  await ask(q.Update(q.Function('f'), { role: 'admin' }), admin);
  for (const write of [q.Update, q.Replace])
    expect((await ask(write(q.Function('f'), { name: 'f', body, role: 'admin' }), server)).status).toBe(200);
});
