import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formTable } from '../src/fql4/functions/index.js';
import { createFaunaServer, type FaunaServer } from '../src/index.js';

// The same requests in every run: what fails once fails again.
const SEED = Number(process.env.FUZZ_SEED ?? 20251124);
const agent = new Agent({ keepAlive: true, maxSockets: 16 });
let server: FaunaServer;

interface Sent {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | Buffer;
}

beforeAll(async () => {
  server = await createFaunaServer({ queryTimeout: 2000, maxBodySize: 100_000 });
  for (const query of [
    { create_collection: { object: { name: 'things' } } },
    { create_index: { object: { name: 'all', source: { collection: 'things' } } } },
    { create: { ref: { collection: 'things' }, id: '1' }, params: { object: { data: { object: { a: 1 } } } } },
    { create_function: { object: { name: 'same', body: { query: { lambda: 'x', expr: { var: 'x' } } } } } },
  ]) {
    expect((await send({ body: JSON.stringify(query) })).status).toBe(201);
  }
});

afterAll(async () => {
  agent.destroy();
  await server.close();
});

function send({ method = 'POST', path = '/', headers = {}, body = '' }: Partial<Sent>) {
  return new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const outgoing = request(
      server.url + path,
      {
        method,
        agent,
        headers: { authorization: `Bearer ${server.rootKey}`, ...headers, 'content-length': Buffer.byteLength(body) },
        timeout: 20_000,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece) => {
          text += piece;
        });
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
        response.on('error', reject);
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 20 s')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** An answer, or an error with one of FaunaDB's codes; never our own failure. */
async function expectAnswer(sent: Partial<Sent>): Promise<void> {
  const answer = await send(sent);
  const shown = `${JSON.stringify(sent)} → ${answer.status} ${answer.body}`;
  expect(answer.status, shown).not.toBe(500);
  if (sent.method === 'HEAD') return;
  const parsed = JSON.parse(answer.body);
  if (answer.status >= 400) expect(parsed.errors[0].code, shown).toMatch(/^[a-z ]+$/);
}

async function expectAnswers(arbitrary: fc.Arbitrary<Partial<Sent>>, count: number): Promise<void> {
  const requests = fc.sample(arbitrary, { numRuns: count, seed: SEED });
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (let next = requests.pop(); next; next = requests.pop()) await expectAnswer(next);
    }),
  );
  expect((await send({ body: '{"add":[1,1]}' })).body).toBe('{"resource":2}');
}

/** Queries of the language's own functions with whatever arguments. */
function queries(): fc.Arbitrary<unknown> {
  const forms = [...formTable().forms].map((form) => form.parameters.map(([name]) => name));
  return fc.letrec((tie) => ({
    leaf: fc.oneof(
      fc.constantFrom<unknown>(
        { collection: 'things' },
        { index: 'all' },
        { function: 'same' },
        { ref: { collection: 'things' }, id: '1' },
        { documents: { collection: 'things' } },
        { match: { index: 'all' } },
        { time: 'now' },
        { date: '2020-02-29' },
        {
          '@ref': { id: '1', collection: { '@ref': { id: 'things', collection: { '@ref': { id: 'collections' } } } } },
        },
        { '@ts': '2020-01-01T00:00:00.123456789Z' },
        { '@bytes': 'AQID' },
        { '@set': { match: { '@ref': { id: 'all', collection: { '@ref': { id: 'indexes' } } } } } },
        { '@query': { lambda: 'x', expr: { var: 'x' } } },
        { lambda: 'x', expr: { var: 'x' } },
        { lambda: ['x', 'y'], expr: [{ var: 'y' }, { var: 'x' }] },
        { var: 'x' },
        { object: {} },
        [],
        '',
        'day',
        -1,
        1e300,
      ),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string({ maxLength: 8 }),
      fc.constantFrom(null, true, false),
    ),
    call: fc
      .constantFrom(...forms)
      .chain((names) =>
        fc.tuple(
          ...names.map((name, i) => fc.tuple(fc.constant(name), fc.boolean(), tie('any')).map((p) => [...p, i])),
        ),
      )
      .map((parts) =>
        Object.fromEntries(parts.filter(([, given, , i]) => given || i === 0).map(([name, , value]) => [name, value])),
      ),
    any: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      tie('leaf'),
      tie('call'),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.string({ maxLength: 5 }), tie('any'), { maxKeys: 3 }),
      fc.dictionary(fc.string({ maxLength: 5 }), tie('any'), { maxKeys: 3 }).map((object) => ({ object })),
      fc
        .tuple(fc.constantFrom('@ref', '@ts', '@date', '@bytes', '@set', '@query', '@obj', '@uuid'), tie('any'))
        .map((e) => Object.fromEntries([e])),
    ),
  })).call as fc.Arbitrary<unknown>;
}

describe('10,000 malformed requests', () => {
  it('6,000 queries of random functions and arguments', async () => {
    await expectAnswers(
      queries().map((query) => ({ body: JSON.stringify(query) })),
      6000,
    );
  });

  it('1,500 bodies that are broken queries', async () => {
    const broken = fc
      .tuple(queries(), fc.nat(), fc.nat({ max: 3 }), fc.string({ maxLength: 4, unit: 'binary' }))
      .map(([query, at, removed, inserted]) => {
        const text = JSON.stringify(query);
        const start = at % (text.length + 1);
        return { body: text.slice(0, start) + inserted + text.slice(start + removed) };
      });
    await expectAnswers(broken, 1500);
  });

  it('1,000 bodies of random bytes', async () => {
    await expectAnswers(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => ({ body: Buffer.from(bytes) })),
      1000,
    );
  });

  it('1,000 random heads', async () => {
    const value = fc.string({
      maxLength: 20,
      unit: fc.integer({ min: 0x20, max: 0x7e }).map((c) => String.fromCharCode(c)),
    });
    const names = [
      'authorization',
      'x-faunadb-api-version',
      'x-query-timeout',
      'x-last-seen-txn',
      'x-max-retries-on-contention',
      'x-fauna-tags',
      'content-type',
      'origin',
      'accept',
    ];
    const path = fc.oneof(
      fc.constantFrom('/', '/linearized', '/ping', '/authorized', '/collections/things/1', '/collections', '/keys/9'),
      fc.webPath({ size: 'small' }).map((p) => `/${p.replace(/^\/+/, '')}`),
      fc.webQueryParameters().map((q) => `/?q=${q}`),
      fc.constantFrom('/%', '/%ff', '/?q=%', '/collections/%00', '//', '/collections/things/99999999999999999999'),
    );
    await expectAnswers(
      fc
        .record({
          method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND'),
          path,
          headers: fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 3 }).map((h) => ({ ...h })),
          body: fc.constantFrom('', '1', '{}', '{"add":[1,2]}'),
        })
        .map((sent) => (sent.method === 'OPTIONS' ? { ...sent, headers: {} } : sent)),
      1000,
    );
  });

  it('500 connections of random bytes', async () => {
    for (const bytes of fc.sample(fc.uint8Array({ minLength: 1, maxLength: 100 }), { numRuns: 500, seed: SEED })) {
      const socket = connect(server.port, server.host);
      let text = '';
      socket.setEncoding('latin1').on('data', (piece) => {
        text += piece;
      });
      socket.on('error', () => {});
      socket.write(bytes);
      socket.end('\r\n\r\n');
      await once(socket, 'close');
      expect(text === '' || /^HTTP\/1\.1 4\d\d [\s\S]*"code"/.test(text), text).toBe(true);
    }
    expect((await send({ body: '{"add":[1,1]}' })).body).toBe('{"resource":2}');
  });
});
