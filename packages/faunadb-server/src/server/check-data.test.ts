import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, expect, it } from 'vitest';
import { checkData } from './check-data.js';
import { createFaunaServer } from './fauna-server.js';

const directories: string[] = [];
afterEach(() => {
  for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true });
});

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'check-'));
  directories.push(path);
  return path;
}

async function ask(server: { url: string; rootKey: string }, query: unknown) {
  const headers = { authorization: `Bearer ${server.rootKey}`, 'x-faunadb-api-version': '4' };
  const response = await fetch(server.url, { method: 'POST', headers, body: JSON.stringify(query) });
  return { status: response.status, body: await response.text() };
}

/**
 * Creates data of every kind: documents with history, names, entries, past entries, keys, credentials, a child
 * database.
 */
async function filled(): Promise<string> {
  const data = directory();
  const server = await createFaunaServer({ data });
  const object = (fields: object) => ({ object: fields });
  const index = object({
    name: 'by_n',
    source: { collection: 'things' },
    values: [object({ field: ['data', 'n'] })],
  });
  const thing = (n: number) => ({
    create: { ref: { collection: 'things' }, id: `${n}` },
    params: object({ data: object({ n, text: `the text of ${n}` }), credentials: object({ password: 'secret' }) }),
  });
  const update = (n: number) => ({
    update: { ref: { collection: 'things' }, id: `${n}` },
    params: object({ data: object({ n: n + 1000 }) }),
  });
  const body = { lambda: 'x', expr: { add: [{ var: 'x' }, 1] } };
  const queries = [
    { create_collection: object({ name: 'things' }) },
    { create_index: index },
    { create_function: object({ name: 'next', body: { query: body } }) },
    { create_database: object({ name: 'child' }) },
    { create_key: object({ role: 'server' }) },
    ...Array.from({ length: 30 }, (_, n) => thing(n)),
    ...Array.from({ length: 10 }, (_, n) => update(n)),
    { delete: { ref: { collection: 'things' }, id: '29' } },
  ];
  for (const query of queries) {
    const { status, body: answer } = await ask(server, query);
    expect(status, answer).toBeLessThan(300);
  }
  await server.close();
  return data;
}

it('finds nothing wrong with what a server has written', async () => {
  expect(await checkData(await filled())).toEqual([]);
});

it('lists what has changed, and the server reports it to clients that read it', async () => {
  const data = await filled();
  const file = join(data, 'data.mdb');
  const content = readFileSync(file);
  // Every copy, because some of these pages are no longer in use.
  for (let at = content.indexOf('the text of 17'); at >= 0; at = content.indexOf('the text of 17', at + 1)) {
    content[at]! ^= 1;
  }
  writeFileSync(file, content);
  expect(await checkData(data)).toEqual([expect.stringContaining('is not what was written')]);

  const server = await createFaunaServer({ data, logger: pino({ enabled: false }) });
  try {
    const get = (n: number) => ask(server, { get: { ref: { collection: 'things' }, id: `${n}` } });
    const { status, body } = await get(17);
    expect(status).toBe(500);
    expect(body).toContain('The data are damaged');
    expect(body).toContain('Restore them from a backup');
    expect((await get(18)).status).toBe(200);
  } finally {
    await server.close();
  }
});
