import { query as q } from 'faunadb';
import { describe, expect, it } from 'vitest';
import { type Answered, type Database, openDatabase, type Watched } from '../../../test/database.js';

const THING = q.Ref(q.Collection('things'), '1');

async function setUp(): Promise<Database> {
  const database = await openDatabase();
  await database.ask(q.CreateCollection({ name: 'things', history_days: 30 }));
  await database.ask(
    q.CreateIndex({ name: 'by_kind', source: q.Collection('things'), terms: [{ field: ['data', 'kind'] }] }),
  );
  await database.ask(q.Create(THING, { data: { kind: 'a', n: 1 } }));
  return database;
}

async function watching(
  database: Database,
  query: object,
  options?: { secret?: string; fields?: string },
): Promise<AsyncIterator<Watched>> {
  const events = await database.watch(query, options?.secret, options?.fields);
  if (!('next' in events)) throw new Error(`refused: ${JSON.stringify(events)}`);
  expect((await events.next()).value).toMatchObject({ type: 'start', event: expect.any(Number) });
  return events;
}

const next = async (events: AsyncIterator<Watched>): Promise<Watched> => (await events.next()).value as Watched;

describe('a stream of a document', () => {
  it('reports its changes, in the order of their transactions', async () => {
    const database = await setUp();
    const events = await watching(database, THING);
    await database.ask(q.Update(THING, { data: { n: 2 } }));
    await database.ask(q.Create(q.Ref(q.Collection('things'), '2'), { data: { kind: 'a' } }));
    await database.ask(q.Delete(THING));
    await database.ask(q.Create(THING, { data: { kind: 'b' } }));
    const updated = await next(events);
    expect(updated).toMatchObject({
      type: 'version',
      event: { action: 'update', document: { ts: updated.txn, data: { kind: 'a', n: 2 } } },
    });
    expect(await next(events)).toMatchObject({ event: { action: 'delete', document: { data: { kind: 'a', n: 2 } } } });
    expect(await next(events)).toMatchObject({ event: { action: 'create', document: { data: { kind: 'b' } } } });
  });

  it('reports the requested fields of each change', async () => {
    const database = await setUp();
    const events = await watching(database, THING, { fields: 'diff, prev' });
    await database.ask(q.Update(THING, { data: { n: 2, kind: null } }));
    const { event } = await next(events);
    expect(Object.keys(event)).toEqual(['diff', 'prev']);
    expect(event.diff.data).toEqual({ n: 2, kind: null });
    expect(event.prev.data).toEqual({ kind: 'a', n: 1 });
  });

  it('reports several writes of one transaction as one change', async () => {
    const database = await setUp();
    const events = await watching(database, THING, { fields: 'action,document,prev' });
    await database.ask(q.Do(q.Update(THING, { data: { n: 2 } }), q.Update(THING, { data: { n: 3 } })));
    await database.ask(q.Update(THING, { data: { n: 4 } }));
    expect(await next(events)).toMatchObject({ event: { document: { data: { n: 3 } }, prev: { data: { n: 1 } } } });
    expect(await next(events)).toMatchObject({ event: { document: { data: { n: 4 } }, prev: { data: { n: 3 } } } });
  });

  it('reports nothing of an aborted transaction', async () => {
    const database = await setUp();
    const events = await watching(database, THING);
    await database.ask(q.Do(q.Update(THING, { data: { n: 2 } }), q.Abort('no')));
    await database.ask(q.Update(THING, { data: { n: 3 } }));
    expect(await next(events)).toMatchObject({ event: { document: { data: { n: 3 } } } });
  });

  it('gives each version the time when it was written', async () => {
    const database = await setUp();
    const events = await watching(database, THING, { fields: 'action,document,diff,prev' });
    await database.ask(q.Update(THING, { data: { n: 2 } }));
    await database.ask(q.Update(THING, { data: { n: 3 } }));
    await database.ask(q.Delete(THING));
    await database.ask(q.Create(THING, {}));
    const { txn: first } = await next(events);
    const { txn: second, event: updated } = await next(events);
    expect(updated).toMatchObject({ document: { ts: second }, diff: { ts: second }, prev: { ts: first } });
    const { txn: third, event: deleted } = await next(events);
    const latest = { ts: second, data: { n: 3 } };
    expect(deleted).toMatchObject({ action: 'delete', document: latest, diff: { ts: third }, prev: latest });
    const { txn: fourth, event: created } = await next(events);
    expect(created).toMatchObject({ action: 'create', document: { ts: fourth }, prev: { ts: fourth } });
  });

  it('reports changes of its history, and of the versions after them', async () => {
    const database = await setUp();
    const events = await watching(database, THING, { fields: 'action,document,prev' });
    const past = q.Time('2020-01-01T00:00:00Z');
    const ts = 1_577_836_800_000_000;
    await database.ask(q.Insert(THING, past, 'create', { data: { n: 7 } }));
    await database.ask(q.Insert(THING, past, 'create', { data: { n: 8 } }));
    await database.ask(q.Remove(THING, past, 'create'));
    const type = 'history_rewrite';
    const present = { kind: 'a', n: 1 };
    for (const event of [
      { action: 'update', document: { data: present }, prev: { ts, data: { n: 7 } } },
      { action: 'create', document: { ts, data: { n: 7 } }, prev: { ts } },
      { action: 'create', document: { ts } },
      { action: 'update', document: { data: present }, prev: { ts, data: { n: 8 } } },
      { action: 'create', document: { ts, data: { n: 8 } }, prev: { ts } },
      { action: 'create', document: { ts } },
      { action: 'create', document: { data: present } },
    ]) {
      expect(await next(events)).toMatchObject({ type, event });
    }
  });
});

describe('history that is no longer visible', () => {
  it('is removed without an event', async () => {
    const database = await openDatabase();
    await database.ask(q.CreateCollection({ name: 'things', history_days: 0 }));
    await database.ask(q.Create(THING, {}));
    for (const time of [1_000_000, 2_000_000]) await database.ask(q.Insert(THING, time as never, 'create', {}));
    const events = await watching(database, THING);
    await database.ask(q.Update(THING, { data: { n: 1 } }));
    await database.ask(q.Update(THING, { data: { n: 2 } }));
    expect(await next(events)).toMatchObject({ type: 'version', event: { document: { data: { n: 1 } } } });
    expect(await next(events)).toMatchObject({ type: 'version', event: { document: { data: { n: 2 } } } });
  });
});

describe('a stream of a set', () => {
  it.each([
    ['documents', q.Documents(q.Collection('things')), ['add', 'remove']],
    ['match', q.Match(q.Index('by_kind'), 'a'), ['add', 'remove', 'add', 'remove']],
  ])('%s reports what enters and leaves it', async (_name, set, actions) => {
    const database = await setUp();
    const events = await watching(database, set, { fields: 'action,document,index' });
    const other = q.Ref(q.Collection('things'), '2');
    await database.ask(q.Create(other, { data: { kind: 'a' } }));
    await database.ask(q.Update(other, { data: { n: 5 } }));
    await database.ask(q.Update(other, { data: { kind: 'b' } }));
    await database.ask(q.Update(other, { data: { kind: 'a' } }));
    await database.ask(q.Delete(other));
    for (const action of actions) {
      expect(await next(events)).toMatchObject({
        type: 'set',
        event: { action, document: { ref: expect.anything() } },
      });
    }
  });
});

describe('who watches', () => {
  const PRIVILEGE = { resource: q.Collection('things'), actions: { read: true } };

  async function withKey(database: Database): Promise<{ secret: string; ref: object }> {
    await database.ask(q.CreateRole({ name: 'reader', privileges: [PRIVILEGE] }));
    const { resource } = await database.ask(q.CreateKey({ role: q.Role('reader') }));
    return resource;
  }

  it('receives an error when its secret is deleted, and then nothing more', async () => {
    const database = await setUp();
    const { secret, ref } = await withKey(database);
    const events = await watching(database, THING, { secret });
    await database.ask({ delete: ref });
    expect(await next(events)).toMatchObject({
      type: 'error',
      event: { code: 'permission denied', description: 'Authorization lost during stream evaluation.' },
    });
    expect(await events.next()).toMatchObject({ done: true });
  });

  it.each([
    [q.Add(1, 1), 'invalid argument'],
    [q.Collection('ghosts'), 'invalid ref'],
    [q.Collections(), 'invalid argument'],
    [q.Union(q.Match(q.Index('by_kind'), 'a'), q.Match(q.Index('by_kind'), 'b')), 'invalid argument'],
    [q.Update(THING, {}), 'invalid expression'],
  ])('is refused what cannot be watched: %j', async (query, code) => {
    const database = await setUp();
    const refused = (await database.watch(query)) as Answered;
    expect(refused.status).toBe(400);
    expect(refused.errors).toMatchObject([[code, expect.anything()]]);
  });

  it('receives an error for each unknown field', async () => {
    const database = await setUp();
    const refused = (await database.watch(THING, undefined, 'action,nonsense')) as Answered;
    expect(refused.errors).toEqual([['invalid url parameter', '']]);
  });
});
