import { once } from 'node:events';
import { createServer as createHttp1Server, request as request1 } from 'node:http';
import { connect, createServer as createHttp2Server, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** A proxy that makes a server slow, in ways in which the real servers are slower than the embedded ones. */
export interface SlowServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** The Core, each of whose answers takes `latency` ms longer. */
export async function slowCore(target: string, latency: number): Promise<SlowServer> {
  const { hostname, port } = new URL(target);
  const server = createHttp1Server(async (incoming, outgoing) => {
    const body = await text(incoming);
    await sleep(latency);
    const { method, url: path, headers } = incoming;
    const forwarded = request1({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.once('error', () => outgoing.destroy());
    forwarded.end(body);
  });
  return listening(server);
}

/**
 * FaunaDB, each of whose answers takes `latency` ms longer, and as long again for each document that the request creates.
 * Requests are worked on side by side, but the documents of one request one after another, like the tokens of one
 * transaction, whose secrets the real FaunaDB hashes with bcrypt.
 */
export async function slowFauna(target: string, latency: number): Promise<SlowServer> {
  const session = connect(target);
  session.on('error', () => {});
  const server = createHttp2Server();
  server.on('stream', async (incoming, headers) => {
    const body = await text(incoming);
    const creates = body.split('"create":').length - 1;
    await sleep(latency * (1 + creates));
    const forwarded = session.request(headers);
    forwarded.once('error', () => incoming.destroy());
    forwarded.once('response', ({ ':status': status, ...answer }: IncomingHttpHeaders & { ':status'?: number }) => {
      incoming.respond({ ':status': status, ...answer });
      forwarded.pipe(incoming);
    });
    forwarded.end(body);
  });
  const { url, stop } = await listening(server);
  return {
    url,
    stop: async () => {
      session.destroy();
      await stop();
    },
  };
}

async function listening(
  server: ReturnType<typeof createHttp1Server> | ReturnType<typeof createHttp2Server>,
): Promise<SlowServer> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      server.close();
    },
  };
}
