import { once } from 'node:events';
import { createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import faunadb from 'faunadb';
import { expect, it } from 'vitest';
import { withinTime } from './within-time.js';

it('asks again where the connection was cut before the query could be sent', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"resource":2}');
  });
  let session: ServerHttp2Session | undefined;
  server.on('session', (opened) => {
    session = opened;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new faunadb.Client({ endpoint: `http://127.0.0.1:${port}`, secret: 'secret' });
  try {
    expect(await withinTime(client, faunadb.query.Add(1, 1), 5_000)).toBe(2);
    session?.destroy();
    // The driver notices only when it uses it again.
    expect(await withinTime(client, faunadb.query.Add(1, 1), 5_000)).toBe(2);
  } finally {
    await client.close({ force: true });
    server.close();
  }
});
