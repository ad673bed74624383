import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Answer, Engine, QueryRequest, QueryRequest10 } from '../engine/engine.js';
import { Application } from './application.js';
import { Listener } from './listener.js';

const COST = { computeOps: 1, byteReadOps: 0, byteWriteOps: 0, storageBytesRead: 0, storageBytesWrite: 0 };

/** An engine that takes a long time for every query, like the worst that clients may send. */
class SlowEngine implements Engine {
  readonly begun: string[] = [];
  readonly held: (() => void)[] = [];
  body = '{"resource":1}';
  holds = false;

  authenticate() {
    return { globalId: 'y1' };
  }

  execute({ secret, ...request }: QueryRequest | QueryRequest10): Answer | Promise<Answer> {
    this.begun.push(`${secret} ${'query' in request ? request.query : ''}`);
    const answer: Answer = { outcome: 'done', body: this.body, transactionTime: 1n, cost: COST, durable: undefined };
    if (this.holds) return new Promise((resolve) => this.held.push(() => resolve(answer)));
    const end = performance.now() + 15;
    while (performance.now() < end);
    return answer;
  }

  stream(): never {
    throw new Error('not asked');
  }

  async close() {}
}

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(options: { maxWaitingQueries?: number } = {}) {
  const engine = new SlowEngine();
  const failures: unknown[] = [];
  const application = new Application({
    engine,
    maxBodySize: 1_000_000,
    queryTimeout: 120_000,
    requestTimeout: 60_000,
    sendTimeout: 30_000,
    maxUnsentBytes: 1 << 27,
    maxWaitingQueries: 1000,
    observer: { answered() {}, streamOpened() {}, streamClosed() {}, failed: (error) => failures.push(error) },
    ...options,
  });
  const listener = await Listener.open(application, {
    host: '127.0.0.1',
    port: 0,
    maxConnections: 1000,
    headersTimeout: 60_000,
    requestTimeout: 60_000,
    keepAliveTimeout: 60_000,
    sendTimeout: 30_000,
  });
  const sockets: Socket[] = [];
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    for (const answer of engine.held) answer();
    return listener.close(100);
  });
  const { port } = listener;
  const open = async () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  };
  const ask = (query: string, secret = 'secret') =>
    fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: query, headers: { authorization: `Bearer ${secret}` } });
  const ping = async () => (await fetch(`http://127.0.0.1:${port}/ping`)).status;
  return { engine, port, open, ask, ping, failures };
}

const request = (query: string, secret = 'secret') =>
  `POST / HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${secret}\r\ncontent-length: ${query.length}\r\n\r\n${query}`;
const later = () => new Promise<void>((resolve) => setImmediate(resolve));

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await later();
}

describe('a connection that sends many requests', () => {
  it('does not delay others by pipelining', async () => {
    const { engine, open, ask, ping } = await start();
    const socket = await open();
    socket.resume();
    socket.write(Array.from({ length: 106 }, (_, n) => request(`many ${n}`)).join(''));
    await until(() => engine.begun.length > 0);
    expect(await ping()).toBe(200);
    expect(engine.begun.length).toBeLessThan(50);
    expect((await ask('one')).status).toBe(200);
    expect(engine.begun.indexOf('secret one')).toBeLessThan(80);
    await until(() => engine.begun.length === 107);
    const order = engine.begun.filter((query) => query !== 'secret one');
    expect(order).toEqual(Array.from({ length: 106 }, (_, n) => `secret many ${n}`));
  });

  it('does not delay others by the streams of one HTTP/2 session', async () => {
    const { engine, port, ask, ping } = await start();
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const streams = Array.from({ length: 32 }, (_, n) => {
      const stream = session.request({ ':method': 'POST', ':path': '/', authorization: 'Bearer secret' });
      stream.on('error', () => {}).resume();
      stream.end(`many ${n}`);
      return once(stream, 'close');
    });
    await until(() => engine.begun.length > 0);
    expect(await ping()).toBe(200);
    expect((await ask('one')).status).toBe(200);
    expect(engine.begun.indexOf('secret one')).toBeLessThan(25);
    await Promise.all(streams);
    session.destroy();
  });

  it('is read again once its requests are answered', async () => {
    const { engine, open } = await start();
    engine.holds = true;
    const socket = await open();
    let [answers, rest] = [0, ''];
    socket.setEncoding('latin1').on('data', (piece: string) => {
      const heads = (rest + piece).split('HTTP/1.1 200');
      answers += heads.length - 1;
      rest = heads.at(-1)!.slice(-11);
    });
    for (let n = 0; n < 5000; n++) socket.write(request('x'.repeat(100)));
    await until(() => engine.held.length === 1);
    engine.holds = false;
    engine.execute = () => ({ outcome: 'done', body: '1', transactionTime: 1n, cost: COST, durable: undefined });
    engine.held[0]?.();
    await until(() => answers === 5000);
  });
});

it('lets secrets take turns, however many connections one has', async () => {
  const { engine, open, ask } = await start();
  const sockets = await Promise.all(Array.from({ length: 40 }, open));
  for (const socket of sockets) {
    socket.resume();
    socket.write(request('many', 'greedy') + request('many', 'greedy'));
  }
  await until(() => engine.begun.length > 0);
  const modest = await Promise.all([ask('a', 'modest'), ask('b', 'modest')]);
  expect(modest.map(({ status }) => status)).toEqual([200, 200]);
  expect(engine.begun.length).toBeLessThan(60);
});

it('asks clients that come when too many wait to retry later, and answers the others', async () => {
  const { engine, open, ping } = await start({ maxWaitingQueries: 10 });
  engine.holds = true;
  const refused: string[] = [];
  for (const socket of await Promise.all(Array.from({ length: 100 }, open))) {
    socket.setEncoding('latin1').on('data', (text: string) => refused.push(text));
    socket.write(request('held'));
  }
  await until(() => engine.held.length === 64 && refused.length >= 26);
  expect(refused).toHaveLength(26);
  for (const text of refused) {
    expect(text).toMatch(/^HTTP\/1.1 429 .*\r\nretry-after: 1\r\n.*"code":"too many requests"/s);
  }
  expect(await ping()).toBe(200);
});

it('does not begin queries of clients that have disconnected', async () => {
  const { engine, open, ping } = await start();
  const socket = await open();
  socket.write(Array.from({ length: 50 }, (_, n) => request(`many ${n}`)).join(''));
  await until(() => engine.begun.length > 0);
  socket.resetAndDestroy();
  expect(await ping()).toBe(200);
  await later();
  const { length } = engine.begun;
  expect(length).toBeLessThan(50);
  for (let n = 0; n < 10; n++) await ping();
  expect(engine.begun.length).toBeLessThanOrEqual(length + 2);
});
