import { openStore } from '@supertokens-faunadb/store';
import { afterAll, describe, expect, it } from 'vitest';
import { openEngine } from '../src/engine/fql-engine.js';

const SECRET = 'the-root-key';
const store = await openStore({ memory: true });
const engine = openEngine({ store, rootKey: SECRET });
afterAll(() => engine.close());

interface More {
  readonly args?: Readonly<Record<string, unknown>>;
  readonly secret?: string;
  readonly format?: 'simple' | 'tagged' | 'decorated';
  readonly typecheck?: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: answers are of every shape, and tests look into them.
async function ask(query: unknown, more: More = {}): Promise<any> {
  const { args, secret = SECRET, format = 'simple', typecheck = false } = more;
  const { body } = await engine.execute({
    kind: 'query',
    secret,
    body: JSON.stringify({ query, ...(args ? { arguments: args } : {}) }),
    format,
    typecheck,
    performanceHints: false,
    lastSeen: undefined,
    tags: undefined,
    timeout: 10_000,
  });
  return JSON.parse(body);
}
const data = async (query: unknown, more?: More) => {
  const answer = await ask(query, more);
  expect(answer.error, answer.summary).toBeUndefined();
  return answer.data;
};
const codeOf = async (query: unknown, more?: More) => (await ask(query, more)).error?.code;

describe('the language', () => {
  it('computes as Java does', async () => {
    expect(await data('[1 + 2, 7 / 2, -7 % 3, 2 ** 10, 2147483647 + 1]')).toEqual([3, 3, -1, 1024, 2147483648]);
    expect(await data('2147483647 + 1', { format: 'tagged' })).toEqual({ '@long': '2147483648' });
    expect(await data('[1.5, 0.0 / 0.0].map(n => n.toString())')).toEqual(['1.5', 'NaN']);
    expect(await codeOf('1 / 0')).toBe('divide_by_zero');
    expect(await data('[((a, b) => a) < (a => a), (a => a) < (x => x), (x => x) == (x => x)]')).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('binds, branches, calls and projects', async () => {
    expect(await data('let f = (a, b) => a + b\nlet x = f(1, 2)\nif (x > 2) { x * 10 } else 0')).toBe(30);
    expect(await data('[{ a: 1, b: 2 }] { b, c: .a }')).toEqual([{ b: 2, c: 1 }]);
    expect(await data('null ?? { a: null }?.a?.b ?? "nothing"')).toBe('nothing');
    expect(await data('"#{1 + 1} and #{[1.0]}"')).toBe('2 and [1.0]');
  });

  it('says where an error lies', async () => {
    const { error, summary } = await ask('let x = 1\nx.nothing()');
    expect(error).toEqual({
      code: 'invalid_function_invocation',
      message: 'The function `nothing` does not exist on `Int`',
    });
    expect(summary).toBe(
      'error: The function `nothing` does not exist on `Int`\nat *query*:2:3\n  |\n2 | x.nothing()\n  |   ^^^^^^^\n  |',
    );
  });

  it('takes arguments and templates', async () => {
    expect(await data('x + 1', { args: { x: 41 } })).toBe(42);
    const template = { fql: ['let x = ', { value: { '@int': '5' } }, '\nx * ', { fql: ['1 + 1'] }] };
    expect(await data(template)).toBe(6);
    expect(await codeOf({ fql: [{ value: 5 }] })).toBe('invalid_query');
  });

  it('returns logs, and the value that it was aborted with', async () => {
    const { data: value, summary } = await ask('log("a", 1)\ndbg({ x: 1 })');
    expect([value, summary.split('\n')[0]]).toEqual([{ x: 1 }, 'info at *query*:1: a 1']);
    expect((await ask('abort({ why: 1 })')).error).toEqual({
      code: 'abort',
      message: 'Query aborted.',
      abort: { why: 1 },
    });
  });

  it('fails if the value that it was aborted with cannot be read', async () => {
    const { error, summary } = await ask('abort([1].toSet().map(x => x.nope()))');
    expect(error).toEqual({
      code: 'invalid_function_invocation',
      message: 'The function `nope` does not exist on `Int`',
    });
    expect(summary).toContain('abort([1].toSet().map(x => x.nope()))\n  |      ^^^');
  });

  it('gives warnings, the error and the log in this order', async () => {
    const { summary } = await ask('let a = log(1)\nabort(2)\nlog', { typecheck: true });
    expect(summary.match(/warning: Function is not called|error: Query aborted|info at/g)).toEqual([
      'warning: Function is not called',
      'error: Query aborted',
      'info at',
    ]);
  });

  it('names fields that cannot be stored', async () => {
    expect((await ask('Collection.create({ name: "C", data: { "x y": [1, Set.single(1)] } })')).error.message).toBe(
      'Value at `data.x y[1]` has type Set<Any>, which cannot be persisted.',
    );
  });

  it('ends what calls itself without end', async () => {
    expect(await codeOf('let f = f => f(f); f(f)')).toBe('stack_overflow');
  });
});

describe('documents', () => {
  it('are made, changed, found and deleted', async () => {
    await data(
      'Collection.create({ name: "Book", indexes: { byAuthor: { terms: [{ field: "author" }], values: [{ field: "year" }] } }, constraints: [{ unique: ["isbn"] }] }).name',
    );
    await data(
      '[[1, "a", 1990], [2, "b", 1980], [3, "a", 1970]].forEach(x => Book.create({ id: x[0], isbn: x[0], author: x[1], year: x[2] }))',
    );
    expect(await data('Book.byAuthor("a").map(.year).toArray()')).toEqual([1970, 1990]);
    expect(await data('Book.byAuthor("a", { from: 1980 }).map(.id).toArray()')).toEqual(['1']);
    expect(await data('Book.byId(1)!.update({ year: 2000 }).year')).toBe(2000);
    expect(await codeOf('Book.create({ isbn: 2 })')).toBe('constraint_failure');
    expect(await codeOf('Book.create({ id: 1 })')).toBe('document_id_exists');
    expect(await data('Book.byId(3)!.delete().exists()')).toBe(false);
    expect(await data('Book.all().pageSize(1).map(.id).paginate().data')).toEqual(['1']);
  });

  it('compute fields, are checked, and keep their types', async () => {
    await data(`Collection.create({
      name: "Person",
      fields: { name: { signature: "String" }, age: { signature: "Int?" }, kind: { signature: "String", default: "'user'" } },
      computed_fields: { shout: { body: "p => p.name.toUpperCase()" } },
      constraints: [{ check: { name: "grown", body: "p => p.age == null || p.age >= 18" } }],
      indexes: { byShout: { terms: [{ field: "shout" }] } }
    }).name`);
    expect(await data('Person.create({ id: 1, name: "ann" }) { shout, kind }')).toEqual({ shout: 'ANN', kind: 'user' });
    expect(await data('Person.byShout("ANN").map(.id).toArray()')).toEqual(['1']);
    for (const fields of ['{ name: 1 }', '{ name: "b", age: 3 }', '{ name: "b", x: 1 }', '{}']) {
      expect([fields, await codeOf(`Person.create(${fields})`)]).toEqual([fields, 'constraint_failure']);
    }
  });

  it('have fields for keys and secrets', async () => {
    const fields = { k: { signature: 'Ref<Key>' }, t: { signature: 'Ref<Token>?' } };
    await data(`Collection.create({ name: "Holders", fields: ${JSON.stringify(fields)} })`);
    expect(
      await codeOf('Holders.create({ k: Key.create({ role: "admin" }), t: Token.create({ document: Holders(0) }) })'),
    ).toBeUndefined();
    expect(await codeOf('Holders.create({ k: Holders.all().first()!.t! })')).toBe('constraint_failure');
  });

  it('name fields in errors as they are written', async () => {
    await data('Collection.create({ name: "Strict", fields: { a: { signature: "Int" } } })');
    const pathsOf = async (query: string) =>
      (await ask(query)).error.constraint_failures.map(({ paths }: { paths: unknown }) => paths);
    expect(await pathsOf('Strict.createData({ a: 0, ttl: 0 })')).toEqual([[['data', 'ttl']]]);
    expect(await pathsOf('Strict.create({ a: 0, b: 0 })')).toEqual([[['b']]]);
  });

  it('are refused for all their fields, in the order of these', async () => {
    const { error } = await ask('Collection.create({ history_days: -1, name: "a b", nope: 1 })');
    expect(error.constraint_failures.map(({ paths }: { paths: unknown }) => paths)).toEqual([
      [['history_days']],
      [['name']],
      [['nope']],
    ]);
  });

  it('cannot choose the id of a collection, which would be that of keys or roles', async () => {
    for (const id of [0, 1, 2, 12, 1024, 40_000]) {
      expect([id, await codeOf(`Collection.create({ id: ${id}, name: "Chosen" })`)]).toEqual([
        id,
        'invalid_document_id',
      ]);
    }
    expect(await codeOf('Collection.byName("Chosen")!.name')).toBe('document_not_found');
  });

  it('show no nulls in what a token was given', async () => {
    const { error } = await ask('Token.create({ document: [null, { a: null, b: 1 }] })');
    expect(error.constraint_failures[0].message).toBe('Expected { *: Any }, provided [{ b: Int }]');
  });

  it('show computed fields first, and the others as they were written', async () => {
    await data(`Collection.create({
      name: "Ordered",
      fields: { b: { signature: "Int", default: "1" }, a: { signature: "Int?" }, c: { signature: "Int?" } },
      wildcard: "Any",
      computed_fields: { ${['z9', 'z8', 'z7', 'z6', 'z5', 'z4'].map((name) => `${name}: { body: "_ => 1" }`).join(', ')} }
    }).name`);
    const computed = ['z6', 'z5', 'z4', 'z9', 'z8', 'z7']; // more than four are in the order of a Scala hash map
    const keys = (query: string) => data(`Object.keys(${query})`);
    const start = ['id', 'coll', 'ts', ...computed];
    expect(await keys('Ordered.create({ id: 1, x: 1, c: 2, a: 3 })')).toEqual([...start, 'x', 'c', 'a', 'b']);
    expect(await keys('Ordered(1)!.update({ x: null, y: 1, a: 4 })')).toEqual([...start, 'c', 'a', 'b', 'y']);
    const { data: special } = await data('Ordered(1)!.updateData({ z9: 1, ts: 2, ttl: 3 })');
    expect(Object.keys(special)).toEqual(['ts', 'z9', 'ttl']);
  });

  it('hold references to schema documents, unless these were found by name', async () => {
    await data('Collection.create({ name: "Pointer" }).name');
    await data('Pointer.create({ id: "1", to: Pointer.definition }).id');
    expect(await data('Pointer.byId("1")!.to.name')).toBe('Pointer');
    expect(await codeOf('Pointer.create({ to: Collection.byName("Pointer") })')).toBe('invalid_type');
  });

  it('are found in collections as they were before the query', async () => {
    await data('Collection.create({ name: "Before", computed_fields: { b: { body: "doc => doc.a + 1" } } })');
    await data('Before.create({ id: 1, a: 1 })');
    // From here on nothing has used the collection.
    await data('Collection.create({ name: "Another" })');
    const remade = 'Collection.byName("Before")!.delete()\nCollection.create({ name: "Before" })\n';
    expect(await data(`${remade}Before.byId("1") { a, b }`)).toEqual({ a: 1, b: 2 });
    expect(await data('Before.all().count()')).toBe(0);
    await data('Before.create({ id: 2 })');
    await data('Collection.byName("Another")!.delete()');
    expect(await data('Collection.byName("Before")!.update({ name: "After" })\nBefore.all().count()')).toBe(1);
    expect(await data('After.all().count()')).toBe(1);
  });

  it('are given to functions as they were before the query', async () => {
    await data('Function.create({ name: "before", body: "x => x + 1" })');
    await data('Collection.create({ name: "YetAnother" })');
    expect(await data('Function.byName("before")!.update({ body: "x => x + 2" })\nbefore(1)')).toBe(2);
    expect(await data('Function.byName("before")!.delete()\nbefore(1)')).toBe(3);
    expect(await codeOf('before(1)')).toBe('unbound_variable');
  });

  it('are seen by both languages', async () => {
    await data('Collection.create({ name: "Shared" }).name');
    await data('Shared.create({ id: 1, n: 1 }).id');
    const ask4 = async (query: unknown) => {
      const request = { secret: SECRET, query: JSON.stringify(query), timeout: 10_000, pretty: false } as const;
      return JSON.parse((await engine.execute({ ...request, apiVersion: '4' })).body).resource;
    };
    expect((await ask4({ get: { ref: { collection: 'Shared' }, id: '1' } })).data).toEqual({ n: 1 });
    await ask4({
      create: { ref: { collection: 'Shared' }, id: '2' },
      params: { object: { data: { object: { n: 2 } } } },
    });
    expect(await data('Shared.all().map(.n).toArray()')).toEqual([1, 2]);
    expect(await ask4({ paginate: { indexes: null } })).toEqual({ data: [] });
    await data('Function.create({ name: "Twice", body: "x => x * 2" }).name');
    expect(await ask4({ call: 'Twice', arguments: 21 })).toBe(42);
  });
});

describe('indexes', () => {
  it('are not made twice for one path, however it is written', async () => {
    const { error } = await ask(
      'Collection.create({ name: "OneUnique", constraints: [{ unique: ["a"] }, { unique: [".[\'a\']"] }] })',
    );
    expect(error.constraint_failures).toEqual([
      { message: 'Duplicate unique constraint on path [.a]', paths: [['constraints']] },
    ]);
  });

  it('compare objects whatever the order of their fields', async () => {
    await data(
      'Collection.create({ name: "Boxes", indexes: { by: { terms: [{ field: "a" }], values: [{ field: "b" }] } } })',
    );
    await data('Boxes.create({ a: "x", b: { x: 1, y: 1 } }); Boxes.create({ a: "x", b: { y: 2, x: 2 } })');
    await data('Boxes.create({ a: "x", b: { x: 3, y: 3 } }); Boxes.create({ a: { x: 1, y: 1 }, b: 0 })');
    expect(await data('Boxes.by("x").map(.b.x).toArray()')).toEqual([1, 2, 3]);
    expect(await data('Boxes.by("x", { from: { y: 2, x: 2 }, to: { x: 3, y: 3 } }).count()')).toBe(2);
    expect(await data('Boxes.by({ y: 1, x: 1 }).count()')).toBe(1);
  });

  it('hold computed arrays whole or by element', async () => {
    const terms = (mva: boolean) => `{ terms: [{ field: ".c", mva: ${mva} }] }`;
    await data(`Collection.create({
      name: "Pairs",
      computed_fields: { c: { body: "doc => [doc.a, doc.b]", signature: "Any" } },
      indexes: { whole: ${terms(false)}, each: ${terms(true)} }
    })`);
    await data('Pairs.create({ a: 0, b: 1 })');
    expect(await data('[Pairs.whole(0).count(), Pairs.whole([0, 1]).count()]')).toEqual([0, 1]);
    expect(await data('[Pairs.each(0).count(), Pairs.each([0, 1]).count()]')).toEqual([1, 0]);
  });

  it('do not depend on functions of the database', async () => {
    await data('Database.create({ name: "unchecked", typechecked: false })');
    const secret = `${SECRET}:unchecked:admin`;
    await data('Function.create({ name: "one", body: "_ => 1" })', { secret });
    await data(
      `Collection.create({
        name: "Calls",
        computed_fields: { b: { body: "doc => if (doc.a) one(1) else 0" } },
        indexes: { byB: { terms: [{ field: ".b" }] } }
      })`,
      { secret },
    );
    await data('Calls.create({ a: true }); Calls.create({ a: false })', { secret });
    expect(
      await data('[Calls.byB(0).count(), Calls.byB(1).count(), Calls.all().map(.b).toArray()]', { secret }),
    ).toEqual([1, 0, [1, 0]]);
  });
});

describe('permissions', () => {
  it('of the role `server` cannot become those of `admin` by a function', async () => {
    await data('Database.create({ name: "granting" })');
    const [admin, server] = [`${SECRET}:granting:admin`, `${SECRET}:granting:server`];
    const messagesOf = async (query: string) =>
      (await ask(query, { secret: server })).error.constraint_failures.map(
        ({ message }: { message: string }) => message,
      );
    const create = (name: string, role: string) =>
      `Function.create({ name: "${name}", body: "() => 0", role: "${role}" })`;
    expect(await messagesOf(create('f', 'admin'))).toEqual([
      'Cannot create a function with admin permissions using the server role.',
    ]);
    await data(create('f', 'server'), { secret: server });
    expect(await messagesOf('f.definition.update({ role: "admin" })')).toEqual([
      'Cannot grant a function admin permissions using the server role.',
    ]);
    await data(create('g', 'admin'), { secret: admin });
    await data('g.definition.update({ body: "() => 1" })', { secret: server });
  });

  it('are those of the roles of a token', async () => {
    await data('Collection.create({ name: "User" }).name');
    await data('Collection.create({ name: "Note" }).name');
    await data('User.create({ id: 1 }).id');
    await data('[1, 2].forEach(i => Note.create({ id: i, owner: User.byId(i) }))');
    await data(`Role.create({
      name: "owner",
      membership: [{ resource: "User" }],
      privileges: [{ resource: "Note", actions: { read: "n => n.owner == Query.identity()" } }]
    }).name`);
    const { secret } = await data('Token.create({ document: User.byId(1)! }) { secret }');
    expect(await data('Note.all().map(.id).toArray()', { secret })).toEqual(['1']);
    expect(await codeOf('Note.create({})', { secret })).toBe('permission_denied');
    expect(await codeOf('Note.byId(2)!', { secret })).toBe('null_value');
  });
});
