import { openStore } from '@supertokens-faunadb/store';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openEngine } from '../src/engine/fql-engine.js';

const ROOT = 'the-root-key';
const store = await openStore({ memory: true });
const engine = openEngine({ store, rootKey: ROOT });
afterAll(() => engine.close());

let databases = 0;
let secret = ROOT;
beforeEach(async () => {
  databases++;
  await data(`Database.create({ name: "db${databases}" }).name`, ROOT);
  secret = `${ROOT}:db${databases}:admin`;
});

interface SchemaRequest {
  readonly method?: string;
  readonly path: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

async function schema({ method = 'POST', path, files = {}, text = '', parameters = {} }: SchemaRequest, as = secret) {
  const { outcome, body } = await engine.execute({
    kind: 'schema',
    secret: as,
    method,
    path: path.split('/'),
    parameters: Object.entries(parameters),
    files: Object.entries(files).map(([name, content]) => ({ name, text: content })),
    text,
    timeout: 10_000,
    tags: undefined,
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers are of every shape, and tests look into them.
  return { outcome, body: JSON.parse(body) as any };
}
const push = async (text: string) =>
  (await schema({ path: 'update', files: { 'main.fsl': text } })).body.error?.message;
const main = async () => (await schema({ method: 'GET', path: 'files/main.fsl' })).body.content;

// biome-ignore lint/suspicious/noExplicitAny: answers are of every shape, and tests look into them.
async function ask(query: string, as = secret): Promise<any> {
  const { body } = await engine.execute({
    kind: 'query',
    secret: as,
    body: JSON.stringify({ query }),
    format: 'simple',
    typecheck: undefined,
    performanceHints: false,
    lastSeen: undefined,
    tags: undefined,
    timeout: 10_000,
  });
  return JSON.parse(body);
}
async function data(query: string, as = secret) {
  const answer = await ask(query, as);
  expect(answer.error, answer.summary).toBeUndefined();
  return answer.data;
}
async function ask4(query: unknown) {
  const { body } = await engine.execute({ secret, query: JSON.stringify(query), timeout: 10_000, pretty: false });
  return JSON.parse(body);
}

const SCHEMA = `// People.
collection User {
  name: String
  age: Int = 18
  compute isAdult: Boolean = (.age >= 18)
  index byName { terms [.name] }
  unique [.name]
  check positive (.age > 0)
  history_days 3
}

function greet(name: String): String { "Hello ".concat(name) } // politely

role reader {
  privileges User { read; create { predicate (.age > 20) } }
}

access provider issuer {
  issuer "https://issuer.example"
  jwks_uri "https://issuer.example/keys"
  role reader
}
`;

describe('a push', () => {
  it('makes the schema what its files say', async () => {
    expect(await push(SCHEMA)).toBeUndefined();
    expect(await main()).toBe(SCHEMA);
    expect(await data('User.create({ id: 1, name: "Ada" }) { age, isAdult }')).toEqual({ age: 18, isAdult: true });
    expect(await data('greet(User.byName("Ada").first()!.name)')).toBe('Hello Ada');
    expect(await data('Role.byName("reader")!.privileges')).toEqual([
      { resource: 'User', actions: { read: true, create: '(.age > 20)' } },
    ]);
    expect(await data('AccessProvider.byName("issuer")!.roles')).toEqual(['reader']);
    expect((await ask('User.create({ name: "Ada" })')).error.code).toBe('constraint_failure');
    expect(await push('// nothing is left\n')).toBeUndefined();
    expect(await data('[Collection.all().count(), Function.all().count(), Role.all().count()]')).toEqual([0, 0, 0]);
  });

  it('changes nothing if any part of it is refused', async () => {
    await push(SCHEMA);
    const before = await data('Collection.all().first()!.ts');
    const faulty = [
      [SCHEMA.replace('name: String', 'name: Text'), 'error: Unknown type `Text`\nat main.fsl:3:9'],
      [SCHEMA.replace('collection User', 'collection User x'), 'error: Expected'],
      [SCHEMA.replace('role reader {', 'role admin {'), 'error: Role `reader` does not exist'],
      [`${SCHEMA}\nfunction other() { nothing }`, 'error: Unbound variable `nothing`'],
      [`collection New { }\n${SCHEMA}\n@role(nobody)\nfunction other() { 1 }`, 'role: Field refers to an unknown role'],
      [`collection Math { }\n${SCHEMA}`, 'name: The identifier `Math` is reserved.'],
    ] as const;
    for (const [text, message] of faulty) {
      expect(await push(text)).toContain(message);
      expect(await main()).toBe(SCHEMA);
      expect(await data('Collection.all().map(.name).toArray()')).toEqual(['User']);
      expect(await data('Collection.all().first()!.ts')).toBe(before);
    }
  });

  it('keeps what clients have stored in schema documents, and documents of collections that stay', async () => {
    await push(SCHEMA);
    await data('User.create({ id: 1, name: "Ada" })');
    await data('Collection.byName("User")!.update({ data: { owner: "me" } })');
    await push(SCHEMA.replace('history_days 3', 'history_days 4'));
    expect(await data('Collection.byName("User")! { history_days, data }')).toEqual({
      history_days: 4,
      data: { owner: 'me' },
    });
    expect(await data('User.byId("1")!.name')).toBe('Ada');
  });

  it('without override replaces only the files that it has', async () => {
    await schema({ path: 'update', files: { 'a.fsl': 'collection A { }', 'b.fsl': 'collection B { }' } });
    await schema({ path: 'update', files: { 'b.fsl': 'collection C { }' }, parameters: { override: 'false' } });
    expect(await data('Collection.all().map(.name).order().toArray()')).toEqual(['A', 'C']);
    const twice = await schema({ path: 'update', files: { 'a.fsl': 'role r { }', 'b.fsl': 'role r { }' } });
    expect(twice.body.error.message).toBe('Duplicate role `r` in b.fsl (originally seen in a.fsl)');
  });

  it('is refused to all but admins', async () => {
    const as = (role: string) => secret.replace(/admin$/, role);
    const files = { 'main.fsl': SCHEMA };
    expect((await schema({ path: 'update', files }, as('server'))).outcome).toBe('forbidden');
    expect((await schema({ path: 'validate', files }, as('server-readonly'))).outcome).toBe('done');
    expect((await schema({ method: 'GET', path: 'files' }, as('client'))).outcome).toBe('forbidden');
    expect((await schema({ method: 'GET', path: 'files' }, 'nonsense')).outcome).toBe('unauthorized');
    expect(await data('Collection.all().count()')).toBe(0);
  });

  it('names the version that it expects', async () => {
    const { version } = (await schema({ path: 'update', files: { 'main.fsl': SCHEMA } })).body;
    const listed = await schema({ method: 'GET', path: 'files' });
    expect(listed.body).toEqual({ version, files: [{ filename: 'main.fsl' }] });
    const update = (parameters: Readonly<Record<string, string>>) =>
      schema({ path: 'update', files: { 'main.fsl': `${SCHEMA}// changed\n` }, parameters });
    expect((await update({ version: '1' })).outcome).toBe('contended');
    expect((await update({ version: '1', force: 'true' })).outcome).toBe('done');
    expect((await update({ version: String(version) })).outcome).toBe('contended');
  });
});

describe('names of collections', () => {
  const refused = (field: string, name: string, type: string, position: string, excerpt: string, marks: string) =>
    `Invalid database schema update.
    error: The collection ${field} \`${name}\` generates types that conflict with the following existing types: ${type}
    at *query*:1:${position}
      |
    1 | ${excerpt}
      | ${' '.repeat(Number(position) - 1)}${marks}
      |`;

  it('must not give types that others give', async () => {
    await data('Collection.create({ name: "User" })');
    const messageOf = async (query: string) => (await ask(query)).error;
    expect(await messageOf('Collection.create({ name: "NullUser" })')).toEqual({
      code: 'invalid_schema',
      message: refused('name', 'NullUser', 'NullUser', '18', 'Collection.create({ name: "NullUser" })', '^'.repeat(22)),
    });
    expect((await messageOf('Collection.create({ name: "Other", alias: "UserCollection" })')).message).toContain(
      'The collection alias `UserCollection` generates types that conflict with the following existing types: UserCollection',
    );
    expect((await messageOf('Collection.create({ name: "A" }); Collection.create({ name: "NullA" })')).message).toMatch(
      /collection name `A` generates[\s\S]*collection name `NullA` generates/,
    );
    expect(await push('collection User {}\ncollection NullUser {}')).toContain('following existing types: NullUser');
    await data('Collection.create({ name: "A" })');
    expect((await messageOf('A.definition.update({ name: "NullUser" })')).code).toBe('invalid_schema');
    // Once they are there, from FQL v4, they can be changed.
    expect(await data('User.definition.update({ history_days: 1 }).name')).toBe('User');
    expect(await data('User.definition.update({ alias: "U" }).alias')).toBe('U');
  });
});

describe('schema files', () => {
  it('follow what queries write, and stay as they were written otherwise', async () => {
    await push(SCHEMA);
    await data('User.definition.update({ fields: { nick: { signature: "String?" } }, ttl_days: 9 }).name');
    await data('Function.create({ name: "twice", body: "x => x * 2" }).name');
    await data('Function.byName("greet")!.update({ body: "name => name" }).name');
    expect(await main()).toBe(
      `${SCHEMA.replace('  history_days 3', '  history_days 3\n  ttl_days 9\n  nick: String?').replace(
        '{ "Hello ".concat(name) }',
        '{\n  name\n}',
      )}\nfunction twice(x) {\n  x * 2\n}\n`,
    );
    await data('Role.byName("reader")!.privileges').catch(() => {});
    expect((await ask('User.definition.delete()')).error).toMatchObject({ code: 'invalid_schema' });
    await data('AccessProvider.byName("issuer")!.delete()\nRole.byName("reader")!.delete()\nUser.definition.delete()');
    expect(await main()).toBe(
      '\n\nfunction greet(name: String): String {\n  name\n} // politely\n\nfunction twice(x) {\n  x * 2\n}\n',
    );
  });

  it('show what FQL v4 has made', async () => {
    await ask4({ create_collection: { object: { name: 'things', history_days: 30 } } });
    expect(await main()).toContain('collection things {\n  history_days 30\n}\n');
    // A function called from FQL v4 changes the schema by the same rules.
    await data(
      'Function.create({ name: "make", body: "(type) => Collection.create({ name: \\"Made\\", fields: { n: { signature: type } } }).name" }).name',
    );
    const refused = await ask4({ call: { function: 'make' }, arguments: 'Nope' });
    expect(JSON.stringify(refused.errors)).toContain('Unknown type `Nope`');
    expect((await ask4({ call: { function: 'make' }, arguments: 'Int' })).resource).toBe('Made');
    expect(await main()).toContain('collection Made {\n  n: Int\n}\n');
  });

  it('can be changed item by item', async () => {
    await push(SCHEMA);
    const added = await schema({ path: 'items/collections', text: 'collection Post { title: String }' });
    expect(added.body).toMatchObject({ filename: 'main.fsl', content: 'collection Post { title: String }' });
    const text = 'role writer { privileges Post { create } }';
    const replaced = await schema({ path: 'items/roles/reader', text, parameters: { validate: 'true' } });
    expect(replaced.body.error.message).toContain('Role `reader` does not exist');
    await schema({ method: 'DELETE', path: 'items/access_providers/issuer' });
    const trial = await schema({ path: 'items/roles/reader', text, parameters: { validate: 'true' } });
    expect(trial.body.diff).toContain('~ rename to `writer`');
    await schema({ path: 'items/roles/reader', text });
    expect(await data('Role.all().map(.name).toArray()')).toEqual(['writer']);
    expect((await schema({ method: 'GET', path: 'items/roles/writer' })).body.content).toBe(text);
    expect((await schema({ method: 'GET', path: 'items/roles/reader' })).outcome).toBe('missing');
  });
});

describe('differences', () => {
  it('are shown by member, by item and by line, in colour', async () => {
    await push(SCHEMA);
    const files = { 'main.fsl': SCHEMA.replace('unique [.name]', 'unique [.name, .age]').replace('read; ', '') };
    const diff = async (parameters: Readonly<Record<string, string>>) =>
      (await schema({ path: 'diff', files, parameters })).body.diff;
    expect(await diff({})).toBe(`* Modifying collection \`User\` at main.fsl:1:1:
  * Constraints:
  + add unique constraint on [.name, .age]
  - remove unique constraint on [.name]

* Modifying role \`reader\` at main.fsl:14:1:
  ~ change privileges on \`User\`
    - remove read

`);
    expect(await diff({ diff: 'summary' })).toBe(
      '* Modifying collection `User` at main.fsl:1:1\n* Modifying role `reader` at main.fsl:14:1\n',
    );
    expect(await diff({ diff: 'textual' })).toContain('-   unique [.name]\n+   unique [.name, .age]\n');
    expect(await diff({ diff: 'summary', color: 'ansi' })).toContain(
      '\u001b[1;34m* Modifying role `reader`\u001b[0m at',
    );
  });
});
