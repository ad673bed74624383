import { query as q } from 'faunadb';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../test/database.js';

let ask: Database['ask'];

const things = q.Collection('things');
const thing = (id: number) => q.Ref(things, String(id));

beforeEach(async () => {
  ({ ask } = await openDatabase());
  await ask(q.CreateCollection({ name: 'things' }));
});

describe('a unique index', () => {
  beforeEach(async () => {
    await ask(
      q.CreateIndex({
        name: 'unique',
        source: things,
        terms: [{ field: ['data', 'a'] }],
        values: [{ field: ['data', 'b'] }],
        unique: true,
      }),
    );
  });

  it('accepts one of many concurrent writes', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => ask(q.Create(things, { data: { a: 1, b: 1 } }))),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect((await ask(q.Count(q.Documents(things)))).resource).toBe(1);
  });

  it('compares terms and values together', async () => {
    await ask(q.Create(thing(1), { data: { a: 1, b: 1 } }));
    expect((await ask(q.Create(thing(2), { data: { a: 1, b: 2 } }))).status).toBe(201);
    expect((await ask(q.Update(thing(2), { data: { b: 1 } }))).errors).toEqual([['instance not unique', '']]);
    expect((await ask(q.Create(thing(3), { data: { a: [3, 1], b: 1 } }))).errors).toEqual([
      ['instance not unique', 'create'],
    ]);
    expect((await ask(q.Exists(thing(3)))).resource).toBe(false);
  });

  it('ignores expired documents', async () => {
    await ask(q.Create(thing(1), { data: { a: 1, b: 1 }, ttl: q.Now() }));
    expect((await ask(q.Create(thing(2), { data: { a: 1, b: 1 } }))).status).toBe(201);
  });
});

describe('concurrent queries', () => {
  it('are serialised', async () => {
    await ask(q.Create(thing(1), { data: { n: 0 } }));
    const increment = q.Update(thing(1), { data: { n: q.Add(q.Select(['data', 'n'], q.Get(thing(1))), 1) } });
    await Promise.all(Array.from({ length: 100 }, () => ask(increment)));
    expect((await ask(q.Select(['data', 'n'], q.Get(thing(1))))).resource).toBe(100);
  });

  it('are rolled back when they are aborted', async () => {
    await ask(q.Do(q.Create(thing(1), {}), q.CreateCollection({ name: 'more' }), q.Abort('no')));
    expect((await ask([q.Exists(thing(1)), q.Exists(q.Collection('more'))] as never)).resource).toEqual([false, false]);
    expect((await ask(q.CreateCollection({ name: 'more' }))).status).toBe(201);
  });
});

describe('a written document', () => {
  it('has no nulls, and no values that cannot be stored', async () => {
    await ask(q.Create(thing(1), { data: { a: null, b: [null, { c: null }], d: { e: null } }, other: 1 }));
    expect((await ask(q.Get(thing(1)))).resource).toMatchObject({ data: { b: [{}], d: {} } });
    const { status, errors } = await ask(q.Create(thing(2), { data: { set: q.Singleton(thing(1)) } }));
    expect([status, errors]).toEqual([400, [['bad request', '']]]);
  });

  it('stores sets as objects, and their lambdas as lambdas', async () => {
    const set = q.Filter(q.Documents(things), q.Lambda('x', true));
    await ask(q.Create(thing(1), { data: { set } }));
    const { filter, collection } = (await ask(q.Get(thing(1)))).resource.data.set['@obj']['@set'];
    expect(filter).toEqual({ '@query': { api_version: '4', lambda: 'x', expr: true } });
    expect(collection['@obj']['@set']).toHaveProperty('documents');
    expect((await ask(set)).resource['@set'].filter).toEqual({ api_version: '4', lambda: 'x', expr: true });
  });

  it('keeps numbers of 64 bits', async () => {
    await ask(q.Create(thing(1), {}));
    await ask(q.Replace(thing(1), { data: { n: q.ToInteger('9223372036854775807') } }));
    expect((await ask(q.ToString(q.Select(['data', 'n'], q.Get(thing(1)))))).resource).toBe('9223372036854775807');
  });

  it('is refused with all failures', async () => {
    const wrong = { name: 'a b', history_days: 'x', ttl_days: 1.5 };
    expect((await ask(q.CreateCollection(wrong))).errors).toEqual([['validation failed', 'create_collection']]);
    expect((await ask(q.Update(thing(9), {}))).errors).toEqual([['instance not found', 'update']]);
    expect((await ask(q.Delete(q.Collections()))).errors).toEqual([['instance not found', '']]);
    const scoped = q.Ref(q.Collection('x', q.Database('nowhere')), '1');
    expect((await ask(q.Delete(scoped))).errors).toEqual([['invalid ref', 'delete.ref.scope']]);
  });
});

describe('a database', () => {
  const child = q.Database('child');

  beforeEach(async () => {
    await ask(q.Do(q.CreateDatabase({ name: 'child' }), q.CreateDatabase({ name: 'other' })));
  });

  it('is moved with its contents and the keys that open it', async () => {
    const { secret } = (await ask(q.CreateKey({ database: child, role: 'admin' }))).resource;
    await ask(q.CreateCollection({ name: 'toys' }), secret);
    await ask(q.Create(q.Ref(q.Collection('toys'), '1'), {}), secret);
    const moved = await ask(q.MoveDatabase(child, q.Database('other')));
    expect(moved.resource).toMatchObject({ name: 'child' });
    expect((await ask(q.Exists(child))).resource).toBe(false);
    expect((await ask(q.Count(q.Documents(q.Collection('toys'))), secret)).resource).toBe(1);
    expect((await ask(q.Exists(q.Database('child', q.Database('other'))))).resource).toBe(true);
    const toys = q.Collection('toys', q.Database('child', q.Database('other')));
    expect((await ask(q.Count(q.Documents(toys)))).resource).toBe(1);
  });

  it('is not moved into itself, or to where its name is taken', async () => {
    const grandchild = q.Database('grandchild', child);
    const { secret } = (await ask(q.CreateKey({ database: child, role: 'admin' }))).resource;
    await ask(q.CreateDatabase({ name: 'grandchild' }), secret);
    expect((await ask(q.MoveDatabase(child, child))).errors).toEqual([['move database error', '']]);
    expect((await ask(q.MoveDatabase(child, grandchild))).errors).toEqual([['move database error', '']]);
    await ask(q.CreateDatabase({ name: 'other' }), secret);
    expect((await ask(q.MoveDatabase(q.Database('other'), child))).errors).toEqual([['instance already exists', '']]);
  });

  it('is deleted with its keys and databases', async () => {
    const { secret } = (await ask(q.CreateKey({ database: child, role: 'admin' }))).resource;
    await ask(q.CreateDatabase({ name: 'grandchild' }), secret);
    const inner = (await ask(q.CreateKey({ database: q.Database('grandchild'), role: 'server' }), secret)).resource;
    await ask(q.Delete(child));
    expect((await ask(q.Now(), secret)).status).toBe(401);
    expect((await ask(q.Now(), inner.secret)).status).toBe(401);
  });

  it('that is a container holds only databases, keys, roles and access providers', async () => {
    await ask(q.CreateDatabase({ name: 'container', container: true }));
    const { secret } = (await ask(q.CreateKey({ database: q.Database('container'), role: 'admin' }))).resource;
    expect((await ask(q.CreateCollection({ name: 'x' }), secret)).errors).toEqual([
      ['invalid object in container', 'create_collection'],
    ]);
    expect((await ask(q.CreateDatabase({ name: 'x' }), secret)).status).toBe(201);
  });
});
