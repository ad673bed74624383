import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DamagedData, keysIn, openStore, type Store } from '@supertokens-faunadb/store';
import { query as q } from 'faunadb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rootContext } from '../../engine/engine-context.js';
import { openEngine } from '../../engine/fql-engine.js';
import { QueryBudget } from '../../engine/query-budget.js';
import { DeferredResults } from '../../engine/suspension.js';
import { lambdaOf } from '../../fql4/parse/lambda-data.js';
import { after, KEY } from '../../storage/keys.js';
import { ROOT } from '../auth/builtin-permissions.js';
import type { ModelContext } from '../base/context.js';
import { buildJobs } from '../indexes/build.js';
import { Model } from '../model.js';
import { ModelView } from '../view.js';
import { Maintenance } from './maintenance.js';

const HOUR = 3_600_000;

let store: Store;
let engine: ReturnType<typeof openEngine>;
let maintenance: Maintenance;
let reports: [job: string, error: unknown][];

const things = q.Collection('things');
const thing = (id: number) => q.Ref(things, String(id));

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: 1_800_000_000_000 });
  store = await openStore({ memory: true });
  engine = openEngine({ store, rootKey: 'root' });
  // Steps are taken by hand: the engine's own timer stands still.
  const model = new Model({ lambda: lambdaOf });
  reports = [];
  maintenance = new Maintenance(
    (work) => store.transact((transaction) => work(contexts(model, transaction))),
    (job, error) => reports.push([job, error]),
  );
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
    budget: new QueryBudget({ timeout: 5000, maxSteps: 200_000 }),
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

  it('goes on when a document cannot be indexed; the index says why it is not active, until it can be', async () => {
    const create = (id: number, data: object) => ask(q.Create(thing(id), { data }));
    for (let n = 0; n < 300; n++) await create(n, { a: n, b: n });
    const many = Array.from({ length: 200 }, (_, i) => i);
    await create(150, { a: many, b: many });
    await ask(q.Update(thing(150), { data: { a: many, b: many } }));
    const field = (name: string) => ({ field: ['data', name] });
    const index = (name: string, ...fields: string[]) =>
      ask(
        q.CreateIndex({
          name,
          source: things,
          terms: fields.slice(0, 1).map(field),
          values: fields.slice(1).map(field),
        }),
      );
    await index('by_a_and_b', 'a', 'b');
    await index('by_a', 'a');
    work();
    const ofIndex = async (name: string) => (await ask(q.Get(q.Index(name)))).resource;
    const why = "The document 150 of the collection 'things' could not be indexed: A document has more than 20000";
    expect(await ofIndex('by_a_and_b')).toMatchObject({ active: false, build_error: expect.stringContaining(why) });
    expect(await ofIndex('by_a')).toMatchObject({ active: true });
    expect(reports.map(([job]) => job)).toEqual([expect.stringMatching(/^build\//)]);
    // Nothing is retried at once, nor before it can succeed.
    expect(maintenance.step()).toBe(false);
    await ask(q.Update(thing(150), { data: { a: 1, b: 1 } }));
    // The version of before is forgotten first.
    for (let hour = 0; hour < 2; hour++) {
      vi.setSystemTime(Date.now() + HOUR);
      work();
    }
    const built = await ofIndex('by_a_and_b');
    expect([built.active, 'build_error' in built]).toEqual([true, false]);
    expect((await ask(q.Count(q.Match('by_a_and_b', 1)))).resource).toBe(2);
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

  it('names the document that an index takes too long for, and goes on with those of other databases', async () => {
    const inside = 'root:child:admin';
    await ask(q.CreateDatabase({ name: 'child' }));
    await ask(q.CreateCollection({ name: 'things' }), inside);
    const numbers = (length: number) => Array.from({ length }, (_, i) => i);
    const fill = q.Foreach(numbers(300), q.Lambda('n', q.Create(things, { data: { n: q.Var('n') } })));
    for (const secret of ['root', inside]) await ask(fill, secret);
    await ask(q.Create(thing(1), { data: { n: 1, many: numbers(500) } }));
    const many = q.Select(['data', 'many'], q.Var('d'), []);
    const sums = q.Map(many, q.Lambda('x', q.Map(many, q.Lambda('y', q.Add(q.Var('x'), q.Var('y'))))));
    const pairs = q.Select([0, 0], sums, 0);
    const fields = { pairs: q.Query(q.Lambda('d', pairs)) };
    const costly = { name: 'costly', source: { collection: things, fields }, terms: [{ binding: 'pairs' }] };
    for (const secret of ['root', inside])
      expect(await ask(q.CreateIndex(costly), secret)).toMatchObject({ outcome: 'created' });
    work();
    const inRoot = (await ask(q.Get(q.Index('costly')))).resource;
    expect(inRoot.active).toBe(false);
    expect(inRoot.build_error).toContain("The document 1 of the collection 'things' could not be indexed: ");
    expect((await ask(q.Get(q.Index('costly')), inside)).resource).toMatchObject({ active: true });
    expect(reports).toHaveLength(1);
    // The way out: without the index what it could not take in is changed, and forgotten.
    await ask(q.Do(q.Delete(q.Index('costly')), q.Update(thing(1), { data: { many: [] } })));
    vi.setSystemTime(Date.now() + HOUR);
    work();
    await ask(q.CreateIndex({ ...costly, name: 'again' }));
    work();
    expect((await ask(q.Get(q.Index('again')))).resource).toMatchObject({ active: true });
  });

  it('passes over a job that is damaged on the disk, says so once, and does the others', async () => {
    const path = mkdtempSync(join(tmpdir(), 'maintenance-'));
    const closeAll = async () => {
      await engine.close();
      await store.close();
    };
    await closeAll();
    store = await openStore({ path });
    engine = openEngine({ store, rootKey: 'root' });
    await ask(q.CreateCollection({ name: 'things' }));
    const numbers = Array.from({ length: 300 }, (_, i) => i);
    await ask(q.Foreach(numbers, q.Lambda('n', q.Create(things, { data: { n: q.Var('n') } }))));
    for (const name of ['first', 'second']) {
      expect((await ask(q.CreateIndex({ name, source: things }))).resource.active).toBe(false);
    }
    await store.transact((transaction) => transaction.put(Buffer.from('x'), Buffer.from('x'))).durable;
    const job = store.read((reader) => keysIn(reader, { start: buildJobs, end: after(buildJobs) }).next().value).value!;
    const key = Buffer.from(job);
    await closeAll();
    const file = join(path, 'data.mdb');
    const content = readFileSync(file);
    for (let at = content.indexOf(key); at >= 0; at = content.indexOf(key, at + 1)) content[at + key.length + 1]! ^= 1;
    writeFileSync(file, content);

    store = await openStore({ path });
    engine = openEngine({ store, rootKey: 'root' });
    work();
    vi.setSystemTime(Date.now() + HOUR);
    work();
    expect(reports).toEqual([[expect.stringMatching(/^build\//), expect.any(DamagedData)]]);
    const active = async (name: string) => (await ask(q.Select('active', q.Get(q.Index(name))))).resource;
    expect([await active('first'), await active('second')]).toEqual([false, true]);
    rmSync(path, { recursive: true });
  });

  it('waits longer and longer while the disk refuses, says so once, and goes on when there is room', async () => {
    for (let n = 0; n < 300; n++) await ask(q.Create(thing(n), { data: { n } }));
    await ask(q.CreateIndex({ name: 'by_n', source: things, terms: [{ field: ['data', 'n'] }] }));
    await engine.close(); // so that it is only the following that does it
    const model = new Model({ lambda: lambdaOf });
    let isFull = true;
    let steps = 0;
    const refusing = new Maintenance(
      (work) => {
        const { value } = store.transact((transaction) => {
          const result = work(contexts(model, transaction));
          if (isFull) transaction.rollback();
          return result;
        });
        if (!isFull) return { value, durable: undefined };
        steps++;
        return { value, durable: Promise.reject(new Error('The disk is full.')) };
      },
      (job, error) => reports.push([job, error]),
    );
    const duties = 5;
    refusing.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(steps).toBeGreaterThan(duties);
    expect(steps).toBeLessThan(12 * duties);
    expect(reports.map(([job]) => job)).toEqual(['maintenance']);
    isFull = false;
    await vi.advanceTimersByTimeAsync(60_000);
    refusing.stop();
    expect((await ask(q.Count(q.Match('by_n', 1)))).resource).toBe(1);
  });
});
