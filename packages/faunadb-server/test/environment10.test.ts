import { openStore } from '@supertokens-faunadb/store';
import { afterAll, expect, it } from 'vitest';
import { openEngine } from '../src/engine/fql-engine.js';
import { query10 } from './query10.js';

const ROOT = 'the-root-key';
const engine = openEngine({ store: await openStore({ memory: true }), rootKey: ROOT });
afterAll(() => engine.close());

// biome-ignore lint/suspicious/noExplicitAny: answers are of every shape, and tests look into them.
async function execute(request: Parameters<typeof engine.execute>[0]): Promise<any> {
  const { outcome, body } = await engine.execute(request);
  return { outcome, ...JSON.parse(body) };
}

const ask = (query: string) => execute(query10(ROOT, query));

const environment = (secret = ROOT) => execute({ kind: 'environment', secret, timeout: 10_000, tags: undefined });

it('shows the types of collections, functions and the library', async () => {
  await ask('Collection.create({ name: "Thing", alias: "It", fields: { n: { signature: "Int | Null" } } })');
  await ask('Function.create({ name: "Twice", body: "x => x * 2" })');
  const { globals, types } = (await environment()).environment;
  expect(globals).toMatchObject({
    Thing: 'ThingCollection',
    It: 'ItCollection',
    Twice: 'UserFunction<Number => Number>',
    log: '(args: ...Any) => Null',
  });
  expect(types.Thing.alias).toBe('{ id: ID, ts: Time, ttl: Time | Null, n: Int | Null }');
  expect(types.ThingCollection).toMatchObject({
    type_hint: 'user_collection',
    apply: '(id: ID) => Ref<Thing>',
    fields: { createData: '(data: { n: Number | Null }) => Thing' },
  });
  expect(types.NullIt.fields.coll).toBe('ItCollection');
  expect(types.Set.fields.map).toBe('<A, B> (mapper: (A => B)) => Set<B>');
  expect(Object.keys(types)).toEqual(Object.keys(types).sort());
});

it('is shown to keys of the roles admin and server only', async () => {
  await ask('Role.create({ name: "none", privileges: [] })');
  for (const [role, outcome] of [
    ['server', 'done'],
    ['none', 'forbidden'],
    ['server-readonly', 'forbidden'],
  ]) {
    const { data } = await ask(`Key.create({ role: "${role}" }).secret`);
    expect((await environment(data)).outcome).toBe(outcome);
  }
  expect(await environment('wrong')).toMatchObject({ outcome: 'unauthorized', code: 'unauthorized' });
});
