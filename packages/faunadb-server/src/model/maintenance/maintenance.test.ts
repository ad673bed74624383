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
import { after, KEY, metaKey } from '../../storage/keys.js';
import { FIRST_INDEX } from '../../values/ids.js';
import { timedOut } from '../../values/query-ended.js';
import { Version } from '../../values/values.js';
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

/** How many earlier versions there are of documents that users have created. */
const versionsKept = () =>
  store.read((reader) => {
    const versions = [...keysIn(reader, { start: Buffer.of(KEY.version), end: Buffer.of(KEY.version + 1) })];
    return versions.filter((key) => Buffer.from(key).readUInt16BE(5) >= 1024).length;
  }).value;

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

  it("makes a collection's own indexes and unique constraints usable once they are filled", async () => {
    const ask10 = async (query: string) => {
      const request = { kind: 'query', secret: 'root', body: JSON.stringify({ query }), format: 'simple' } as const;
      const more = { typecheck: false, performanceHints: false, lastSeen: undefined, tags: undefined, timeout: 10_000 };
      return JSON.parse((await engine.execute({ ...request, ...more })).body);
    };
    for (let n = 0; n < 300; n++) await ask(q.Create(thing(n), { data: { n } }));
    const options = '{ indexes: { byN: { terms: [{ field: ".n" }] } }, constraints: [{ unique: [".n"] }] }';
    const { data } = await ask10(`Collection.byName("things")!.update(${options})`);
    expect(data).toMatchObject({ indexes: { byN: { queryable: false, status: 'building' } } });
    work();
    const { data: done } = await ask10('Collection.byName("things")!');
    expect(done).toMatchObject({
      indexes: { byN: { queryable: true, status: 'complete' } },
      constraints: [{ unique: ['.n'], status: 'active' }],
    });
    expect((await ask10('things.byN(7).count()')).data).toBe(1);
    expect((await ask10('things.create({ n: 7 })')).error).toMatchObject({ code: 'constraint_failure' });
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

  describe('a document that an index cannot take in', () => {
    const many = Array.from({ length: 200 }, (_, i) => i);
    const field = (name: string) => ({ field: ['data', name] });
    const by = { terms: [field('a')], values: [field('b')] };
    const byBoth = { name: 'by_a_and_b', source: things, ...by };
    const indexNamed = async (name: string) => (await ask(q.Get(q.Index(name)))).resource;
    const count = async (...terms: never[]) => (await ask(q.Count(q.Match('by_a_and_b', ...terms)))).resource;
    const reason = expect.stringContaining('A document has more than 20000 entries');
    const unindexed = { count: 1, documents: [{ collection: 'things', id: '150', reason }] };

    beforeEach(async () => {
      for (let n = 0; n < 300; n++) await ask(q.Create(thing(n), { data: { a: n, b: n } }));
      await ask(q.Update(thing(150), { data: { a: many, b: many } }));
    });

    it('is left out and named in the index, which has all others', async () => {
      await ask(q.CreateIndex(byBoth));
      work();
      expect(await indexNamed('by_a_and_b')).toMatchObject({ active: true, unindexed });
      expect([await count(149 as never), await count(150 as never)]).toEqual([1, 0]);
      // Its history has what the index can hold.
      const before = q.TimeSubtract(q.Now(), 1, 'minute');
      expect(await indexNamed('by_a_and_b')).not.toHaveProperty('build_error');
      expect((await ask(q.Exists(thing(150)))).resource).toBe(true);
      expect((await ask(q.Update(thing(150), { data: { c: 1 } }))).errors).toMatchObject([
        { code: 'bad request', description: reason },
      ]);
      expect((await ask(q.At(before, q.Exists(thing(150))))).outcome).toBe('done');
      expect(reports).toEqual([]);
    });

    it.each([
      ['is changed', q.Update(thing(150), { data: { a: 1, b: 1 } }), 2],
      ['is deleted', q.Delete(thing(150)), 1],
    ])('is no longer named once it %s', async (_, change, found) => {
      await ask(q.CreateIndex(byBoth));
      work();
      expect((await ask(change)).outcome).toBe('done');
      work();
      expect(await indexNamed('by_a_and_b')).not.toHaveProperty('unindexed');
      expect(await count(1 as never)).toBe(found);
      vi.setSystemTime(Date.now() + HOUR);
      work();
      expect(versionsKept()).toBe(0);
      expect(
        store.read((reader) => [...keysIn(reader, { start: metaKey('omitted/'), end: metaKey('omitted0') })]).value,
      ).toEqual([]);
      await ask(q.Delete(q.Index('by_a_and_b')));
      work();
      expect(keysOf(KEY.entry, KEY.pastEntry)).toBe(0);
    });

    it('keeps a unique index from becoming active, since it could have duplicates', async () => {
      await ask(q.CreateIndex({ ...byBoth, unique: true }));
      work();
      expect(await indexNamed('by_a_and_b')).toMatchObject({
        active: false,
        unindexed,
        build_error: expect.any(String),
      });
      const duplicate = { data: { a: 149, b: 149 } };
      expect((await ask(q.Create(things, duplicate))).errors).toMatchObject([{ code: 'instance not unique' }]);
      expect((await ask(q.Update(thing(150), duplicate))).outcome).toBe('invalid');
      expect((await ask(q.Update(thing(150), { data: { a: -1, b: -1 } }))).outcome).toBe('done');
      work();
      const built = await indexNamed('by_a_and_b');
      expect([built.active, 'unindexed' in built, 'build_error' in built]).toEqual([true, false, false]);
    });

    it('makes predicates that read the index fail, so that they grant nothing', async () => {
      const isBanned = q.Exists(q.Match('by_a_and_b', 150));
      const lets = q.Query(q.Lambda('ref', q.Not(isBanned)));
      const privileges = [{ resource: things, actions: { read: lets } }];
      await ask(q.CreateRole({ name: 'reader', privileges }));
      const { secret } = (await ask(q.CreateKey({ role: q.Role('reader') }))).resource;
      await ask(q.CreateIndex(byBoth));
      work();
      const mayRead = async () => (await ask(q.Get(thing(1)), secret)).outcome;
      expect(await mayRead()).toBe('forbidden');
      await ask(q.Update(thing(150), { data: { a: -1, b: -1 } }));
      work();
      expect(await mayRead()).toBe('done');
    });

    it('is no longer named when its collection or the index is deleted', async () => {
      await ask(q.CreateCollection({ name: 'others' }));
      await ask(q.CreateIndex({ ...byBoth, source: [things, q.Collection('others')] }));
      work();
      expect(await indexNamed('by_a_and_b')).toMatchObject({ unindexed });
      await ask(q.Delete(things));
      work();
      const left = await indexNamed('by_a_and_b');
      expect([left.active, 'unindexed' in left]).toEqual([true, false]);
      expect(keysOf(KEY.entry, KEY.pastEntry)).toBe(0);
      expect(
        store
          .read((reader) => [...keysIn(reader, { start: metaKey('o'), end: metaKey('v') })].map(String))
          .value.filter((key) => /omitted|unindexed/.test(key)),
      ).toEqual([]);
    });

    it('is left out of an index over few documents, too', async () => {
      await ask(q.CreateCollection({ name: 'few' }));
      const few = q.Collection('few');
      await ask(q.Create(q.Ref(few, '150'), { data: { a: many, b: many } }));
      await ask(q.Create(few, { data: { a: 1, b: 1 } }));
      expect((await ask(q.CreateIndex({ ...byBoth, source: few }))).outcome).toBe('created');
      work();
      const found = { count: 1, documents: [{ collection: 'few', id: '150', reason }] };
      expect(await indexNamed('by_a_and_b')).toMatchObject({ active: true, unindexed: found });
      expect(await count(1 as never)).toBe(1);
    });
  });

  it('indexes and forgets a long history in steps, with the same entries as a short one', async () => {
    const fields = { source: things, terms: [{ field: ['data', 'n'] }], values: [{ field: ['data', 'm'] }] };
    await ask(q.CreateIndex({ ...fields, name: 'before' }));
    for (let n = 0; n < 698; n++) {
      const data = { n: (n * n) % 11, m: n % 2 === 0 ? n : [n, 1] };
      if (n % 5 === 4) await ask(q.Delete(thing(1)));
      else await ask(n % 5 === 0 ? q.Create(thing(1), { data }) : q.Update(thing(1), { data }));
    }
    await ask(q.CreateIndex({ ...fields, name: 'after' }));
    maintenance.step();
    await ask(q.Update(thing(1), { data: { m: 1 } }));
    work();
    // All entries of an index, without its id.
    const entriesOf = (id: number) =>
      store.read((reader) =>
        [...reader.range({ start: Buffer.of(KEY.entry), end: Buffer.of(KEY.pastEntry + 1) })]
          .map(({ key, value }) => [Buffer.from(key), Buffer.from(value).toString('hex')] as const)
          .filter(([key]) => key.readUInt32BE(5) === id)
          .map(([key, value]) => `${key[0]} ${key.toString('hex', 9)} ${value}`),
      ).value;
    const ids = [0, 1].map((n) => Number(FIRST_INDEX) + n);
    const [before, after] = ids.map(entriesOf);
    expect(before!.length).toBeGreaterThan(500);
    expect(after).toEqual(before);
    vi.setSystemTime(Date.now() + HOUR);
    work();
    expect(versionsKept()).toBe(0);
    expect(ids.map((id) => entriesOf(id).length)).toEqual([1, 1]);
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

  it('goes without a document that an index takes too long for, and names it', async () => {
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
    const state = async (secret?: string) => (await ask(q.Get(q.Index('costly')), secret)).resource;
    const unindexed = {
      count: 1,
      documents: [{ collection: 'things', id: '1', reason: expect.stringContaining('calls') }],
    };
    expect(await state()).toMatchObject({ active: true, unindexed });
    expect(await state(inside)).not.toHaveProperty('unindexed');
    await ask(q.Update(thing(1), { data: { many: [] } }));
    work();
    expect(await state()).not.toHaveProperty('unindexed');
    vi.setSystemTime(Date.now() + HOUR);
    work();
    expect(versionsKept()).toBe(0);
    expect(reports).toEqual([]);
  });

  it('tries a document that takes too long three times before an index goes without it', async () => {
    for (let n = 0; n < 300; n++) await ask(q.Create(thing(n), { data: { n } }));
    const slow = q.Query(q.Lambda('d', q.Select(['data', 'n'], q.Var('d'))));
    const source = { collection: things, fields: { slow } };
    await ask(q.CreateIndex({ name: 'slow', source, terms: [{ binding: 'slow' }] }));
    const impatient = new Maintenance(
      (work) =>
        store.transact((transaction) =>
          work((scope) => {
            const context = contexts(new Model({ lambda: lambdaOf }), transaction)(scope);
            const { apply } = context;
            const late: ModelContext['apply'] = (lambda, argument, position) => {
              if (argument instanceof Version && argument.ref.id === 7n) throw timedOut();
              return apply.call(context, lambda, argument, position);
            };
            return Object.assign(context, { apply: late, with: () => context });
          }),
        ),
      (job, error) => reports.push([job, error]),
    );
    const states = [];
    for (let tries = 1; tries <= 3; tries++) {
      while (impatient.step());
      states.push((await ask(q.Select('active', q.Get(q.Index('slow'))))).resource);
      vi.setSystemTime(Date.now() + 5_000);
    }
    expect(states).toEqual([false, false, true]);
    const documents = [{ collection: 'things', id: '7', reason: 'It takes too long.' }];
    expect((await ask(q.Get(q.Index('slow')))).resource).toMatchObject({ active: true, unindexed: { documents } });
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
    const duties = 6;
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
