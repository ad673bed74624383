import { openStore, type Store } from '@supertokens-faunadb/store';
import { query as q } from 'faunadb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { STATUS } from '../http/response.js';
import type { Engine } from './engine.js';
import { openEngine } from './fql-engine.js';

vi.setConfig({ testTimeout: 120_000 });

let store: Store;
let engine: Engine;

const things = q.Collection('things');
const thing = (id: number) => q.Ref(things, String(id));

beforeEach(async () => {
  store = await openStore({ memory: true });
  engine = openEngine({ store, rootKey: 'root', workers: true });
  await ask(q.CreateCollection({ name: 'things' }));
  await ask(q.CreateIndex({ name: 'by_n', source: things, terms: [{ field: ['data', 'n'] }] }));
});

afterEach(async () => {
  await engine.close();
  await store.close();
});

async function ask(query: object, secret = 'root', timeout = 60_000) {
  const answer = await engine.execute({ secret, query: JSON.stringify(query), timeout, pretty: false });
  await answer.durable;
  return { status: STATUS[answer.outcome], time: answer.transactionTime, ...JSON.parse(answer.body) };
}

/** Makes a query so slow that it is evaluated in another process. */
const slowly = (query: object, steps = 60_000) =>
  q.Do(
    q.Count(
      q.Map(
        Array.from({ length: steps }, (_, i) => i),
        q.Lambda('x', q.Sin(q.Var('x'))),
      ),
    ),
    query as never,
  );

describe('a slow query', () => {
  it('reads existing documents', async () => {
    await ask(q.Create(thing(1), { data: { n: 5 } }));
    const { status, resource } = await ask(slowly(q.Select(['data', 'n'], q.Get(thing(1)))));
    expect([status, resource]).toEqual([200, 5]);
  });

  it('reports a real time in FQL v10, also in cursors and sources of events', async () => {
    await ask(q.Create(thing(1), { data: { n: 1 } }));
    await ask(q.Create(thing(2), { data: { n: 2 } }));
    const ask10 = async (query: string) => {
      const request = { kind: 'query', secret: 'root', body: JSON.stringify({ query }), format: 'simple' } as const;
      const more = { typecheck: false, performanceHints: false, lastSeen: undefined, tags: undefined, timeout: 60_000 };
      const answer = await engine.execute({ ...request, ...more });
      await answer.durable;
      return JSON.parse(answer.body);
    };
    const work = 'Set.sequence(0, 150000).fold(0, (a, b) => a + 1)';
    const values = '[things.all().pageSize(1), things.all().eventSource(), Time.now()]';
    const before = BigInt(Date.now()) * 1000n - 1n;
    for (const write of ['null', 'things.byId("1")!.update({ n: 3 })']) {
      const { data, txn_ts } = await ask10(`${work}\n${write}\n${values}`);
      const isNow = (time: string | number) => {
        expect(BigInt(time)).toBeGreaterThan(before);
        expect(BigInt(time)).toBeLessThan(BigInt(Date.now() + 1000) * 1000n);
      };
      isNow(txn_ts);
      const [set, source] = data;
      const parsed = (token: string) => JSON.parse(Buffer.from(token, 'base64').toString());
      isNow(parsed(set.after)[2]);
      isNow(parsed(source)[2]);
    }
    const { error, txn_ts } = await ask10(`${work}\nabort(Time.now())`);
    expect([error.code, String(txn_ts).length]).toEqual(['abort', 16]);
  });

  it('writes documents, indexes and history at the time that its answer reports', async () => {
    const times = [{ field: ['ts'], reverse: true }, { field: ['ref'] }];
    await ask(q.CreateIndex({ name: 'by_time', source: things, values: times }));
    await ask(q.Create(thing(1), { data: { n: 1 } }));
    const body = q.Select(1, [q.Create(thing(2), { data: { n: 5 } }), q.Update(thing(1), { data: { n: 5 } })]);
    const { status, resource, time } = await ask(slowly(body));
    const at = Number(time);
    expect([status, resource.ts]).toEqual([200, at]);
    expect((await ask(q.Get(thing(1)))).resource).toEqual(resource);
    expect((await ask(q.Count(q.Match('by_n', 5)))).resource).toBe(2);
    const { resource: page } = await ask(q.Paginate(q.Match('by_time')));
    expect(page.data.map(([ts]: [number]) => ts)).toEqual([at, at]);
    const { resource: events } = await ask(q.Paginate(q.Events(thing(1))));
    expect(events.data.map(({ ts }: { ts: number }) => ts)).toEqual([expect.any(Number), at]);
    const { resource: before } = await ask(q.At(q.Epoch(at - 1, 'microseconds'), q.Count(q.Match('by_n', 5))));
    expect(before).toBe(0);
  });

  it('is reported to streams', async () => {
    const stream = await engine.stream({
      secret: 'root',
      query: JSON.stringify(thing(1)),
      fields: undefined,
      timeout: 10_000,
    });
    if (!('events' in stream)) throw new Error('refused');
    const events = stream.events(new AbortController().signal)[Symbol.asyncIterator]();
    await events.next();
    const { time } = await ask(slowly(q.Create(thing(1), { data: { n: 5 } })));
    const event = JSON.parse((await events.next()).value);
    expect(event).toMatchObject({ type: 'version', txn: Number(time), event: { document: { ts: Number(time) } } });
  });

  it('rolls back when it fails, and ends at its timeout', async () => {
    const failed = await ask(slowly(q.Do(q.Create(thing(1), {}), q.Abort('no'))));
    expect(failed).toMatchObject({ status: 400, errors: [{ code: 'transaction aborted' }] });
    const endless = q.Count(q.Union(...Array.from({ length: 20 }, () => q.Documents(things))));
    const create = q.Foreach(
      Array.from({ length: 2_000 }, (_, i) => i),
      q.Lambda('n', q.Create(things, {})),
    );
    expect((await ask(create)).status).toBe(200);
    const times = Array.from({ length: 500 }, (_, i) => i);
    const late = await ask(q.Map(times, q.Lambda('n', endless)), 'root', 1_500);
    expect(late).toMatchObject({ status: 503, errors: [{ code: 'time out' }] });
    expect((await ask(slowly(q.Exists(thing(1))))).resource).toBe(false);
  });

  it('is refused when it writes more than one transaction may', async () => {
    const many = Array.from({ length: 11_000 }, (_, i) => i);
    const refused = await ask(q.Foreach(many, q.Lambda('n', q.Create(things, { data: { n: q.Var('n') } }))));
    expect(refused).toMatchObject({ status: 400, errors: [{ code: 'bad request' }] });
    expect((await ask(q.Count(q.Documents(things)))).resource).toBe(0);
  });

  it('is not disturbed by what others write elsewhere', async () => {
    await ask(q.Create(thing(1), {}));
    let isOver = false;
    const others = async () => {
      while (!isOver) {
        await ask(q.Update(thing(1), { data: { n: 1 } }));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const busy = others();
    const { status } = await ask(slowly(q.Create(thing(2), {})));
    isOver = true;
    await busy;
    expect(status).toBe(201);
  });

  it('may find the source of a stream', async () => {
    await ask(q.Create(thing(1), { data: { n: 1 } }));
    const sources = [q.Select('ref', q.Get(thing(1))), q.Get(thing(1)), q.Match('by_n', 5), q.Documents(things)];
    const streams: AsyncIterator<string>[] = [];
    for (const source of sources) {
      const query = JSON.stringify(slowly(source));
      const stream = await engine.stream({ secret: 'root', query, fields: undefined, timeout: 60_000 });
      if (!('events' in stream)) throw new Error(stream.body);
      streams.push(stream.events(new AbortController().signal)[Symbol.asyncIterator]());
    }
    const next = () => Promise.all(streams.map(async (events) => JSON.parse((await events.next()).value).type));
    expect(await next()).toEqual(['start', 'start', 'start', 'start']);
    await ask(q.Do(q.Update(thing(1), { data: { n: 5 } }), q.Create(thing(2), { data: { n: 5 } })));
    expect(await next()).toEqual(['version', 'version', 'set', 'set']);
  });

  it('is refused as a source of a stream like a fast one', async () => {
    const refusal = async (source: object) => {
      const answer = await engine.stream({
        secret: 'root',
        query: JSON.stringify(source),
        fields: undefined,
        timeout: 60_000,
      });
      if ('events' in answer) throw new Error('accepted');
      const { errors } = JSON.parse(answer.body);
      return [answer.outcome, errors.map(({ code, description }: Record<string, string>) => [code, description])];
    };
    for (const source of [q.Create(thing(1), {}), q.Add(1, 2), q.Get(thing(7))] as object[]) {
      expect(await refusal(slowly(source))).toEqual(await refusal(q.Do(1, source as never)));
    }
  });

  it('may decide whether a secret opens its database', async () => {
    await ask(q.Create(thing(1), {}));
    const decide = (isMember: boolean) => q.Query(q.Lambda('x', slowly(isMember as never)));
    const membership = (isMember: boolean) => ({ resource: things, predicate: decide(isMember) });
    const privileges = [{ resource: things, actions: { read: true } }];
    await ask(q.CreateRole({ name: 'slow', membership: membership(true), privileges }));
    const { secret } = (await ask(q.Create(q.Tokens(), { instance: thing(1) }))).resource;
    expect(await engine.authenticate(secret)).toEqual(await engine.authenticate('root'));
    expect(await ask(q.Exists(thing(1)), secret)).toMatchObject({ status: 200, resource: true });
    await ask(q.Delete(thing(1)));
    expect(await engine.authenticate(secret)).toBeUndefined();
  });

  it('may decide who opens a stream, and for how long', async () => {
    const isMember = q.Equals(q.Select(['data', 'n'], q.Get(q.Var('x'))), 1);
    const predicate = q.Query(q.Lambda('x', slowly(isMember, 15_000)));
    const privileges = [{ resource: things, actions: { read: true } }];
    await ask(q.CreateRole({ name: 'slow', membership: { resource: things, predicate }, privileges }));
    await ask(q.Create(thing(1), { data: { n: 1 } }));
    await ask(q.Create(thing(2), { data: { n: 1 } }));
    const { secret } = (await ask(q.Create(q.Tokens(), { instance: thing(1) }))).resource;
    const query = 'Set.single(things.byId("2")!).eventSource()';
    const more = { typecheck: false, performanceHints: false, lastSeen: undefined, tags: undefined, timeout: 60_000 };
    const body = JSON.stringify({ query });
    const source = await engine.execute({ kind: 'query', secret, body, format: 'simple', ...more });
    const token = JSON.parse(source.body).data;
    const opened = await Promise.all([
      engine.stream({ secret, query: JSON.stringify(thing(2)), fields: undefined, timeout: 60_000 }),
      engine.stream({ kind: 'stream', secret, body: JSON.stringify({ token }) }),
    ]);
    const streams = opened.map((stream) => {
      if (!('events' in stream)) throw new Error(stream.body);
      return stream.events(new AbortController().signal)[Symbol.asyncIterator]();
    });
    const next = () => Promise.all(streams.map(async (events) => JSON.parse((await events.next()).value)));
    expect((await next()).map(({ type }) => type)).toEqual(['start', 'status']);
    for (const n of [7, 8]) {
      await ask(q.Update(thing(2), { data: { n } }));
      const [event4, event10] = await next();
      expect([event4.event.document.data.n, event10.data['@doc'].n['@int']]).toEqual([n, String(n)]);
    }
    await ask(q.Update(thing(1), { data: { n: 0 } }));
    const [end4, end10] = await next();
    expect([end4.event.code, end10.error.code]).toEqual(['permission denied', 'permission_loss']);
  });

  it('may find what streams report, in order, with the rights of their secret', async () => {
    const inOrder = [1, 2, 3, 4, 5, 6];
    const mayRead = q.Query(q.Lambda('x', slowly(q.LT(q.Select(['data', 'n'], q.Get(q.Var('x'))), 100), 15_000)));
    const privileges = [{ resource: things, actions: { read: mayRead } }];
    await ask(q.CreateCollection({ name: 'users' }));
    await ask(q.CreateRole({ name: 'slow', membership: { resource: q.Collection('users') }, privileges }));
    await ask(q.Create(thing(1), { data: { n: 0 } }));
    const user = (await ask(q.Create(q.Collection('users'), {}))).resource.ref['@ref'].id;
    const { secret } = (await ask(q.Create(q.Tokens(), { instance: q.Ref(q.Collection('users'), user) }))).resource;
    const shown = 'things.all().map(x => { n: x.n, work: Set.sequence(0, 60000).fold(0, (a, b) => a + 1) })';
    const more = { typecheck: false, performanceHints: false, lastSeen: undefined, tags: undefined, timeout: 60_000 };
    const body = JSON.stringify({ query: `${shown}.eventSource()` });
    const source = await engine.execute({ kind: 'query', secret: 'root', body, format: 'simple', ...more });
    const opened = await Promise.all([
      engine.stream({ secret, query: JSON.stringify(thing(1)), fields: undefined, timeout: 60_000 }),
      engine.stream({ secret, query: JSON.stringify(q.Documents(things)), fields: undefined, timeout: 60_000 }),
      engine.stream({ kind: 'stream', secret: 'root', body: JSON.stringify({ token: JSON.parse(source.body).data }) }),
    ]);
    const streams = opened.map((stream) => {
      if (!('events' in stream)) throw new Error(stream.body);
      return stream.events(new AbortController().signal)[Symbol.asyncIterator]();
    });
    const [doc, set, all] = streams as [AsyncIterator<string>, AsyncIterator<string>, AsyncIterator<string>];
    const next = async (events: AsyncIterator<string>) => JSON.parse((await events.next()).value);
    expect((await Promise.all(streams.map(next))).map(({ type }) => type)).toEqual(['start', 'start', 'status']);
    const times: string[] = [];
    for (const n of inOrder) times.push(String((await ask(q.Update(thing(1), { data: { n } }))).time));
    // What it may not read is no event.
    await ask(q.Create(thing(2), { data: { n: 100 } }));
    await ask(q.Create(thing(3), { data: { n: 7 } }));
    for (const n of inOrder) {
      const [event4, event10] = [await next(doc), await next(all)];
      expect([event4.event.document.data.n, String(event4.txn)]).toEqual([n, times[n - 1]]);
      expect([event10.type, event10.data['@object'] ?? event10.data, String(event10.txn_ts)]).toEqual([
        'update',
        { n: { '@int': String(n) }, work: { '@int': '60000' } },
        times[n - 1],
      ]);
    }
    expect((await next(set)).event).toMatchObject({ action: 'add', document: { ref: { '@ref': { id: '3' } } } });
    const added = [await next(all), await next(all)];
    expect(added.map(({ type, data }) => [type, data.n['@int']])).toEqual([
      ['add', '100'],
      ['add', '7'],
    ]);
    await ask(q.Delete(q.Select(0, q.Paginate(q.Documents(q.Tokens()))) as never));
    for (const events of [doc, set]) {
      expect([(await next(events)).event.code, (await events.next()).done]).toEqual(['permission denied', true]);
    }
  });

  it('is one whose text takes long to parse, even if it does little', async () => {
    const shared = { secret: 'root', tags: undefined, timeout: 60_000 };
    const options = { format: 'simple', typecheck: false, performanceHints: false, lastSeen: undefined } as const;
    const asked = ['1\n'.repeat(30_000), `{}${'?.a'.repeat(20_000)}`].map((query) =>
      engine.execute({ kind: 'query', body: JSON.stringify({ query }), ...options, ...shared }),
    );
    const schema = (method: string, path: string, files: readonly { name: string; text: string }[] = []) =>
      engine.execute({ kind: 'schema', method, path: [path], parameters: [], files, text: '', ...shared });
    // The first request about the schema writes its files.
    await schema('GET', 'files');
    const pushed = schema('POST', 'validate', [{ name: 'main.fsl', text: '// No items.\n'.repeat(5_000) }]);
    for (const answer of await Promise.all([...asked, pushed])) {
      expect(answer.outcome).toBe('done');
      // Only the times of snapshots are odd.
      expect(answer.transactionTime % 2n).toBe(1n);
    }
  });

  it('is one that compares many short lines of schema files', async () => {
    const schema = (path: string, text: string, parameters: readonly (readonly [string, string])[]) => {
      const request = { method: 'POST', path: [path], parameters, files: [{ name: 'x.fsl', text }], text: '' };
      const shared = { secret: 'root', tags: undefined, timeout: 60_000 };
      return engine.execute({ kind: 'schema', ...request, ...shared } as Parameters<Engine['execute']>[0]);
    };
    const more = [['override', 'false'] as const, ['format', 'textual'] as const];
    const pushed = await schema('update', `// One.${'\n'.repeat(3_000)}`, more);
    await pushed.durable;
    expect(pushed.outcome).toBe('done');
    const { outcome, transactionTime } = await schema('validate', `// Two.${' \n'.repeat(1_900)}`, more);
    expect([outcome, transactionTime % 2n]).toEqual(['done', 1n]);
  });

  it('is refused without a valid secret', async () => {
    expect((await ask(slowly('x' as never), 'wrong')).status).toBe(401);
  });
});

describe('slow and fast queries at the same time', () => {
  it('are serialised in an order that every reader sees', async () => {
    const total = 400;
    const accounts = [1, 2, 3, 4];
    for (const id of accounts) await ask(q.Create(thing(id), { data: { n: total / accounts.length } }));
    await ask(q.Create(thing(9), { data: { n: 0 } }));
    const n = (id: number) => q.Select(['data', 'n'], q.Get(thing(id)));
    const add = (id: number, amount: number) => q.Update(thing(id), { data: { n: q.Add(n(id), amount) } });
    const transfer = (from: number, to: number) => q.Do(add(from, -1), add(to, 1), add(9, 1));
    let begun = 0;
    let done = 0;
    let isOver = false;
    const move = async (query: object): Promise<void> => {
      begun++;
      const { status } = await ask(query);
      if (status === 200) done++;
      // If others were faster each time, it must have written nothing.
      else {
        expect(status).toBe(409);
        begun--;
      }
    };
    const fast = async (): Promise<void> => {
      for (let i = 0; !isOver; i++) {
        await move(transfer((i % 4) + 1, ((i + 1) % 4) + 1));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const slow = async (): Promise<void> => {
      for (let i = 0; i < 2; i++) await move(slowly(transfer((i % 4) + 1, ((i + 2) % 4) + 1)));
    };
    const read = async (): Promise<void> => {
      for (let i = 0; i < 2; i++) {
        const acknowledged = done;
        const { resource } = await ask(slowly([...accounts, 9].map(n)));
        expect(resource.slice(0, 4).reduce((sum: number, balance: number) => sum + balance)).toBe(total);
        expect(resource[4]).toBeGreaterThanOrEqual(acknowledged);
        expect(resource[4]).toBeLessThanOrEqual(begun);
      }
    };
    const others = [fast(), fast()];
    await Promise.all([slow(), read(), read()]);
    isOver = true;
    await Promise.all(others);
    expect((await ask(n(9))).resource).toBe(done);
  });
});
