import { query as q } from 'faunadb';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../test/database.js';

let ask: Database['ask'];
let server: string;
let admin: string;

const things = q.Collection('things');
const failuresOf = async (query: object, secret = admin) => (await ask(query, secret)).failures;
const lambda = (...names: string[]) => q.Query(q.Lambda(names.length === 1 ? (names[0] as string) : names, true));

beforeEach(async () => {
  ({ ask } = await openDatabase());
  await ask(q.CreateCollection({ name: 'things' }));
  [server, admin] = (
    await ask(['server', 'admin'].map((role) => q.Select('secret', q.CreateKey({ role }))) as never)
  ).resource;
});

describe('a document', () => {
  it('keeps its constraints, which are an object like its data', async () => {
    const created = await ask(q.Create(things, { data: {}, constraints: { a: 1 }, other: { a: 1 } }));
    expect(created.resource).toMatchObject({ constraints: { a: 1 } });
    expect(Object.keys(created.resource)).not.toContain('other');
    expect(await failuresOf(q.Create(things, { ttl: 1, constraints: 2, data: 3 }))).toEqual([
      ['invalid type', 'data'],
      ['invalid type', 'constraints'],
      ['invalid type', 'ttl'],
    ]);
  });

  it('reports wrong times as Time, and missing ones as Timestamp', async () => {
    const { descriptions } = await ask(q.Create(things, { data: q.Now(), ttl: 'now' }));
    expect(descriptions.slice(1)).toEqual([
      'Invalid type Time, expected type Map.',
      'Invalid type String, expected type Timestamp.',
    ]);
  });

  it('reports failures of its credentials first, which depend on the client', async () => {
    const wrong = q.Create(things, { data: 1, credentials: { password: 1, hashed_password: 2, current_password: 3 } });
    const [password, hash, current, data] = [
      ['invalid type', 'credentials.password'],
      ['invalid type', 'credentials.hashed_password'],
      ['invalid type', 'credentials.current_password'],
      ['invalid type', 'data'],
    ];
    expect(await failuresOf(wrong, server)).toEqual([password, hash, data]);
    expect(await failuresOf(wrong, admin)).toEqual([password, current, data]);
    expect(await failuresOf(q.Create(things, { credentials: 1 }), server)).toEqual([password, hash]);
    expect((await ask(q.Create(things, { credentials: { hashed_password: 1 } }), admin)).status).toBe(201);
  });
});

describe('a schema document', () => {
  const fieldsOf = async (query: object) => Object.keys((await ask(query)).resource);

  it('has its defaults first, then its fields in the order in which they were given', async () => {
    const collection = { ttl_days: 1, data: { a: 1 }, name: 'c', history_days: 3 };
    expect(await fieldsOf(q.CreateCollection(collection))).toEqual([
      'ref',
      'ts',
      'history_days',
      'ttl_days',
      'data',
      'name',
    ]);
    const fn = { body: lambda('x'), role: 'server', other: 1, name: 'f' };
    expect(await fieldsOf(q.CreateFunction(fn))).toEqual(['ref', 'ts', 'body', 'role', 'name']);
    const role = { privileges: { actions: { read: true }, resource: things }, name: 'r' };
    expect(await fieldsOf(q.CreateRole(role))).toEqual(['ref', 'ts', 'privileges', 'name']);
    expect(await fieldsOf(q.Select('privileges', q.Get(q.Role('r'))))).toEqual(['actions', 'resource']);
    const key = { role: 'server', data: { a: 1 } };
    expect(await fieldsOf(q.CreateKey(key))).toEqual(['ref', 'ts', 'role', 'data', 'secret', 'hashed_secret']);
    const replaced = q.Replace(q.Collection('c'), { ttl_days: 2 });
    expect(await fieldsOf(replaced)).toEqual(['ref', 'ts', 'name', 'history_days', 'ttl_days']);
  });
});

describe('credentials', () => {
  it('are refused for the password before all else', async () => {
    const wrong = q.Create(q.Credentials(), { password: 1, hashed_password: 2, current_password: 3 });
    expect(await failuresOf(wrong, server)).toEqual([
      ['invalid type', 'password'],
      ['invalid type', 'hashed_password'],
      ['value required', 'instance'],
    ]);
    expect(await failuresOf(wrong, admin)).toEqual([
      ['invalid type', 'password'],
      ['invalid type', 'current_password'],
      ['value required', 'instance'],
    ]);
  });
});

describe('dangling references', () => {
  it('are reported without positions in lists', async () => {
    const ghost = q.Ref(things, '1');
    const role = { name: 'r', privileges: [{ resource: ghost, actions: { read: true } }], data: { a: [[ghost]] } };
    expect(await failuresOf(q.CreateRole(role))).toEqual([
      ['invalid reference', 'privileges.resource'],
      ['invalid reference', 'data.a'],
    ]);
  });

  it('are reported together with other failures', async () => {
    expect(await failuresOf(q.CreateKey({ role: 'ghost', priority: 0 }))).toEqual([
      ['invalid type', 'priority'],
      ['validation failure', 'role'],
    ]);
    expect(await failuresOf(q.CreateFunction({ name: 'f', body: 1, role: 'ghost' }))).toEqual([
      ['invalid type', 'body'],
      ['validation failure', 'role'],
    ]);
  });
});

describe('a collection', () => {
  it('reports a negative history before its name', async () => {
    expect(await failuresOf(q.CreateCollection({ name: '_', history_days: -1, ttl_days: 'x' }))).toEqual([
      ['invalid type', 'ttl_days'],
      ['non-negative value required', 'history_days'],
      ['reserved name', 'name'],
    ]);
  });
});

describe('a key', () => {
  it('reports its secret first', async () => {
    expect(await failuresOf(q.CreateKey({ secret: 'mine', hashed_secret: 1 }))).toEqual([
      ['invalid secret', 'secret'],
      ['value required', 'role'],
    ]);
  });
});

describe('a database', () => {
  it('may have an account of a number, which is not shown', async () => {
    expect(await failuresOf(q.CreateDatabase({ name: 'd', account: 1 }))).toEqual([
      ['invalid type', 'account'],
      ['invalid type', 'account.id'],
    ]);
    const { status, resource } = await ask(q.CreateDatabase({ name: 'd', account: { id: 1 } }));
    expect([status, resource.account]).toEqual([201, undefined]);
  });
});

describe('a role that the query itself creates', () => {
  it('is not known by its name as text yet', async () => {
    const role = (name: string) => q.CreateRole({ name, privileges: [] });
    const none = [['validation failure', 'role']];
    expect(await failuresOf(q.Do(role('a'), q.CreateKey({ role: 'a' })))).toEqual(none);
    expect(await failuresOf(q.Do(role('b'), q.CreateFunction({ name: 'f', role: 'b', body: lambda('x') })))).toEqual(
      none,
    );
  });
});

describe('a role', () => {
  const create = (fields: object) => failuresOf(q.CreateRole({ name: 'r', ...fields }));

  it('reports the first failure of each list', async () => {
    const privileges = { resource: things, actions: { write: 1, read: 2 } };
    expect(await create({ privileges, membership: [1, 2] })).toEqual([
      ['invalid type', 'membership'],
      ['invalid type', 'actions.write'],
    ]);
  });

  it('reports predicates before names', async () => {
    const membership = { resource: 'things', predicate: lambda('a', 'b') };
    expect(await create({ privileges: { resource: 'things', actions: { read: 'x' } }, membership })).toEqual([
      ['invalid arity', 'membership.predicate'],
      ['invalid type', 'privileges.resource'],
      ['invalid type', 'privileges.actions.read'],
      ['invalid type', 'membership.resource'],
    ]);
  });

  it('allows nothing if one of its privileges has no resource', async () => {
    const readable = { resource: things, actions: { read: true } };
    expect(await create({ privileges: [readable, { actions: { read: true } }] })).toEqual([]);
    const secret = (await ask(q.CreateKey({ role: q.Role('r') }))).resource.secret;
    await ask(q.Create(q.Ref(things, '1'), {}));
    expect((await ask(q.Get(q.Ref(things, '1')), secret)).status).toBe(403);
    await ask(q.Update(q.Role('r'), { privileges: readable }));
    expect((await ask(q.Get(q.Ref(things, '1')), secret)).status).toBe(200);
  });
});

describe('an index', () => {
  const create = (fields: object) => failuresOf(q.CreateIndex({ name: 'i', source: things, ...fields }));

  it.each([
    [
      { name: null, source: null, partitions: 9 },
      'bounds error partitions, value required source, value required name',
    ],
    [{ source: { collection: 1 } }, 'value required class'],
    [{ source: { class: 1 } }, 'invalid type class'],
    [{ source: { collection: [q.Databases()] } }, 'invalid reference source'],
    [{ source: { collection: things, fields: { a: 1, b: 2 } } }, 'invalid type fields.a'],
    [{ terms: [{}, { field: true }] }, 'value required field'],
    [{ terms: { field: ['a', true] } }, 'invalid type field'],
    [{ terms: { binding: 1 } }, 'invalid type binding'],
  ])('is refused as %j', async (fields, failures) => {
    expect((await create(fields)).map((failure) => failure.join(' ')).join(', ')).toBe(failures);
  });

  it.each([
    { source: [] },
    { partitions: 'many' },
    { terms: [{ field: [] }] },
    { terms: [{ binding: 1, field: 'a' }] },
  ])('may be %j', async (fields) => {
    expect(await create(fields)).toEqual([]);
  });
});
