import { openStore } from '@supertokens-faunadb/store';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openEngine } from '../src/engine/fql-engine.js';
import { query10 } from './query10.js';

const SECRET = 'the-root-key';
const store = await openStore({ memory: true });
const engine = openEngine({ store, rootKey: SECRET });
afterAll(() => engine.close());

// biome-ignore lint/suspicious/noExplicitAny: answers are of every shape, and tests look into them.
async function ask(query: string, secret = SECRET): Promise<any> {
  const { body } = await engine.execute(query10(secret, query));
  return JSON.parse(body);
}
async function data(query: string, secret?: string) {
  const answer = await ask(query, secret);
  expect(answer.error, `${query}\n${answer.summary}`).toBeUndefined();
  return answer.data;
}
async function ask4(query: unknown) {
  const { body } = await engine.execute({
    secret: SECRET,
    query: JSON.stringify(query),
    timeout: 10_000,
    pretty: false,
  });
  expect(JSON.parse(body).errors).toBeUndefined();
}

/** The documents of a collection without what is not theirs. */
const documentsOf = async (collection: string) =>
  (await data(`${collection}.all().toArray()`)).map(
    ({ coll: _, ts: __, ...rest }: Readonly<Record<string, unknown>>) => rest,
  );

it('reads the path of a migration as a name where it is not written as a path', async () => {
  await data('Collection.create({ name: "Odd" })');
  await data('Odd.create({ id: 1, n: "text" })');
  const { error } = await ask(`Odd.definition.update({
    fields: { n: { signature: "Int?" }, c: { signature: "Any" } }, wildcard: "Any",
    migrations: [{ add: { field: ".n" } }, { move_conflicts: { into: "\\u0000" } }]
  })`);
  expect(error.code).toBe('invalid_schema');
  expect(error.message).toContain('Cannot move wildcard conflicts to field `.["\\0"]`');
});

describe('documents of an earlier shape', () => {
  it('are read, changed and found by index in the present one', async () => {
    await data(
      'Collection.create({ name: "A", fields: { n: { signature: "Int" } }, indexes: { byN: { terms: [{ field: ".n" }] } } })',
    );
    await data('A.create({ id: 1, n: 1 })');
    await data('A.create({ id: 2, n: 2 })');
    await data(`A.definition.update({
      fields: { n: null, m: { signature: "Int" }, k: { signature: "String" } },
      indexes: { byN: null, byM: { terms: [{ field: ".m" }] }, byK: { terms: [{ field: ".k" }], values: [{ field: ".m" }] } },
      migrations: [{ move: { field: ".n", to: ".m" } }, { add: { field: ".k" } }, { backfill: { field: ".k", value: "'x'" } }]
    })`);
    expect(await documentsOf('A')).toEqual([
      { id: '1', m: 1, k: 'x' },
      { id: '2', m: 2, k: 'x' },
    ]);
    expect(await data('A.byM(2).map(.id).toArray()')).toEqual(['2']);
    expect(await data('A.byK("x").map(.m).toArray()')).toEqual([1, 2]);
    await data('A.byId("1")!.update({ m: 5 })');
    expect(await data('[A.byM(1).count(), A.byM(5).map(.k).toArray()]')).toEqual([0, ['x']]);
    await data('A.byId("2")!.delete()');
    expect(await data('[A.byM(2).count(), A.byK("x").count()]')).toEqual([0, 1]);
  });

  it.each([true, false])(
    'get references to other collections, whether or not types are checked: %s',
    async (typechecked) => {
      const name = `references_${typechecked}`;
      await data(`Database.create({ name: "${name}", typechecked: ${typechecked} })`);
      const secret = await data(`Key.create({ role: "admin", database: "${name}" }).secret`);
      await data('Collection.create({ name: "B" })', secret);
      await data('Collection.create({ name: "A", fields: { n: { signature: "Int" } } })', secret);
      await data('A.create({ id: 1, n: 1 })', secret);
      await data(
        `A.definition.update({
        fields: { r: { signature: "Ref<B>" } },
        migrations: [{ add: { field: ".r" } }, { backfill: { field: ".r", value: "B('7')" } }]
      })`,
        secret,
      );
      expect(await data('A(1)!.r.id', secret)).toBe('7');
    },
  );

  it('have it in their history too', async () => {
    await data('Collection.create({ name: "H", history_days: 5, fields: { n: { signature: "Int" } } })');
    const { ts } = await data('H.create({ id: 1, n: 1 })');
    await data('H.byId("1")!.update({ n: 2 })');
    await data(`H.definition.update({
      fields: { n: null, m: { signature: "Int" } }, migrations: [{ move: { field: ".n", to: ".m" } }]
    })`);
    expect(await data(`at (Time("${ts}")) { H.byId("1")!.m }`)).toBe(1);
    expect(await data('H.byId("1")!.m')).toBe(2);
  });

  it('get no migration while there is an index of FQL v4', async () => {
    await data('Collection.create({ name: "V", fields: { n: { signature: "Int" } } })');
    await data('V.create({ n: 1 })');
    await ask4({ create_index: { object: { name: 'v4', source: { collection: 'V' } } } });
    const { error } = await ask(
      'V.definition.update({ fields: { m: { signature: "Int?" } }, migrations: [{ add: { field: ".m" } }] })',
    );
    expect([error.code, error.constraint_failures]).toEqual([
      'invalid_schema',
      [{ paths: [[]], message: 'Cannot create migrations on a collection with v4 indexes' }],
    ]);
  });
});

describe('a change of a schema', () => {
  it('is refused where documents would not fit, and then changes nothing', async () => {
    await data('Collection.create({ name: "R", fields: { n: { signature: "Int" } } })');
    await data('R.create({ id: 1, n: 1 })');
    const { error } = await ask('R.definition.update({ fields: { n: { signature: "String" } } })');
    expect(error.code).toBe('invalid_schema');
    expect(error.message).toContain('Field `.n` of type `String` does not match the live type `Int`');
    expect(await data('R.definition.fields')).toEqual({ n: { signature: 'Int' } });
    expect(await documentsOf('R')).toEqual([{ id: '1', n: 1 }]);
  });

  it('says what is wrong with a value for earlier documents', async () => {
    await data('Collection.create({ name: "B", fields: { n: { signature: "Int" } } })');
    await data('B.create({ id: 1, n: 1 })');
    const update = (value: string) =>
      ask(`B.definition.update({
        fields: { m: { signature: "Number" } },
        migrations: [{ add: { field: ".m" } }, { backfill: { field: ".m", value: ${JSON.stringify(value)} } }]
      })`);
    expect((await update('"x"')).error.message).toContain('Type `String` is not a subtype of `Number`');
    expect((await update('1 / 0')).error.message).toContain('Attempted integer division by zero.');
    expect((await update('B.create({ n: 1, m: 1 }).n')).error.message).toContain('not allowed in backfill values');
    expect((await update('1 +')).error.code).toBe('constraint_failure');
    expect(await data('B.all().count()')).toBe(1);
  });
});

/** A field has one of these types; a split field may have two. */
type FieldType = 'Int' | 'String' | 'Int | String';
type Fields = ReadonlyMap<string, FieldType>;
type Value = number | string;
type Plain = ReadonlyMap<string, Value>;

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const hasType = (type: FieldType, value: Value) =>
  type === 'Int | String' || (type === 'Int') === (typeof value === 'number');
const sample = (type: FieldType, seed: number): Value =>
  type === 'Int' || (type !== 'String' && seed % 2 === 0) ? seed : `s${seed}`;
const literal = (value: Value) => JSON.stringify(value);

/** A step of a schema, with what it makes of a document. */
interface Change {
  readonly fields: Fields;
  readonly migrations: readonly object[];
  migrate(document: Plain): Plain;
}
const changed = (map: ReadonlyMap<string, unknown>, edit: (copy: Map<string, never>) => void) => {
  const copy = new Map(map as ReadonlyMap<string, never>);
  edit(copy);
  return copy as never;
};

/** A change that the current fields allow, chosen by numbers. */
function changeOf(fields: Fields, [what, first, second]: readonly [number, number, number]): Change {
  const used = [...fields.keys()];
  const free = NAMES.filter((name) => !fields.has(name));
  const name = used[first % used.length]!;
  const other = free[second % Math.max(1, free.length)];
  const field = `.${name}`;
  if (what % 4 === 0 && other !== undefined) {
    const type = (['Int', 'String', 'Int | String'] as const)[first % 3]!;
    const value = sample(type, second);
    return {
      fields: changed(fields, (copy) => copy.set(other, type as never)),
      migrations: [{ add: { field: `.${other}` } }, { backfill: { field: `.${other}`, value: literal(value) } }],
      migrate: (document) => changed(document, (copy) => copy.set(other, value as never)),
    };
  }
  if (what % 4 === 1 && used.length > 1) {
    return {
      fields: changed(fields, (copy) => copy.delete(name)),
      migrations: [{ drop: { field } }],
      migrate: (document) => changed(document, (copy) => copy.delete(name)),
    };
  }
  if (what % 4 === 2 && other !== undefined) {
    const move = (map: ReadonlyMap<string, unknown>) =>
      changed(map, (copy) => {
        copy.set(other, copy.get(name) as never);
        copy.delete(name);
      });
    return { fields: move(fields), migrations: [{ move: { field, to: `.${other}` } }], migrate: move as never };
  }
  if (other !== undefined) {
    // Numbers stay, texts move.
    const [number, text] = [first, `t${second}`];
    return {
      fields: changed(fields, (copy) => copy.set(name, 'Int' as never).set(other, 'String' as never)),
      migrations: [
        { split: { field, to: [field, `.${other}`] } },
        { backfill: { field, value: literal(number) } },
        { backfill: { field: `.${other}`, value: literal(text) } },
      ],
      migrate: (document) =>
        changed(document, (copy) => {
          const value = document.get(name)!;
          copy.set(name, (hasType('Int', value) ? value : number) as never);
          copy.set(other, (hasType('Int', value) ? text : value) as never);
        }),
    };
  }
  return { fields, migrations: [], migrate: (document) => document };
}

/** Sends a request about the schema as text. */
async function schema(method: string, path: string, text?: string): Promise<{ readonly content: string }> {
  const { body, outcome } = await engine.execute({
    kind: 'schema',
    secret: SECRET,
    method,
    path: path.split('/'),
    parameters: path === 'update' ? [['staged', 'true']] : [],
    files: text === undefined ? [] : [{ name: 'main.fsl', text }],
    text: '',
    timeout: 10_000,
    tags: undefined,
  });
  expect(outcome, body).toBe('done');
  return JSON.parse(body);
}

const numbers = fc.tuple(fc.nat(11), fc.nat(11), fc.nat(11));
/** How a change comes into effect. */
const ways = fc.constantFrom('at once', 'at once', 'staged', 'abandoned');
let collections = 0;

it('reads documents of any earlier shape as if they had been written in the present one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(numbers, ways), { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat(20), { minLength: 7 }),
      async (steps, seeds) => {
        const collection = `P${++collections}`;
        let fields: Fields = new Map([['a', 'Int | String' as const]]);
        let documents: Plain[] = [];
        const signatures = (of: Fields) =>
          [...of].map(([name, type]) => `${name}: { signature: ${JSON.stringify(type)} }`).join(', ');
        const create = async (seed: number) => {
          const document: Plain = new Map([...fields].map(([name, type], i) => [name, sample(type, seed + i)]));
          const written = [...document].map(([name, value]) => `${name}: ${literal(value)}`).join(', ');
          documents.push(document);
          await data(`${collection}.create({ id: ${documents.length}, ${written} })`);
        };
        await data(`Collection.create({ name: "${collection}", history_days: 1, fields: { ${signatures(fields)} } })`);
        await create(seeds[0]!);
        const { ts } = await data(`${collection}.byId("1")!`);
        for (const [i, [step, way]] of steps.entries()) {
          const change = changeOf(fields, step);
          if (way !== 'at once') await schema('POST', 'update', (await schema('GET', 'files/main.fsl')).content);
          const gone = [...fields.keys()].filter((name) => !change.fields.has(name)).map((name) => `, ${name}: null`);
          await data(`${collection}.definition.update({
          fields: { ${signatures(change.fields)}${gone.join('')} },
          migrations: ${JSON.stringify(change.migrations)},
          indexes: { ${[
            ...[...change.fields.keys()].map((name) => `by_${name}: { terms: [{ field: ".${name}" }] }`),
            ...[...fields.keys()].filter((name) => !change.fields.has(name)).map((name) => `by_${name}: null`),
          ].join(', ')} }
        })`);
          if (way !== 'at once') {
            // Until then, nothing has changed.
            await create(seeds[i % seeds.length]!);
            const before = documents.map((document, at) => ({ id: `${at + 1}`, ...Object.fromEntries(document) }));
            expect(await documentsOf(collection)).toEqual(before);
            await schema('POST', way === 'staged' ? 'commit' : 'abandon');
          }
          if (way !== 'abandoned') {
            fields = change.fields;
            documents = documents.map(change.migrate);
          }
          await create(seeds[(i + 1) % seeds.length]!);
        }
        const expected = documents.map((document, i) => ({ id: `${i + 1}`, ...Object.fromEntries(document) }));
        expect(await documentsOf(collection)).toEqual(expected);
        const { indexes } = await data(`${collection}.definition { indexes }`);
        for (const name of [...fields.keys()].filter((each) => `by_${each}` in (indexes ?? {}))) {
          for (const value of new Set(documents.map((document) => document.get(name)!))) {
            const found = documents.flatMap((document, i) => (document.get(name) === value ? [`${i + 1}`] : []));
            expect(await data(`${collection}.by_${name}(${literal(value)}).map(.id).toArray()`)).toEqual(found);
          }
        }
        expect(
          await data(`at (Time("${ts}")) { ${collection}.byId("1")! { id, ${[...fields.keys()].join(', ')} } }`),
        ).toEqual(expected[0]);
        // They are valid: changing nothing is a write like any other.
        await data(`${collection}.all().forEach(d => d.update({}))`);
        await data(`${collection}.all().forEach(d => d.replace(d { ${[...fields.keys()].join(', ')} }))`);
        expect(await documentsOf(collection)).toEqual(expected);
        await data(`Collection.byName("${collection}")!.delete()`);
      },
    ),
    { numRuns: 25 },
  );
}, 120_000);
