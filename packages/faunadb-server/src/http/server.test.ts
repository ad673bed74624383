import { once } from 'node:events';
import { connect, constants } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Answer, Engine, EventStream, QueryRequest, QueryRequest10, StreamRequest } from '../engine/engine.js';
import { timedOut } from '../values/query-ended.js';
import { Application, type ApplicationOptions } from './application.js';
import { Listener, type ListenerOptions } from './listener.js';
import type { Observer } from './observation.js';

const cost = { computeOps: 1, byteReadOps: 2, byteWriteOps: 3, storageBytesRead: 4, storageBytesWrite: 5 };

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((r) => {
    resolve = r;
  });
  return { promise, resolve };
}

const json = (asked: unknown) =>
  JSON.stringify(asked, (_, value) => (typeof value === 'bigint' ? String(value) : value));

/** Answers with the request it received; knows one secret. */
class EchoEngine implements Engine {
  durable: Promise<void> | undefined;
  thrown: Error | undefined;
  readonly events: string[] = [];
  nextEvent = withResolvers();
  streamEnded = withResolvers();

  authenticate(secret: string | undefined) {
    return secret?.startsWith('secret') ? { globalId: 'y1' } : undefined;
  }

  execute(request: QueryRequest | QueryRequest10): Answer {
    if (this.thrown) throw this.thrown;
    const outcome = this.authenticate(request.secret) ? 'done' : 'unauthorized';
    return { outcome, body: json(request), transactionTime: 42n, cost, durable: this.durable };
  }

  stream(_: StreamRequest): EventStream {
    const engine = this;
    return {
      id: '7',
      transactionTime: 42n,
      async *events(signal) {
        const ended = once(signal, 'abort');
        try {
          for (;;) {
            for (const event of engine.events.splice(0)) yield event;
            if (signal.aborted) return;
            await Promise.race([ended, engine.nextEvent.promise]);
            engine.nextEvent = withResolvers();
          }
        } finally {
          engine.streamEnded.resolve();
        }
      },
    };
  }

  async close() {}
}

const silent: Observer = { answered() {}, streamOpened() {}, streamClosed() {}, failed() {} };
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(options: Partial<ListenerOptions & ApplicationOptions> = {}) {
  const engine = new EchoEngine();
  const application = new Application({
    engine,
    maxBodySize: 1000,
    queryTimeout: 120_000,
    requestTimeout: 60_000,
    sendTimeout: 30_000,
    maxUnsentBytes: 1 << 20,
    maxWaitingQueries: 100,
    observer: silent,
    ...options,
  });
  const listener = await Listener.open(application, {
    host: '127.0.0.1',
    port: 0,
    maxConnections: 100,
    headersTimeout: 60_000,
    requestTimeout: 60_000,
    keepAliveTimeout: 60_000,
    sendTimeout: 30_000,
    ...options,
  });
  closers.push(() => {
    application.endStreams();
    return listener.close(1000);
  });
  const url = `http://127.0.0.1:${listener.port}`;
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = { authorization: 'Bearer secret', ...(init.headers as Record<string, string>) };
    const response = await fetch(url + path, { ...init, headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  return { engine, application, listener, url, ask };
}

const post = (body: string, headers: Record<string, string> = {}): RequestInit => ({ method: 'POST', body, headers });

async function overTcp(port: number, write: (socket: Socket) => void): Promise<string> {
  const socket = connectTcp(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (piece) => {
    text += piece;
  });
  socket.on('error', () => {});
  await once(socket, 'connect');
  write(socket);
  await once(socket, 'close');
  return text;
}

describe('routes', () => {
  it('hands queries on, with the secret and what the headers ask', async () => {
    const { ask } = await start();
    const asked = post('{"add":[1,1]}', { 'x-query-timeout': '5', 'x-faunadb-api-version': '3' });
    expect((await ask('/', asked)).body).toEqual({
      query: '{"add":[1,1]}',
      secret: 'secret',
      apiVersion: '3',
      timeout: 5,
      pretty: false,
    });
    expect((await ask('/linearized', post('1'))).body).toMatchObject({ query: '1', apiVersion: '2.1' });
    expect((await ask('/?q=%5B1%5D')).body).toMatchObject({ query: '[1]', readOnly: 'get requests' });
    expect((await ask('/?Q=1')).body.query).toBeUndefined();
    expect((await ask('/', post(''))).body.query).toBeUndefined();
  });

  it('passes on queries in FQL v10 by any method, and refuses invalid headers', async () => {
    const { ask } = await start();
    const headers = {
      'x-format': 'tagged',
      'x-typecheck': 'False',
      'x-query-timeout-ms': '5',
      'x-query-tags': 'a=1,b=2',
      'x-last-txn-ts': '7',
      'x-faunadb-api-version': '99',
    };
    for (const method of ['POST', 'PUT']) {
      expect((await ask('/query/1', { method, body: '{"query":"1"}', headers })).body).toEqual({
        kind: 'query',
        secret: 'secret',
        body: '{"query":"1"}',
        format: 'tagged',
        typecheck: false,
        performanceHints: false,
        lastSeen: '7',
        tags: 'b=2,a=1',
        timeout: 5,
      });
    }
    const refused = async (header: string, value: string) =>
      (await ask('/query/1', post('{}', { authorization: '', [header]: value }))).body.error.message;
    expect(await refused('x-format', 'Simple')).toBe("Invalid header 'x-format': Invalid format Simple");
    expect(await refused('x-typecheck', 'yes')).toBe("Invalid header 'x-typecheck': Must be a boolean value.");
    expect(await refused('x-query-timeout-ms', '0')).toBe(
      "Invalid header 'x-query-timeout-ms': Must be greater than 0.",
    );
    expect(await refused('x-max-contention-retries', '8')).toBe(
      "Invalid header 'x-max-contention-retries': Must be between 0 and 7.",
    );
    const nobody = await ask('/query/1', post('{}', { authorization: '' }));
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  it('passes on requests for events of FQL v10 and for the environment', async () => {
    const { ask } = await start();
    const headers = { 'x-query-timeout-ms': '5', 'x-format': 'of no use here' };
    expect((await ask('/feed/1', post('{"token":"x"}', headers))).body).toEqual({
      kind: 'feed',
      secret: 'secret',
      body: '{"token":"x"}',
      timeout: 5,
    });
    const refused = await ask('/feed/1', post('{}', { 'x-last-txn-ts': 'abc' }));
    expect(refused.body.error.message).toBe(
      "Invalid headers: Invalid header 'x-last-txn-ts': Invalid timestamp 'abc'.",
    );
    expect(refused.headers.has('x-txn-time')).toBe(false);
    expect((await ask('/environment/1', { headers: { authorization: 'Bearer secret' } })).body.kind).toBe(
      'environment',
    );
  });

  it('passes on requests about schemas as text', async () => {
    const { ask } = await start();
    const body = new FormData();
    body.append('main.fsl', new Blob(['// schema']), 'main.fsl');
    const headers = { authorization: 'Bearer secret' };
    const pushed = await ask('/schema/1/update?force=true', { method: 'POST', body, headers });
    expect(pushed.body).toMatchObject({
      kind: 'schema',
      secret: 'secret',
      method: 'POST',
      path: ['update'],
      parameters: [['force', 'true']],
      files: [{ name: 'main.fsl', text: '// schema' }],
      text: '',
    });
    const read = await ask('/schema/1/files/a%2Fb.fsl', { headers });
    expect(read.body).toMatchObject({ method: 'GET', path: ['files', 'a/b.fsl'], files: [] });
    const type = { ...headers, 'content-type': 'multipart/form-data' };
    const nameless = await ask('/schema/1/update', { method: 'POST', body: 'x', headers: type });
    expect([nameless.status, nameless.body.error.message]).toEqual([400, 'Request is not a valid multipart request']);
  });

  it('lists methods only to clients with a secret, and paths to everyone', async () => {
    const { ask } = await start();
    const put = await ask('/', { method: 'PUT' });
    expect([put.status, put.headers.get('allow'), put.body.errors[0].code]).toEqual([
      405,
      'GET, POST',
      'method not allowed',
    ]);
    expect((await ask('/', { method: 'PUT', headers: { authorization: '' } })).status).toBe(401);
    expect((await ask('/nowhere', { headers: { authorization: '' } })).status).toBe(404);
    expect((await ask('/ping/')).status).toBe(404);
    expect((await ask('/ping?scope=local', { headers: { authorization: '' } })).body).toEqual({
      resource: 'Scope read is OK',
    });
    expect((await ask('/ping', post(''))).headers.get('allow')).toBe('GET');
    for (const path of ['/ping', '/authorized']) {
      const { status, headers } = await ask(path, { method: 'HEAD' });
      expect([status, headers.get('content-length'), headers.get('content-type')]).toEqual([200, '0', null]);
    }
    expect((await ask('/authorized')).body).toEqual({ account: '0', global_id: 'y1' });
  });

  it('turns requests to documents into queries', async () => {
    const { ask } = await start();
    expect((await ask('/collections/things/7')).body).toMatchObject({
      query: '{"get":{"ref":{"collection":"things"},"id":"7"}}',
      subject: '{"collection":"things"}',
    });
    expect((await ask('/classes/things', post('{"data":{}}'))).body).toMatchObject({
      query: '{"create":{"collection":"things"}',
      params: '{"data":{}}',
    });
    expect((await ask('/tokens?size=3&after=5')).body.query).toBe(
      '{"paginate":{"tokens":null},"size":3,"after":{"quote":{"ts":5}}}',
    );
    for (const path of ['/collections/', '/collections/a,b', '/collections/things/x', '/keys/1/2', '/nonsense/1']) {
      expect((await ask(path)).status).toBe(404);
    }
  });

  it('accepts only valid targets, as written', async () => {
    const { ask } = await start();
    expect((await ask('/?q={}')).body.errors).toEqual([{ code: 'bad request', description: 'Bad Request' }]);
    expect((await ask('/?q=[1]')).body).toMatchObject({ query: '[1]' });
    expect((await ask('/p%69ng')).status).toBe(404);
  });

  it('takes the secret in the forms of the Authorization header', async () => {
    const { ask } = await start();
    const secretOf = async (authorization: string) => {
      const { status, body } = await ask('/', post('1', { authorization }));
      return status === 200 ? body.secret : status;
    };
    const basic = (text: string) => Buffer.from(text).toString('base64');
    expect(await secretOf('Bearer  secret')).toBe('secret');
    expect(await secretOf('Bearer secret:admin')).toBe('secret:admin');
    expect(await secretOf('Bearer\tsecret')).toBe('secret');
    expect(await secretOf(`Basic ${basic('secret:')}`)).toBe('secret');
    expect(await secretOf(`Basic ${basic(' secret: ')}:`)).toBe('secret');
    expect(await secretOf(`Basic ${basic('secret:admin:')}`)).toBe('secret:admin');
    expect(await secretOf(`Basic ${basic('secret')}`)).toBe('secret');
    for (const wrong of [
      '',
      'Bearer',
      'bearer secret',
      'secret',
      'Token secret',
      'Basic',
      'Basic !!!',
      `Basic ${basic('secret')}!`,
    ]) {
      expect(await secretOf(wrong)).toBe(401);
    }
  });
});

describe('headers', () => {
  it('refuses invalid ones first', async () => {
    const { ask } = await start();
    const fault = async (headers: Record<string, string>) => (await ask('/', post('1', headers))).body.errors?.[0];
    expect(await fault({ 'x-faunadb-api-version': 'x', 'x-query-timeout': 'a' })).toEqual({
      code: 'bad request',
      description: "Invalid header 'x-faunadb-api-version': Unsupported or invalid API version 'x'.",
    });
    expect((await fault({ 'x-query-timeout': '600001' })).description).toMatch(/Must be less than or equal to 600000/);
    expect((await fault({ 'x-last-seen-txn': '9223372036854775808' })).description).toMatch(/Invalid timestamp/);
    expect((await fault({ 'x-max-retries-on-contention': '8' })).description).toMatch(/Must be between 0 and 7/);
    const tagsFault = async (tags: string) => (await fault({ 'x-fauna-tags': tags })).description;
    expect(await tagsFault('a=1,a=2')).toMatch(/duplicate key/);
    expect(await tagsFault('a=1, b=2')).toMatch(/invalid tags/);
    expect(await tagsFault(`${'k'.repeat(41)}=1,a=${'v'.repeat(81)}`)).toMatch(/invalid value/);
    expect(await tagsFault(`a=${'v'.repeat(3000)}`)).toMatch(/header is too long/);
    expect((await ask('/', post('1', { 'x-fauna-tags': 'a' }))).headers.has('x-txn-time')).toBe(true);
    expect((await ask('/', post('1', { 'x-query-timeout': 'a' }))).headers.has('x-txn-time')).toBe(false);
    expect(await fault({ 'x-last-seen-txn': '-5', 'x-query-timeout': '600000' })).toBeUndefined();
  });

  it('returns the time and the cost of a transaction', async () => {
    const { ask } = await start();
    const { headers } = await ask('/', post('1', { 'x-fauna-tags': 'a=1,b=2' }));
    const sent: Record<string, string> = {};
    headers.forEach((value, name) => {
      sent[name] = value;
    });
    expect(sent).toMatchObject({
      'content-type': 'application/json;charset=utf-8',
      'x-txn-time': '42',
      'x-compute-ops': '1',
      'x-byte-read-ops': '2',
      'x-byte-write-ops': '3',
      'x-query-bytes-in': '1',
      'x-storage-bytes-read': '4',
      'x-storage-bytes-write': '5',
      'x-txn-retries': '0',
      'x-fauna-tags': 'b=2,a=1',
    });
    expect((await ask('/', post('1', { authorization: '' }))).headers.has('x-compute-ops')).toBe(false);
  });

  it("goes on with the caller's trace", async () => {
    const { ask } = await start();
    const trace = '750efa5fb6a131eb2cf4db39f28366cb';
    const answered = async (traceparent: string) =>
      (await ask('/', post('1', { traceparent }))).headers.get('traceparent');
    const itself = new RegExp(`^00-${trace}-[0-9a-f]{16}-00$`);
    expect(await answered(`00-${trace}-5669e71839eca76b-01`)).toMatch(itself);
    expect(await answered(`ff_${trace.toUpperCase()}_5669e71839eca76b_00`)).toMatch(itself);
    const another = new RegExp(`^00-(?!0{32}|${trace})[0-9a-f]{32}-[0-9a-f]{16}-00$`);
    for (const invalid of [
      'nonsense',
      `00-${'0'.repeat(32)}-5669e71839eca76b-01`,
      `00-${trace}-${'0'.repeat(16)}-01`,
    ]) {
      expect(await answered(invalid)).toMatch(another);
    }
    const refused = await ask('/nowhere', { headers: { authorization: '' } });
    expect(refused.headers.get('traceparent')).toMatch(another);
  });

  it('answers 503 when looking up a secret takes too long', async () => {
    const { engine, ask } = await start();
    engine.authenticate = () => {
      throw timedOut();
    };
    for (const method of ['GET', 'HEAD']) expect((await ask('/authorized', { method })).status).toBe(503);
    const { status, body } = await ask('/linearized', { method: 'PUT' });
    expect({ status, ...body.errors[0] }).toEqual({ status: 503, code: 'time out', description: 'Read timed out.' });
  });

  it('allows pages of any origin', async () => {
    const { ask } = await start();
    const preflight = await ask('/anything', {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', authorization: '' },
    });
    expect(preflight.status).toBe(200);
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET, POST, PUT, PATCH, DELETE');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('x-faunadb-api-version');
    const answer = await ask('/', post('1', { origin: 'https://app.example' }));
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(answer.headers.get('access-control-expose-headers')).toMatch(/^x-txn-time, x-compute-ops, .*x-txn-retries$/);
    expect((await ask('/', post('1'))).headers.has('access-control-allow-origin')).toBe(false);
  });
});

describe('connections', () => {
  it('speaks HTTP/2 on the same port, many requests at once', async () => {
    const { listener } = await start();
    const session = connect(`http://127.0.0.1:${listener.port}`);
    const bodies = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const stream = session.request({ ':method': 'POST', ':path': '/', authorization: 'Bearer secret' });
        stream.end(String(i));
        let text = '';
        for await (const piece of stream.setEncoding('utf8')) text += piece;
        return JSON.parse(text).query;
      }),
    );
    expect(bodies).toEqual(Array.from({ length: 50 }, (_, i) => String(i)));
    session.close();
    await once(session, 'close');
  });

  it('detects the protocol however few bytes come at a time', async () => {
    const { listener } = await start();
    const text = await overTcp(listener.port, async (socket) => {
      for (const byte of 'POST /ping HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 1\r\n\r\nx') {
        socket.write(byte);
        await delay(1);
      }
    });
    expect(text).toMatch(/^HTTP\/1.1 405 /);
  });

  it('keeps an HTTP/1.1 connection for many requests, pipelined ones among them', async () => {
    const { listener } = await start();
    const request = (last: boolean) => `GET /ping HTTP/1.1\r\nhost: a\r\n${last ? 'connection: close\r\n' : ''}\r\n`;
    const text = await overTcp(listener.port, (socket) => {
      socket.write(request(false) + request(false) + request(true));
    });
    expect(text.match(/HTTP\/1.1 200/g)).toHaveLength(3);
  });

  it('refuses bodies that are too large, over both protocols', async () => {
    const { ask, listener } = await start();
    expect((await ask('/', post('x'.repeat(1001)))).body.errors[0].code).toBe('request too large');
    const session = connect(`http://127.0.0.1:${listener.port}`);
    const stream = session.request({ ':method': 'POST', ':path': '/', authorization: 'Bearer secret' });
    stream.on('error', () => {});
    stream.write('x'.repeat(1001));
    const [headers] = await once(stream, 'response');
    expect(headers[constants.HTTP2_HEADER_STATUS]).toBe(413);
    session.destroy();
  });

  it('disconnects clients that are too slow', async () => {
    const { listener } = await start({ requestTimeout: 50, headersTimeout: 50 });
    expect(await overTcp(listener.port, () => {})).toBe('');
    const session = connect(`http://127.0.0.1:${listener.port}`);
    const stream = session.request({ ':method': 'POST', ':path': '/', authorization: 'Bearer secret' });
    stream.on('error', () => {});
    const [headers] = await once(stream, 'response');
    expect(headers[constants.HTTP2_HEADER_STATUS]).toBe(408);
    session.destroy();
  });

  it('answers malformed HTTP with an error of its own', async () => {
    const { listener } = await start();
    expect(await overTcp(listener.port, (socket) => socket.write('nonsense\r\n\r\n'))).toMatch(
      /^HTTP\/1.1 400 [\s\S]*"code":"bad request"/,
    );
  });

  it('refuses methods unknown to Node like all others that a path does not have', async () => {
    const { listener } = await start();
    const answer = (head: string) => overTcp(listener.port, (socket) => socket.write(`${head}\r\n\r\n`));
    const secret = 'Authorization: Bearer secret';
    expect(await answer(`FOO / HTTP/1.1\r\n${secret}`)).toMatch(/^HTTP\/1.1 405 [\s\S]*allow: GET, POST\r\n/);
    expect(await answer('post / HTTP/1.1')).toMatch(/^HTTP\/1.1 401 [\s\S]*"code":"unauthorized"/);
    expect(await answer(`FOO /nowhere HTTP/1.1\r\n${secret}`)).toMatch(/^HTTP\/1.1 404 /);
    expect(await answer('FOO / HTTP/3')).toMatch(/^HTTP\/1.1 400 /);
  });

  it('reports a missing resource before it lists the methods it would have', async () => {
    const { ask, engine } = await start();
    expect((await ask('/classes/x', { method: 'OPTIONS' })).status).toBe(405);
    engine.execute = () => ({ outcome: 'missing', body: '{}', transactionTime: 42n, cost, durable: undefined });
    expect((await ask('/classes/x', { method: 'OPTIONS' })).status).toBe(404);
  });

  it('accepts targets that name the server without a scheme', async () => {
    const { listener } = await start();
    const answer = (target: string) =>
      overTcp(listener.port, (socket) => socket.write(`GET ${target} HTTP/1.1\r\nconnection: close\r\n\r\n`));
    expect(await answer('//a/ping')).toMatch(/^HTTP\/1.1 200 /);
    expect(await answer('//')).toMatch(/^HTTP\/1.1 400 /);
  });

  it('answers with its own error what Node would answer by itself', async () => {
    const { listener } = await start();
    const answer = (head: string) => overTcp(listener.port, (socket) => socket.write(`${head}\r\n\r\n`));
    expect(await answer('GET /ping HTTP/1.1\r\nconnection: close')).toMatch(/^HTTP\/1.1 200 /);
    expect(await answer('GET /ping HTTP/1.1\r\nexpect: wonders\r\nconnection: close')).toMatch(/^HTTP\/1.1 200 /);
    expect(await answer('CONNECT a:1 HTTP/1.1')).toMatch(/^HTTP\/1.1 405 [\s\S]*"code":"method not allowed"/);
    expect(await answer(`GET /ping HTTP/1.1\r\nx: ${'x'.repeat(70_000)}`)).toMatch(
      /^HTTP\/1.1 400 [\s\S]*"code":"bad request"/,
    );
  });

  it('waits until writes are durable, and answers 500 when the disk refuses', async () => {
    const { ask, engine } = await start();
    const { promise, resolve } = withResolvers();
    engine.durable = promise;
    let answered = false;
    const answer = ask('/', post('1')).then((a) => {
      answered = true;
      return a;
    });
    await ask('/ping');
    expect(answered).toBe(false);
    resolve();
    expect((await answer).status).toBe(200);
    engine.durable = Promise.reject(new Error('no space left'));
    engine.durable.catch(() => {});
    const failed = await ask('/', post('1'));
    expect([failed.status, failed.body.errors[0].code]).toEqual([500, 'internal server error']);
    expect(JSON.stringify(failed.body)).not.toContain('no space');
    engine.thrown = new Error('a bug');
    expect((await ask('/', post('1'))).status).toBe(500);
  });
});

describe('streams', () => {
  it('sends events as they come, until the client disconnects', async () => {
    const { engine, url } = await start();
    engine.events.push('{"type":"start"}');
    const abort = new AbortController();
    const response = await fetch(`${url}/stream`, {
      ...post('1', { authorization: 'Bearer secret' }),
      signal: abort.signal,
    });
    expect(response.headers.get('x-fauna-stream-id')).toBe('7');
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe('{"type":"start"}\r\n');
    engine.events.push('{"type":"version"}');
    engine.nextEvent.resolve();
    expect((await reader.read()).value).toBe('{"type":"version"}\r\n');
    abort.abort();
    await engine.streamEnded.promise;
  });
});
