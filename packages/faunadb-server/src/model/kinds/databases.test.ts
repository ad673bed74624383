import { query as q } from 'faunadb';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../test/database.js';

let ask: Database['ask'];

const key = async (database: string, fields = {}) =>
  (await ask(q.CreateKey({ role: 'admin', database: q.Database(database), ...fields }))).resource;

beforeEach(async () => {
  ({ ask } = await openDatabase());
  await ask(q.CreateDatabase({ name: 'source' }));
  await ask(q.CreateDatabase({ name: 'target' }));
});

describe('a database that is moved', () => {
  it('is opened by its keys, which lose all other fields', async () => {
    const { ref, secret } = await key('source', { data: { a: 1 }, priority: 2 });
    await ask(q.MoveDatabase(q.Database('source'), q.Database('target')));
    expect((await ask(q.CreateCollection({ name: 'c' }), secret)).status).toBe(201);
    const target = (await key('target')).secret;
    const kept = (await ask(q.Get(q.Ref(q.Keys(), ref['@ref'].id)), target)).resource;
    expect(Object.keys(kept).sort()).toEqual(['database', 'hashed_secret', 'ref', 'role', 'ts']);
  });

  it("may be a child's database, and must not have a name that is taken at its destination", async () => {
    const target = (await key('target')).secret;
    await ask(q.CreateDatabase({ name: 'inner' }), target);
    const inner = q.Database('inner', q.Database('target'));
    expect((await ask(q.MoveDatabase(inner, q.Database('target')))).errors).toEqual([['instance already exists', '']]);
    expect((await ask(q.MoveDatabase(inner, q.Database('source')))).status).toBe(201);
    expect((await ask(q.Exists(q.Database('inner', q.Database('source'))))).resource).toBe(true);
  });
});

describe('a database that the query itself creates', () => {
  it('is known by its name at once', async () => {
    const made = q.Do(q.CreateDatabase({ name: 'new' }), q.CreateKey({ role: 'admin', database: q.Database('new') }));
    const { secret } = (await ask(made)).resource;
    expect((await ask(q.CreateCollection({ name: 'c' }), secret)).status).toBe(201);
    const renamed = q.Do(q.Update(q.Database('new'), { name: 'newer' }), q.Exists(q.Database('newer')));
    expect((await ask(renamed)).resource).toBe(true);
    expect((await ask(q.Do(q.Delete(q.Database('newer')), q.Exists(q.Database('newer'))))).resource).toBe(false);
  });
});
