// What the two languages see of each other's schemas and documents.
import { openStore } from '@supertokens-faunadb/store';
import { afterAll, describe, expect, it } from 'vitest';
import { openEngine } from '../src/engine/fql-engine.js';
import { query10 } from './query10.js';

const SECRET = 'the-root-key';
const store = await openStore({ memory: true });
const engine = openEngine({ store, rootKey: SECRET });
afterAll(() => engine.close());

// biome-ignore lint/suspicious/noExplicitAny: answers are of every shape, and tests look into them.
async function ask10(query: string): Promise<any> {
  const { body } = await engine.execute(query10(SECRET, query));
  return JSON.parse(body);
}
const data = async (query: string) => {
  const answer = await ask10(query);
  expect(answer.error, answer.summary).toBeUndefined();
  return answer.data;
};

/** The result of a query in FQL v4, or its errors as `position: code: description`. */
async function ask4(query: unknown): Promise<unknown> {
  const { body } = await engine.execute({
    secret: SECRET,
    query: JSON.stringify(query),
    timeout: 10_000,
    pretty: false,
  });
  const { resource, errors } = JSON.parse(body) as {
    resource: unknown;
    errors?: { position: string[]; code: string; description: string }[];
  };
  return errors?.map(({ position, code, description }) => `${position.join('.')}: ${code}: ${description}`) ?? resource;
}

describe('a document that FQL v4 writes', () => {
  const ref = (id: number) => ({ ref: { collection: 'User' }, id });
  const create = (id: number, fields?: object) =>
    ask4({ create: ref(id), params: { object: fields ? { data: { object: fields } } : {} } });

  it('must have the fields that its collection defines', async () => {
    await data(`Collection.create({
      name: "User",
      fields: {
        name: { signature: "String" },
        age: { signature: "Int?" },
        role: { signature: "'admin' | 'user'", default: "'user'" }
      },
      constraints: [{ check: { name: "adult", body: "(doc) => doc.age == null || doc.age >= 18" } }, { unique: ["name"] }]
    })`);
    expect(await create(1, { name: 'Ada' })).toMatchObject({ data: { name: 'Ada' } });
    const invalid = (text: string) => [`create: schema validation failed: ${text}`];
    expect(await create(2)).toEqual(invalid('name: Missing required field of type String'));
    expect(await create(2, { name: 5 })).toEqual(invalid('name: Expected String, provided Int'));
    expect(await create(2, { name: 'Bob', more: 1 })).toEqual(invalid('more: Unexpected field provided'));
    expect(await ask4({ update: ref(1), params: { object: { data: { object: { name: null } } } } })).toEqual([
      ': schema validation failed: name: Missing required field of type String',
    ]);
  });

  it('must satisfy its constraints, and is not written otherwise', async () => {
    expect(await create(2, { name: 'Bob', age: 5 })).toEqual([
      'create: check constraint failure: Document failed check constraint `adult`',
    ]);
    expect(await create(2, { name: 'Ada' })).toEqual(['create: instance not unique: document is not unique.']);
    expect(await ask4({ exists: ref(2) })).toBe(false);
    expect(await create(2, { name: 'Bob', age: 18 })).toMatchObject({ data: { name: 'Bob', age: 18 } });
  });

  it('may lack what has a default, which is not stored', async () => {
    expect(await data('User.byId("1")!.role')).toBeNull();
    expect(await ask4({ replace: ref(1), params: { object: { data: { object: { name: 'Eve' } } } } })).toMatchObject({
      data: { name: 'Eve' },
    });
  });
});

describe('a function in FQL v10', () => {
  it('reports its errors to FQL v4 as its own', async () => {
    await data('Function.create({ name: "add", body: "(x, y) => x + y" })');
    await data('Function.create({ name: "stop", body: "() => abort({ why: 1 })" })');
    await data('Function.create({ name: "all", body: "() => User.all()" })');
    expect(await ask4({ call: 'add', arguments: [1, 2] })).toBe(3);
    expect(await ask4({ call: 'add', arguments: 1 })).toEqual([
      ': transaction aborted: callee function expects exactly 2 arguments, but 1 was provided.',
    ]);
    expect(await ask4({ call: 'stop', arguments: [] })).toEqual([': transaction aborted: { why: 1 }']);
    await data('Function.create({ name: "bad", body: "name => Collection.create({ name: name })" })');
    expect(await ask4({ call: 'bad', arguments: [1] })).toEqual([
      ': transaction aborted: Failed to create Collection.\nconstraint failures:\n  name: Expected String, provided Int',
    ]);
    expect(await ask4({ call: 'all', arguments: [] })).toEqual([
      ': invalid argument: v10 value has type Set<Any>, which cannot be represented in v4.',
    ]);
  });
});
