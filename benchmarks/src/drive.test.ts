import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { drive } from './drive.js';
import { send } from './scenario.js';

let answered = 0;
const server = createServer((_, response) => {
  response.statusCode = ++answered % 10 === 0 ? 500 : 200;
  response.end('{}');
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const operation = () => async (client: Parameters<typeof send>[0]) => {
  await send(client, { method: 'GET', path: '/', headers: {} });
};

it('counts error answers and goes on', async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const now = performance.now();
  const { latencies, errors } = await drive(`http://127.0.0.1:${port}`, operation, now, now + 300);
  expect(latencies.length).toBeGreaterThan(0);
  expect([...errors.keys()]).toEqual(['GET / answered 500: {}']);
  expect(errors.get('GET / answered 500: {}')).toBeGreaterThanOrEqual(1);
});

it('ends by itself if the server is unreachable', async () => {
  const now = performance.now();
  const { latencies, errors } = await drive('http://127.0.0.1:1', operation, now, now + 100);
  expect(latencies).toEqual([]);
  expect([...errors.keys()].join()).toMatch(/ECONNREFUSED/);
});
