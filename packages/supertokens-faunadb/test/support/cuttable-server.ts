import { once } from 'node:events';
import { createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import faunadb from 'faunadb';

/** A server that answers 2 to every query, whose connection can be cut without the driver noticing. */
export async function startCuttableServer() {
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
  return {
    client,
    /** The driver notices only when it uses the connection again. */
    cut: () => session?.destroy(),
    stop: async () => {
      await client.close({ force: true });
      server.close();
    },
  };
}
