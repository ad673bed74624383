import { openStore, type Store } from '@supertokens-faunadb/store';
import { query as q } from 'faunadb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { QueryBudget } from '../../engine/budget.js';
import { rootContext } from '../../engine/context.js';
import { openEngine } from '../../engine/fql-engine.js';
import { DeferredResults } from '../../engine/suspension.js';
import { lambdaOf } from '../../fql4/parse/lambda-data.js';
import { KEY } from '../../storage/keys.js';
import { ROOT } from '../auth/builtin-permissions.js';
import type { ModelContext } from '../base/context.js';
import { Model } from '../model.js';
import { ModelView } from '../view.js';
import { Maintenance } from './maintenance.js';

const HOUR = 3_600_000;

let store: Store;
let engine: ReturnType<typeof openEngine>;
let maintenance: Maintenance;

const things = q.Collection('things');
const thing = (id: number) => q.Ref(things, String(id));

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: 1_800_000_000_000 });
  store = await openStore({ memory: true });
  engine = openEngine({ store, rootKey: 'root' });
  // Steps are taken by hand: the engine's own timer stands still.
  const model = new Model({ lambda: lambdaOf });
  maintenance = new Maintenance((work) => store.transact((transaction) => work(contexts(model, transaction))).value);
  await ask(q.CreateCollection({ name: 'things', history_days: 0 }));
});

afterEach(async () => {
  await engine.close();
  await store.close();
  vi.useRealTimers();
});

function contexts(model: Model, transaction: ConstructorParameters<typeof ModelView>[1]) {
  const snapshotTime = model.nextTime(transaction);
  const view = new ModelView(model, transaction, snapshotTime);
  const shared = {
    model: view,
    snapshotTime,
    apiVersion: '4' as const,
    budget: new QueryBudget(5000, 1_000_000),
    deferred: new DeferredResults(),
  };
  return (scope: number): ModelContext =>
    rootContext(shared, { scope, permissions: ROOT, source: { kind: 'root' }, identity: undefined });
}

async function ask(query: object, secret = 'root') {
  const request = { secret, query: JSON.stringify(query), timeout: 10_000, pretty: false };
  const { outcome, body } = await engine.execute(request);
  return { outcome, ...JSON.parse(body) };
}

function work(): void {
  while (maintenance.step());
}

const keysOf = (...kinds: number[]) =>
  store.read((reader) => [...reader.range({})].filter(({ key }) => kinds.includes(key[0]!)).length).value;

describe('maintenance', () => {
  it('fills an index of many documents in steps, and then makes it active', async () => {
    for (let n = 0; n < 300; n++) await ask(q.Create(thing(n), { data: { n: n % 2 } }));
    const index = { name: 'by_n', source: things, terms: [{ field: ['data', 'n'] }] };
    expect((await ask(q.CreateIndex(index))).resource.active).toBe(false);
    expect((await ask(q.Paginate(q.Match('by_n', 1)))).outcome).toBe('invalid');
    maintenance.step();
    // What is written while it is built is in it, and counts once.
    await ask(q.Create(thing(1000), { data: { n: 1 } }));
    await ask(q.Update(thing(0), { data: { n: 1 } }));
    await ask(q.Delete(thing(299)));
    work();
    expect((await ask(q.Select('active', q.Get(q.Index('by_n'))))).resource).toBe(true);
    expect((await ask([q.Count(q.Match('by_n', 0)), q.Count(q.Match('by_n', 1))])).resource).toEqual([149, 151]);
  });

  it('removes documents and their entries when their time to live is over, unless it was prolonged', async () => {
    await ask(q.CreateIndex({ name: 'all', source: things }));
    await ask(q.Create(thing(1), { ttl: q.TimeAdd(q.Now(), 1, 'minute') }));
    await ask(q.Create(thing(2), { ttl: q.TimeAdd(q.Now(), 1, 'minute') }));
    await ask(q.Update(thing(2), { ttl: q.TimeAdd(q.Now(), 1, 'day') }));
    vi.setSystemTime(Date.now() + HOUR);
    work();
    expect(keysOf(KEY.entry)).toBe(1);
    expect((await ask(q.Exists(thing(2)))).resource).toBe(true);
  });

  it('leaves nothing of documents that were deleted once their history is over', async () => {
    await ask(q.CreateIndex({ name: 'by_n', source: things, terms: [{ field: ['data', 'n'] }] }));
    const before = keysOf(KEY.document, KEY.version, KEY.entry, KEY.pastEntry);
    await ask(q.Create(thing(1), { data: { n: 1 } }));
    await ask(q.Update(thing(1), { data: { n: 2 } }));
    await ask(q.Delete(thing(1)));
    work();
    expect(keysOf(KEY.document, KEY.version, KEY.entry, KEY.pastEntry)).toBe(before + 5);
    vi.setSystemTime(Date.now() + HOUR);
    work();
    expect(keysOf(KEY.document, KEY.version, KEY.entry, KEY.pastEntry)).toBe(before);
  });

  it('removes what deleted collections, indexes and databases have left', async () => {
    await ask(q.CreateDatabase({ name: 'child' }));
    await ask(q.CreateIndex({ name: 'all', source: things }));
    for (let n = 0; n < 10; n++) await ask(q.Create(thing(n), {}));
    await ask(q.Do(q.Delete(things), q.Delete(q.Database('child'))));
    work();
    expect(keysOf(KEY.entry, KEY.pastEntry)).toBe(0);
    // What is left are the deletions of the schema documents themselves, which keep their history.
    expect(keysOf(KEY.document)).toBe(3);
  });

  it('removes the entries of a deleted collection from indexes that others share with it', async () => {
    await ask(q.CreateCollection({ name: 'others', history_days: 0 }));
    const others = q.Collection('others');
    const field = ['data', 'n'];
    await ask(q.CreateIndex({ name: 'by_n', source: [things, others], terms: [{ field }] }));
    await ask(q.CreateIndex({ name: 'every', source: '_', values: [{ field }] }));
    work();
    const create = (collection: object, count: number) =>
      ask(
        q.Map(
          Array.from({ length: count }, (_, n) => n % 3),
          q.Lambda('n', q.Create(collection as never, { data: { n: q.Var('n') } })),
        ),
      );
    await create(things, 700);
    await create(others, 10);
    await ask(q.Create(q.Ref(others, '1'), { data: { n: 1 } }));
    await ask(q.Update(q.Ref(others, '1'), { data: { n: 2 } }));
    await ask(q.Create(thing(1), { data: { n: 1 } }));
    await ask(q.Update(thing(1), { data: { n: 2 } }));
    expect([keysOf(KEY.entry), keysOf(KEY.pastEntry)]).toEqual([1424, 4]);
    await ask(q.Delete(things));
    work();
    expect([keysOf(KEY.entry), keysOf(KEY.pastEntry)]).toEqual([22, 2]);
    expect((await ask([q.Count(q.Match('by_n', 2)), q.Count(q.Match('every'))])).resource).toEqual([4, 11]);
  });

  it('lets a document have at once what a unique index has of a deleted collection', async () => {
    await ask(q.CreateCollection({ name: 'others' }));
    const others = q.Collection('others');
    const terms = [{ field: ['data', 'n'] }];
    await ask(q.CreateIndex({ name: 'by_n', source: [things, others], terms, unique: true }));
    work();
    await ask(q.Create(thing(1), { data: { n: 1 } }));
    const create = q.Create(others, { data: { n: 1 } });
    expect((await ask(create)).outcome).toBe('invalid');
    await ask(q.Delete(things));
    expect((await ask(create)).outcome).toBe('created');
    work();
    expect((await ask(q.Count(q.Match('by_n', 1)))).resource).toBe(1);
  });

  it('leaves no secret of a deleted database, nor of a token whose time is over', async () => {
    const before = keysOf(KEY.lookup);
    await ask(q.CreateDatabase({ name: 'child' }));
    const inside = 'root:child:admin';
    await ask(q.CreateKey({ role: 'server' }), inside);
    await ask(q.Create(q.Tokens(), { instance: q.Ref(q.Tokens(), '1') }), inside);
    await ask(
      q.Create(q.Credentials(), { instance: q.Ref(q.Tokens(), '1'), hashed_password: 'x' }),
      'root:child:server',
    );
    await ask(q.Create(q.Tokens(), { instance: thing(1), ttl: q.TimeAdd(q.Now(), 1, 'minute') }));
    expect(keysOf(KEY.lookup)).toBe(before + 6);
    await ask(q.Delete(q.Database('child')));
    vi.setSystemTime(Date.now() + HOUR);
    work();
    expect(keysOf(KEY.lookup)).toBe(before);
  });
});
