import { openStore, type Store } from '@supertokens-faunadb/store';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine } from '../src/engine/engine.js';
import { openEngine } from '../src/engine/fql-engine.js';
import { query10 } from './query10.js';

const ROOT = 'the-root-key';

let store: Store;
let engine: Engine;
/** How far the server's clock is ahead, in ms. */
let ahead = 0;

beforeEach(async () => {
  store = await openStore({ memory: true });
  ahead = 0;
  engine = openEngine({ store, rootKey: ROOT, clock: () => Date.now() + ahead });
  await ask(
    'Collection.create({ name: "Thing", indexes: { byKind: { terms: [{ field: ".kind" }], values: [{ field: ".n" }] } } })',
  );
});
afterEach(async () => {
  await engine.close();
  await store.close();
});

// biome-ignore lint/suspicious/noExplicitAny: answers are of every shape, and tests look into them.
type Json = any;

async function execute(request: Parameters<Engine['execute']>[0], by = engine): Promise<Json> {
  const answer = await by.execute(request);
  await answer.durable;
  return { outcome: answer.outcome, ...JSON.parse(answer.body) };
}

async function ask(query: string, secret = ROOT): Promise<Json> {
  const answer = await execute(query10(secret, query));
  expect(answer.error, answer.summary).toBeUndefined();
  return answer.data;
}

const feed = (body: object, secret = ROOT, by = engine): Promise<Json> =>
  execute({ kind: 'feed', secret, body: JSON.stringify(body), timeout: 60_000, tags: undefined }, by);

/** Each event of a page or stream as its type and what it shows. */
const shown = (events: readonly Json[]) =>
  events.map(({ type, data, error }) => [type, error?.code ?? data?.['@doc']?.id ?? data ?? null]);

async function opened(body: object, secret = ROOT): Promise<Json> {
  const stream = await engine.stream({ kind: 'stream', secret, body: JSON.stringify(body) });
  if (!('events' in stream)) return { outcome: stream.outcome, ...JSON.parse(stream.body) };
  return stream.events(new AbortController().signal)[Symbol.asyncIterator]();
}
async function next(events: AsyncIterator<string>): Promise<Json> {
  const { value, done } = await events.next();
  return done ? 'over' : JSON.parse(value);
}

describe('a feed', () => {
  it('gives what has happened since its source was made, page by page', async () => {
    const token = await ask('Thing.all().eventSource()');
    for (const id of [1, 2, 3]) await ask(`Thing.create({ id: "${id}" })`);
    await ask('Thing.byId("2")!.delete()');
    const first = await feed({ token, page_size: 3 });
    expect([shown(first.events), first.has_next]).toEqual([
      [
        ['add', '1'],
        ['add', '2'],
        ['add', '3'],
      ],
      true,
    ]);
    const second = await feed({ token, page_size: 3, cursor: first.cursor });
    expect([shown(second.events), second.has_next]).toEqual([[['remove', '2']], false]);
    await ask('Thing.create({ id: "4" })');
    expect(shown((await feed({ token, cursor: second.cursor })).events)).toEqual([['add', '4']]);
  });

  it('continues within a transaction, in the same order as a stream', async () => {
    const token = await ask('Thing.all().eventSource()');
    await ask('Thing.create({ id: "4" })');
    const events = await opened({ token, cursor: (await feed({ token })).cursor });
    await next(events);
    await ask('Thing.create({ id: "1" }); Thing.byId("4")!.update({ n: 1 }); Thing.create({ id: "2" })');
    const live = [await next(events), await next(events), await next(events)];
    expect(shown(live)).toEqual([
      ['update', '4'],
      ['add', '1'],
      ['add', '2'],
    ]);
    const all = (await feed({ token })).events.slice(1);
    expect(all.map(({ cursor }: Json) => cursor)).toEqual(live.map(({ cursor }) => cursor));
    for (const [i, { cursor }] of live.entries()) {
      expect(shown((await feed({ token, cursor })).events)).toEqual(shown(live.slice(i + 1)));
    }
  });

  it('reads as many changes as there are, in passes', async () => {
    const token = await ask('Thing.where(.n == 9999).eventSource()');
    for (let from = 0; from < 10_000; from += 2_500) {
      await ask(`Set.sequence(${from}, ${from + 2_500}).forEach(n => Thing.create({ id: n + 1, n: n }))`);
    }
    const page = await feed({ token });
    expect([shown(page.events), page.has_next]).toEqual([[['add', '10000']], false]);
  });

  it('shows a reader only what it may read, then and now', async () => {
    await ask('Role.create({ name: "reader", privileges: { resource: "Thing", actions: { read: "d => d.open" } } })');
    const key = await ask('Key.create({ role: "reader" }).secret');
    const token = await ask('Thing.all().eventSource()');
    await ask('Thing.create({ id: "1", open: true })');
    await ask('Thing.create({ id: "2", open: false })');
    await ask('Thing.byId("1")!.update({ open: false })');
    expect(shown((await feed({ token }, key)).events)).toEqual([['remove', '1']]);
    expect(shown((await feed({ token })).events)).toEqual([
      ['add', '1'],
      ['add', '2'],
      ['update', '1'],
    ]);
    expect(await feed({ token }, 'wrong')).toMatchObject({ outcome: 'unauthorized', error: { code: 'unauthorized' } });
  });

  it('gives what another process has evaluated', async () => {
    await engine.close();
    engine = openEngine({ store, rootKey: ROOT, workers: true });
    const token = await ask('Thing.all().eventSource()');
    await ask('Set.sequence(0, 400000).fold(0, (a, b) => a + b); Thing.create({ id: "1" })');
    await ask('Thing.create({ id: "2" })');
    expect(shown((await feed({ token })).events)).toEqual([
      ['add', '1'],
      ['add', '2'],
    ]);
  });

  it('says nothing when a document expires', async () => {
    const token = await ask('Thing.all().eventSource()');
    await ask('Thing.create({ id: "1", ttl: Time.now().add(1, "minute") })');
    ahead = 120_000;
    await ask('Thing.create({ id: "1", n: 2 })');
    const [gone, again] = (await feed({ token })).events;
    expect([gone.type, again.type]).toEqual(['add', 'add']);
  });

  it('outlives the server that made its source', async () => {
    const token = await ask('Thing.byKind("a").where(.n > 1).map(d => d.n).eventSource()');
    await ask('Thing.create({ id: "1", kind: "a", n: 2 })');
    await engine.close();
    engine = openEngine({ store, rootKey: ROOT });
    expect(shown((await feed({ token })).events)).toEqual([['add', { '@int': '2' }]]);
  });

  it('refuses every text that is not a source, and gives a forged one no more than its reader', async () => {
    const token: string = await ask('Thing.where(d => d.n > 1).eventSource()');
    const json = Buffer.from(token, 'base64').toString();
    const damaged = fc
      .tuple(fc.nat(json.length), fc.nat(6), fc.string({ maxLength: 5 }))
      .map(([at, length, text]) => Buffer.from(json.slice(0, at) + text + json.slice(at + length)).toString('base64'));
    const texts = fc.oneof(
      fc.string(),
      damaged,
      fc.json().map((text) => Buffer.from(text).toString('base64')),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const answer = await feed({ token: text });
        expect(['done', 'invalid']).toContain(answer.outcome);
      }),
      { numRuns: 300 },
    );
    await ask('Role.create({ name: "none", privileges: [] })');
    const key = await ask('Key.create({ role: "none" }).secret');
    const { error } = await feed({ token }, key);
    expect(error.message).toBe(
      'Error evaluating provided event source, Insufficient privileges to read from collection Thing.',
    );
    const secret = Buffer.from(json.replace('["m",null,"Thing"]', '["m",null,"Key"]')).toString('base64');
    expect((await feed({ token: secret })).error.code).toBe('invalid_request');
  });
});

describe('a stream', () => {
  it('reports what it missed, and then what happens', async () => {
    const token = await ask('Thing.all().eventSource()');
    await ask('Thing.create({ id: "1" })');
    const events = await opened({ token });
    await ask('Thing.create({ id: "2" })');
    const found = [await next(events), await next(events), await next(events)];
    expect(shown(found)).toEqual([
      ['status', null],
      ['add', '1'],
      ['add', '2'],
    ]);
    await ask('Thing.byId("2")!.update({ n: 1 })');
    expect(shown([await next(events)])).toEqual([['update', '2']]);
  });

  it('ends at once with the key or role that it rests on', async () => {
    await ask('Role.create({ name: "reader", privileges: { resource: "Thing", actions: { read: true } } })');
    const [key, id] = await ask('let k = Key.create({ role: "reader" }); [k.secret, k.id]');
    const other = await ask('Key.create({ role: "reader" }).secret');
    const token = await ask('Thing.all().eventSource()');
    const streams = [await opened({ token }, key), await opened({ token }, other)];
    for (const events of streams) await next(events);
    await ask(`Key.byId("${id}")!.delete()`);
    expect(shown([await next(streams[0])])).toEqual([['error', 'permission_loss']]);
    expect(await next(streams[0])).toBe('over');
    await ask('Role.byName("reader")!.update({ privileges: [] })');
    expect(shown([await next(streams[1])])).toEqual([['error', 'permission_loss']]);
    expect((await opened({ token }, key)).error.code).toBe('unauthorized');
  });

  it('ends with the error of its source, also one from before it was opened', async () => {
    const token = await ask('Thing.all().map(d => abort({ bad: d.n })).eventSource()');
    const early = await opened({ token });
    await next(early);
    await ask('Thing.create({ id: "1", n: 1 })');
    expect(await next(early)).toMatchObject({ error: { code: 'abort', abort: { bad: { '@int': '1' } } } });
    expect(await next(early)).toBe('over');
    const late = await opened({ token });
    await next(late);
    expect(shown([await next(late)])).toEqual([['error', 'abort']]);
    expect(await next(late)).toBe('over');
  });

  it('checks passwords', async () => {
    const token = await ask('Thing.all().map(d => Credential.byDocument(d)?.verify(d.kind)).eventSource()');
    const events = await opened({ token });
    await next(events);
    await ask('Credential.create({ document: Thing.create({ id: "1", kind: "" }), password: "secret" })');
    for (const kind of ['secret', 'other']) await ask(`Thing.byId("1")!.update({ kind: "${kind}" })`);
    const found = [await next(events), await next(events), await next(events)];
    expect(shown(found).slice(1)).toEqual([
      ['update', true],
      ['update', false],
    ]);
  });

  it('ends when it has missed more than it can report', async () => {
    const token = await ask('Thing.all().eventSource()');
    await ask('Set.sequence(0, 200).forEach(n => Thing.create({ n: n }))');
    const events = await opened({ token });
    const found = [];
    for (let event = await next(events); event !== 'over'; event = await next(events)) found.push(event);
    expect(found).toHaveLength(130);
    expect(found.at(-1).error.code).toBe('stream_replay_volume_exceeded');
  });

  it('cannot begin before its source was made', async () => {
    const token = await ask('Thing.all().eventSource()');
    expect((await opened({ token, start_ts: 1 })).error.message).toMatch(/^Invalid stream start time/);
  });
});
