import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectHttp2, constants } from 'node:http2';
import { type AddressInfo, connect, Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCertificate } from '../../test/certificate.js';
import { createFaunaServer, type FaunaServer } from '../server/fauna-server.js';

// An error outside of a request would end the process: here it fails the run.

let server: FaunaServer;
beforeAll(async () => {
  server = await createFaunaServer({ requestTimeout: 400, keepAliveTimeout: 400, sendTimeout: 400 });
});
afterAll(() => server.close());

async function open(): Promise<Socket> {
  const socket = connect(server.port, server.host);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Everything that the server answers until it closes the connection. */
async function answered(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (piece) => {
    text += piece;
  });
  if (!socket.closed) await once(socket, 'close');
  return text;
}

async function expectAlive(): Promise<void> {
  const response = await fetch(server.url, {
    method: 'POST',
    body: '{"add":[1,1]}',
    headers: { authorization: `Bearer ${server.rootKey}` },
  });
  expect(await response.json()).toEqual({ resource: 2 });
}

const post = (length: number, body: string) =>
  `POST / HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${server.rootKey}\r\ncontent-length: ${length}\r\n\r\n${body}`;

const sent: readonly [string, () => string][] = [
  ['nothing', () => ''],
  ['half a head', () => 'POST / HTTP/1.1\r\nhost: a'],
  ['half a body', () => post(100, '{"add"')],
  ['CONNECT', () => 'CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\nmore'],
  ['an unknown method', () => 'BREW / HTTP/1.1\r\nhost: a\r\n\r\n'],
  ['a header with many blanks', () => `BREW / HTTP/1.1\r\nx: a${' '.repeat(60_000)}b\r\n\r\n`],
  ['garbage', () => '\u0001\u0002\u0003\r\n\r\n'],
  ['an answered request', () => post(13, '{"add":[1,1]}')],
  ['many requests', () => post(13, '{"add":[1,1]}').repeat(500)],
  ['a stream', () => post(4, 'null').replace('/ ', '/stream ')],
  ['half the preface of HTTP/2', () => 'PRI * HTTP/2.0\r\n'],
  ['the preface of HTTP/2', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['garbage after the preface of HTTP/2', () => `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${'x'.repeat(1000)}`],
];

it.each(sent)('survives a connection that is reset after %s', async (_, bytes) => {
  for (const wait of [0, 1, 5]) {
    const socket = await open();
    socket.write(bytes());
    for (let n = 0; n < wait; n++) await new Promise(setImmediate);
    socket.resetAndDestroy();
  }
  await expectAlive();
});

it.each(sent)('closes a connection that is half closed after %s', async (_, bytes) => {
  const socket = await open();
  const text = answered(socket);
  socket.end(bytes());
  await text;
  await expectAlive();
});

it.each(sent)('closes an idle connection after %s', async (_, bytes) => {
  const socket = connect({ port: server.port, host: server.host, allowHalfOpen: true });
  socket.on('error', () => {}).resume();
  await once(socket, 'connect');
  socket.write(bytes());
  await once(socket, 'end');
  // The server also disconnects a client that does not close its own side.
  while (!socket.destroyed) {
    socket.write('x');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await expectAlive();
});

it.each([
  [
    'a head that is too large',
    () => `GET /ping HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`,
    /^HTTP\/1.1 4/,
  ],
  ['a target that is too long', () => `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nhost: a\r\n\r\n`, /^HTTP\/1.1 4/],
  ['two lengths', () => post(1, '1').replace('host: a', 'content-length: 2'), /^HTTP\/1.1 400/],
  ['a length and chunks', () => post(1, '1').replace('host: a', 'transfer-encoding: chunked'), /^HTTP\/1.1 400/],
])('refuses %s', async (_, bytes, expected) => {
  const socket = await open();
  const text = answered(socket);
  socket.write(bytes());
  expect(await text).toMatch(expected);
  await expectAlive();
});

it('treats a request to upgrade like any other', async () => {
  const socket = await open();
  const text = answered(socket);
  socket.write('GET /ping HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n');
  expect(await text).toMatch(/^HTTP\/1.1 200/);
});

it('survives streams that are reset as soon as they are made', async () => {
  const session = connectHttp2(server.url);
  session.on('error', () => {});
  for (let n = 0; n < 3000 && !session.destroyed; n++) {
    const stream = session.request({ ':method': 'POST', ':path': '/', authorization: `Bearer ${server.rootKey}` });
    stream.on('error', () => {});
    stream.end('{"add":[1,1]}');
    stream.close(constants.NGHTTP2_CANCEL);
    if (n % 100 === 0) await new Promise(setImmediate);
  }
  await expectAlive();
  session.destroy();
});

it('survives floods of frames without requests', async () => {
  const settings = Buffer.from('000000040000000000', 'hex');
  const ping = Buffer.from('0000080600000000000000000000000000', 'hex');
  const socket = await open();
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  for (let n = 0; n < 200; n++)
    socket.write(Buffer.concat(Array.from({ length: 100 }, () => (n % 2 ? ping : settings))));
  await expectAlive();
  socket.destroy();
});

it('disconnects a client that never finishes the TLS handshake', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'faunadb-tls-'));
  const { cert, key } = (await makeCertificate(directory)) ?? {};
  if (cert === undefined || key === undefined) return;
  const secure = await createFaunaServer({
    requestTimeout: 300,
    keepAliveTimeout: 300,
    tls: { cert: readFileSync(cert), key: readFileSync(key) },
  });
  try {
    for (const bytes of ['', '\u0016\u0003\u0001', 'GET / HTTP/1.1\r\n\r\n']) {
      const socket = connect(secure.port, secure.host);
      socket.on('error', () => {});
      socket.write(bytes);
      await answered(socket);
    }
    const reset = connectTls({ port: secure.port, host: secure.host, rejectUnauthorized: false });
    reset.on('error', () => {});
    await once(reset, 'secureConnect');
    reset.write('GET / HTTP/1.1\r\n');
    reset.destroy();
  } finally {
    await secure.close();
    rmSync(directory, { recursive: true });
  }
});

it('goes on when the system cannot hand over a connection', async () => {
  failToAccept(server.port);
  await expectAlive();
});

/** Has a listening server of this process fail as when the system has no descriptor for the next connection. */
function failToAccept(port: number): void {
  const { _getActiveHandles: handles } = process as unknown as { _getActiveHandles(): unknown[] };
  const servers = handles.call(process).filter((handle) => handle instanceof Server);
  const server = servers.find((each) => (each.address() as AddressInfo | null)?.port === port) as Server;
  server.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
}
