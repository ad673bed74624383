import { openStore } from '@supertokens-faunadb/store';
import { describe, expect, it } from 'vitest';
import type { Answer, Engine, QueryRequest, QueryRequest10 } from './engine.js';
import { openEngine } from './fql-engine.js';

const SECRET = 'the-root-key';

async function open(options: { maxSteps?: number } = {}) {
  const engine: Engine = openEngine({ store: await openStore({ memory: true }), rootKey: SECRET, ...options });
  const execute = async (query: unknown, request: Partial<QueryRequest> = {}): Promise<Answer> =>
    engine.execute({
      secret: SECRET,
      query: typeof query === 'string' ? query : JSON.stringify(query),
      timeout: 10_000,
      pretty: false,
      ...request,
    });
  const ask = async (query: unknown, request?: Partial<QueryRequest>) => {
    const { outcome, body } = await execute(query, request);
    return { outcome, ...JSON.parse(body) };
  };
  return { engine, execute, ask };
}

const RECURSIVE = (expr: unknown) => ({
  create_function: { object: { name: 'f', body: { query: { lambda: 'n', expr } } } },
});
const CALL = { call: 'f', arguments: { subtract: [{ var: 'n' }, 1] } };

describe('the engine', () => {
  it('returns the result of a query with the time of its transaction', async () => {
    const { execute } = await open();
    const first = await execute({ add: [1, 1] });
    const second = await execute({ add: [1, 1] });
    expect(first).toMatchObject({ outcome: 'done', body: '{"resource":2}' });
    expect(second.transactionTime).toBeGreaterThan(first.transactionTime);
  });

  it('loads FQL v10 with the first request in it, and answers the following ones at once', async () => {
    const { engine } = await open();
    const request: QueryRequest10 = {
      kind: 'query',
      secret: SECRET,
      body: '{"query":"1 + 1"}',
      format: 'simple',
      typecheck: undefined,
      performanceHints: false,
      lastSeen: undefined,
      tags: undefined,
      timeout: 10_000,
    };
    const first = await engine.execute(request);
    const second = engine.execute(request);
    expect(second).not.toBeInstanceOf(Promise);
    for (const answer of [first, second as Answer]) {
      expect(answer.outcome).toBe('done');
      expect(JSON.parse(answer.body)).toMatchObject({ data: 2 });
    }
  });

  it('treats what a client sends for a document as a plain value', async () => {
    const { engine, ask } = await open();
    await ask({ create_collection: { object: { name: 'things' } } });
    const query = '{"create":{"collection":"things"}';
    const create = async (params: string) => {
      const { outcome, body } = await engine.execute({ secret: SECRET, query, params, timeout: 10_000, pretty: false });
      return { outcome, ...JSON.parse(body) };
    };
    expect(await create('{"data":{"do":1}}')).toMatchObject({ outcome: 'created', resource: { data: { do: 1 } } });
    for (const params of ['1},"x":{"y":1', '{}}', '[1', '"', '1,"x":2']) {
      const { outcome, errors } = await create(params);
      expect([outcome, errors[0].description]).toEqual(['invalid', 'Request body is not valid JSON.']);
    }
  });

  it('authenticates before anything else', async () => {
    const { execute } = await open();
    for (const secret of [undefined, '', 'wrong']) {
      const { outcome, body } = await execute('{', { secret });
      expect({ outcome, body: JSON.parse(body) }).toEqual({
        outcome: 'unauthorized',
        body: { errors: [{ code: 'unauthorized', description: 'Unauthorized' }] },
      });
    }
  });

  it.each([
    { query: undefined, description: 'No query provided.' },
    { query: '{', description: 'Request body is not valid JSON.' },
    { query: '['.repeat(100_000), description: 'Request body JSON exceeds nesting limit.' },
  ])('refuses an invalid query: $description', async ({ query, description }) => {
    const { engine } = await open();
    const { outcome, body } = await engine.execute({ secret: SECRET, query, timeout: 1000, pretty: false });
    expect({ outcome, body: JSON.parse(body) }).toEqual({
      outcome: 'invalid',
      body: { errors: [{ position: [], code: 'invalid expression', description }] },
    });
  });

  it('indents the same answer for people', async () => {
    const { execute } = await open();
    const query = { object: { list: [1, [], { object: {} }], text: { concat: ['{"', '\\', '"}'] } } };
    const { body } = await execute(query, { pretty: true });
    expect(JSON.parse(body)).toEqual({ resource: { list: [1, [], {}], text: '{"\\"}' } });
    expect(body.split('\n').length).toBeGreaterThan(5);
  });

  it('rolls back a query that fails', async () => {
    const { ask } = await open();
    await ask({ create_collection: { object: { name: 'things' } } });
    const create = { create: { ref: { collection: 'things' }, id: '1' } };
    expect(await ask({ do: [create, { abort: 'no' }] })).toMatchObject({ outcome: 'invalid' });
    expect(await ask({ exists: { ref: { collection: 'things' }, id: '1' } })).toMatchObject({ resource: false });
  });

  it('refuses a write in a request that may only read', async () => {
    const { ask } = await open();
    const refused = await ask({ create_collection: { object: { name: 'things' } } }, { readOnly: 'get requests' });
    expect(refused.errors).toEqual([
      {
        position: [],
        code: 'invalid expression',
        description: 'Call performs a write, which is not allowed in get requests.',
      },
    ]);
  });

  it('answers 404 when a request is about a missing document', async () => {
    const { ask } = await open();
    const request = { subject: '{"collection":"things"}' };
    expect(await ask('1', request)).toEqual({
      outcome: 'missing',
      errors: [{ code: 'not found', description: 'Not Found' }],
    });
    await ask({ create_collection: { object: { name: 'things' } } });
    expect(await ask('1', request)).toMatchObject({ outcome: 'done' });
  });
});

describe('a runaway query', () => {
  it('ends when its calls are nested too deep', async () => {
    const { ask } = await open();
    await ask(RECURSIVE({ add: [1, CALL] }));
    expect(await ask({ call: 'f', arguments: 0 })).toEqual({
      outcome: 'invalid',
      errors: [
        {
          position: ['expr', 'add', 1],
          code: 'stack overflow',
          description: 'Call stack reached the maximum limit of 200.',
        },
      ],
    });
  });

  it('may nest calls to the limit, with many expressions in between', async () => {
    const { ask } = await open();
    const wrap = (expr: unknown, depth: number): unknown =>
      depth === 0
        ? expr
        : { let: { x: 1 }, in: { select: [0, 'a'], from: [{ object: { a: wrap(expr, depth - 1) } }] } };
    const descent = `{"if":{"lte":[{"var":"n"},1]},"then":"bottom","else":${JSON.stringify(wrap(CALL, 2))}}`;
    await ask(RECURSIVE(JSON.parse(descent)));
    expect(await ask({ call: 'f', arguments: 200 })).toEqual({ outcome: 'done', resource: 'bottom' });
  });

  it('ends after a number of calls', async () => {
    const { ask } = await open({ maxSteps: 10_000 });
    await ask(RECURSIVE(JSON.parse(`{"if":{"lte":[{"var":"n"},1]},"then":1,"else":${JSON.stringify([CALL, CALL])}}`)));
    const ended = await ask({ call: 'f', arguments: 100 });
    expect(ended).toEqual({
      outcome: 'invalid',
      errors: [{ code: 'bad request', description: 'Query exceeded the maximum of 10000 calls.' }],
    });
  });

  it('ends at the timeout of its request', async () => {
    const { ask } = await open();
    await ask(RECURSIVE(JSON.parse(`{"if":{"lte":[{"var":"n"},1]},"then":1,"else":${JSON.stringify([CALL, CALL])}}`)));
    expect(await ask({ call: 'f', arguments: 100 }, { timeout: 1 })).toEqual({
      outcome: 'timed out',
      errors: [{ code: 'time out', description: 'Read timed out.' }],
    });
  });

  it('is refused when its indented answer is too large', async () => {
    const { ask } = await open();
    const double = { a: Array.from({ length: 20 }, () => ({ var: 'a' })) };
    const query = { let: [{ a: [1] }, ...Array.from({ length: 10 }, () => double)], in: { var: 'a' } };
    expect(await ask(query)).toMatchObject({ outcome: 'invalid', errors: [{ code: 'bad request' }] });
  });
});
