import { afterAll, describe, expect, it } from 'vitest';
import { createFaunaServer } from '../src/index.js';

const server = await createFaunaServer();
afterAll(() => server.close());

let secret = server.rootKey;
let databases = 0;

// biome-ignore lint/suspicious/noExplicitAny: answers are of every shape, and tests look into them.
type Json = any;

async function query(text: string, as = secret): Promise<Json> {
  const response = await fetch(`${server.url}/query/1`, {
    method: 'POST',
    headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: text }),
  });
  return response.json();
}
async function data(text: string): Promise<Json> {
  const { error, summary, ...answer } = await query(text);
  expect(error, `${text}\n${summary}`).toBeUndefined();
  return answer.data;
}
/** A new database, which the following requests use. */
async function database(): Promise<void> {
  secret = server.rootKey;
  const name = `d${++databases}`;
  await data(`Database.create({ name: "${name}" })`);
  secret = await data(`Key.create({ role: "admin", database: "${name}" }).secret`);
}
async function schema(method: string, path: string, body?: FormData): Promise<Json> {
  const headers = { authorization: `Bearer ${secret}` };
  const response = await fetch(`${server.url}/schema/1/${path}`, { method, headers, ...(body ? { body } : {}) });
  const answer = (await response.json()) as Json;
  return { ...answer, status: response.status, body: answer };
}
async function push(text: string, parameters = ''): Promise<Json> {
  const form = new FormData();
  form.append('main.fsl', new Blob([text]), 'main.fsl');
  return schema('POST', `update${parameters}`, form);
}
const stage = (text: string) => push(text, '?staged=true');
const statusOf = async (): Promise<string> => (await schema('GET', 'staged/status')).body.status;

const BEFORE = `collection A {
  n: Int
  index byN {
    terms [.n]
  }
}

collection Gone {
  *: Any
}

function f() { 1 }
function gone() { 0 }

role r {
  privileges A {
    read
  }
}
`;
const AFTER = `collection A {
  m: Int
  s: String
  migrations {
    move .n -> .m
    add .s
    backfill .s = "x"
  }
  index byM {
    terms [.m]
  }
  unique [.m]
}

collection New {
  *: Any
}

function f() { 2 }
function added() { New.all().count() }

role r {
  privileges A {
    read
    create
  }
}
role s {
  privileges A {
    read
  }
}
`;

async function staged(): Promise<void> {
  await database();
  expect(await push(BEFORE)).toMatchObject({ status: 200 });
  await data('A.create({ id: 1, n: 1 })');
  await data('Gone.create({ id: 1 })');
  expect(await stage(AFTER)).toMatchObject({ status: 200 });
}

describe('a staged schema', () => {
  it('changes nothing for queries', async () => {
    await staged();
    expect(await statusOf()).toBe('ready');
    expect(await data('[f(), gone(), A.byN(1).map(.id).toArray(), A.byId("1")!.n, Gone.all().count()]')).toEqual([
      1,
      0,
      ['1'],
      1,
      1,
    ]);
    expect((await query('added()')).error.code).toBe('invalid_query');
    expect((await query('New.create({})')).error.code).toBe('invalid_query');
    expect(await data('A.create({ id: 2, n: 2 }).n')).toBe(2);
    const key = await data('Key.create({ role: "r" }).secret');
    expect((await query('A.create({ n: 3 })', key)).error.code).toBe('permission_denied');
    // Whoever looks at the definitions sees what is staged.
    expect(
      await data('[Function.byName("f")!.body, Function.byName("gone").exists(), Collection.byName("New").exists()]'),
    ).toEqual(['() => {\n  2\n}', false, true]);
  });

  it('comes into effect by a commit', async () => {
    await staged();
    await data('A.create({ id: 2, n: 2 })');
    expect(await schema('POST', 'staged/commit')).toMatchObject({ status: 200 });
    expect(await statusOf()).toBe('none');
    expect(
      await data(
        '[f(), added(), A.byM(1).map(.id).toArray(), A.byM(2).map(.id).toArray(), A.byId("1") { m, s }, A.byId("2") { m, s }]',
      ),
    ).toEqual([2, 0, ['1'], ['2'], { m: 1, s: 'x' }, { m: 2, s: 'x' }]);
    for (const gone of ['gone()', 'Gone.all().count()', 'A.byN(1).count()']) {
      expect((await query(gone)).error.code).toBe('invalid_query');
    }
    expect((await query('A.create({ m: 2, s: "y" })')).error.code).toBe('constraint_failure');
    expect((await schema('GET', 'files/main.fsl')).content).toBe(AFTER);
  });

  it('leaves nothing when it is abandoned', async () => {
    await staged();
    await data('A.create({ id: 2, n: 2 })');
    expect((await query('A.create({ id: 3, n: 2 })')).error.code).toBe('constraint_failure');
    expect(await schema('POST', 'staged/abandon')).toMatchObject({ status: 200 });
    expect(await statusOf()).toBe('none');
    expect((await schema('GET', 'files/main.fsl')).content).toBe(BEFORE);
    expect(await data('[f(), gone(), A.byN(2).map(.id).toArray(), Gone.all().count()]')).toEqual([1, 0, ['2'], 1]);
    expect(
      await data('[Collection.byName("New").exists(), Function.byName("added").exists(), Role.byName("s").exists()]'),
    ).toEqual([false, false, false]);
    // Nothing enforces what was only staged.
    expect(await data('A.create({ id: 3, n: 2 }).n')).toBe(2);
    expect(await data('A.definition { fields, migrations, constraints }')).toEqual({
      fields: { n: { signature: 'Int' } },
      migrations: null,
      constraints: [],
    });
    // The same schema can be pushed again, which needs its names.
    expect(await push(BEFORE)).toMatchObject({ status: 200 });
    expect(await data('f()')).toBe(1);
  });

  it('is replaced by another', async () => {
    await staged();
    const other = BEFORE.replace('{ 1 }', '{ 5 }');
    expect(await stage(other)).toMatchObject({ status: 200 });
    expect(await data('[f(), Collection.byName("New").exists(), Function.byName("added").exists()]')).toEqual([
      1,
      false,
      false,
    ]);
    expect((await schema('GET', 'staged/status?diff=summary')).diff).toBe(
      '* Modifying function `f` at main.fsl:12:1\n',
    );
    expect(await schema('POST', 'commit')).toMatchObject({ status: 200 });
    expect(await data('[f(), gone(), A.byN(1).map(.id).toArray(), Gone.all().count()]')).toEqual([5, 0, ['1'], 1]);
  });

  it('keeps the index of a field that only moves, for both schemas', async () => {
    await database();
    await push('collection A { n: Int\n index byN { terms [.n] } }');
    await data('A.create({ id: 1, n: 1 })');
    await stage('collection A { m: Int\n migrations { move .n -> .m }\n index byM { terms [.m] } }');
    await data('A.create({ id: 2, n: 2 })');
    await data('A.byId("1")!.update({ n: 5 })');
    expect(await data('[A.byN(1).count(), A.byN(5).map(.id).toArray(), A.byN(2).count()]')).toEqual([0, ['1'], 1]);
    await schema('POST', 'commit');
    expect(await data('[A.byM(1).count(), A.byM(5).map(.id).toArray(), A.byM(2).count()]')).toEqual([0, ['1'], 1]);
    await data('A.byId("1")!.update({ m: 6 })');
    expect(await data('[A.byM(5).count(), A.byM(6).count()]')).toEqual([0, 1]);
  });

  it('gets its migrations for documents that came to an empty collection', async () => {
    await database();
    await push('collection A { n: Int }');
    await stage('collection A { m: Int\n migrations { move .n -> .m }\n index byM { terms [.m] } }');
    await data('A.create({ id: 1, n: 1 })');
    expect(await schema('POST', 'commit')).toMatchObject({ status: 200 });
    expect(await data('[A.byId("1")!.m, A.byM(1).map(.id).toArray()]')).toEqual([1, ['1']]);
  });

  it('is not committed while documents do not fit', async () => {
    await database();
    await push('collection A { n: Int }');
    await stage('collection A { n: String }');
    await data('A.create({ id: 1, n: 1 })');
    const refused = await schema('POST', 'commit');
    expect([refused.status, refused.error.message]).toEqual([
      400,
      expect.stringContaining('does not match the live type `Int`'),
    ]);
    expect(await statusOf()).toBe('ready');
    expect(await data('A.byId("1")!.n')).toBe(1);
  });

  it('forbids what would change the schema in effect', async () => {
    await staged();
    expect(await push(BEFORE)).toMatchObject({
      status: 400,
      error: { message: expect.stringContaining('A schema is staged') },
    });
    const response = await fetch(server.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'x-faunadb-api-version': '4', 'content-type': 'application/json' },
      body: JSON.stringify({ create_collection: { object: { name: 'v4' } } }),
    });
    const { errors } = (await response.json()) as Json;
    expect([response.status, errors[0].failures?.[0]?.description ?? errors[0].description]).toEqual([
      400,
      'Cannot update schema from FQL v4 if schema has been staged.',
    ]);
    expect(await data('f()')).toBe(1);
  });

  it('takes what queries write of the schema', async () => {
    await staged();
    await data('Function.create({ name: "byQuery", body: "() => 7" })');
    expect((await query('byQuery()')).error.code).toBe('invalid_query');
    expect((await schema('GET', 'files/main.fsl')).content).toBe(BEFORE);
    expect((await schema('GET', 'files/main.fsl?staged=true')).content).toContain('function byQuery()');
    await schema('POST', 'commit');
    expect(await data('byQuery()')).toBe(7);
  });

  it('takes single items', async () => {
    await staged();
    const item = (path: string, text: string) =>
      fetch(`${server.url}/schema/1/items/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}` },
        body: text,
      });
    expect((await item('functions', 'function item() { 8 }')).status).toBe(200);
    expect(
      (
        await item(
          'collections/A',
          AFTER.slice(0, AFTER.indexOf('collection New')).replace('collection A', 'collection B'),
        )
      ).status,
    ).toBe(400);
    expect((await item('functions/f', 'function f2() { 9 }')).status).toBe(200);
    expect(await data('f()')).toBe(1);
    await schema('POST', 'commit');
    expect(await data('[item(), f2()]')).toEqual([8, 9]);
  });

  it('is ready once its indexes are built', async () => {
    await database();
    await push('collection A { n: Int }');
    await data('Set.sequence(0, 300).forEach(i => A.create({ n: i % 100 }))');
    expect(await stage('collection A { n: Int\n index byN { terms [.n] } }')).toMatchObject({ status: 200 });
    const first = (await schema('GET', 'staged/status?diff=summary')).body;
    if (first.status === 'pending') {
      expect(first.pending_summary).toBe('* Collection A:\n  ~ index byN: building\n');
      expect((await schema('POST', 'commit')).error?.message ?? 'built').toMatch(
        /before it is in the `ready` state|built/,
      );
    }
    await expect
      .poll(async () => (await schema('GET', 'staged/status')).body.status, { timeout: 20_000 })
      .not.toBe('pending');
    await schema('POST', 'commit');
    expect(await data('[A.byN(7).count(), A.definition.indexes.byN!.status]')).toEqual([3, 'complete']);
  });

  it('restores names that were exchanged', async () => {
    await database();
    await push('collection A { a: Int }\ncollection B { b: Int }');
    await data('A.create({ id: 1, a: 1 })');
    await data('B.create({ id: 2, b: 2 })');
    await stage('function f() { 1 }');
    await schema('POST', 'abandon');
    expect(await data('[A.byId("1")!.a, B.byId("2")!.b]')).toEqual([1, 2]);
    await stage('@alias(B2)\ncollection B { b: Int }');
    await data('Collection.byName("B")!.update({ name: "A" })');
    await schema('POST', 'abandon');
    expect(await data('[A.byId("1")!.a, B.byId("2")!.b]')).toEqual([1, 2]);
    expect(await data('Collection.all().map(.name).toArray()')).toEqual(['A', 'B']);
  });
});
