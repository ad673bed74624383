import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { query as q } from 'faunadb';
import { afterEach, expect, it } from 'vitest';
import { createFaunaServer, type FaunaServer, type FaunaServerOptions } from '../server/fauna-server.js';

const MIB = 1024 * 1024;
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A server that answers `/` with `LARGE` with 4 MB. */
async function start(options: FaunaServerOptions = {}): Promise<FaunaServer> {
  const server = await createFaunaServer(options);
  closers.push(() => server.close());
  await ask(server, q.CreateCollection({ name: 'things' }));
  await ask(server, q.Create(q.Ref(q.Collection('things'), '1'), { data: { text: 'x'.repeat(4 * MIB) } }));
  return server;
}

async function ask(server: FaunaServer, query: object): Promise<number> {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.rootKey}` },
    body: JSON.stringify(query),
  });
  await response.arrayBuffer();
  return response.status;
}

const LARGE = JSON.stringify(q.Get(q.Ref(q.Collection('things'), '1')));

const large = ({ rootKey }: FaunaServer) =>
  `POST / HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${rootKey}\r\ncontent-length: ${LARGE.length}\r\n\r\n${LARGE}`;

/** A client that reads nothing. */
async function deaf({ host, port }: FaunaServer): Promise<Socket> {
  const socket = connect({ host, port, onread: { buffer: Buffer.alloc(1), callback: () => false } });
  socket.on('error', () => {});
  socket.pause();
  closers.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

function session({ url }: FaunaServer): ClientHttp2Session {
  const made = connectHttp2(url);
  made.on('error', () => {});
  closers.push(() => made.destroy());
  return made;
}

/** Settles when the server has closed a connection. */
async function gone(socket: Socket): Promise<void> {
  while (!socket.destroyed) {
    // A client that does not read notices the end by writing.
    socket.write('x');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

it('closes connections that do not read their answers, and serves others', async () => {
  const server = await start({ sendTimeout: 300 });
  const sockets = await Promise.all(Array.from({ length: 10 }, () => deaf(server)));
  for (const socket of sockets) socket.write(large(server));
  expect(await ask(server, q.Add(1, 1))).toBe(200);
  await Promise.all(sockets.map(gone));
  expect(await ask(server, q.Add(1, 1))).toBe(200);
});

it('computes no second answer for a connection that has not read its first', async () => {
  const server = await start({ sendTimeout: 500 });
  const socket = await deaf(server);
  const create = JSON.stringify(q.CreateCollection({ name: 'second' }));
  const head = `authorization: Bearer ${server.rootKey}\r\ncontent-length: ${create.length}`;
  socket.write(`${large(server)}POST / HTTP/1.1\r\nhost: a\r\n${head}\r\n\r\n${create}`);
  await gone(socket);
  expect(await ask(server, q.Get(q.Collection('second')))).toBe(400);
});

it('does not disconnect a slow reader', async () => {
  const server = await start({ sendTimeout: 400 });
  const socket = await deaf(server);
  socket.write(large(server));
  const reading = connect(server.port, server.host);
  closers.push(() => reading.destroy());
  reading.write(large(server));
  let size = 0;
  reading.on('data', (piece) => {
    size += piece.length;
    reading.pause();
    setTimeout(() => reading.resume(), 10);
  });
  await gone(socket);
  while (size < 4 * MIB) await once(reading, 'data');
});

it('disconnects the longest idle reader when too much waits for all together', async () => {
  const server = await start({ maxUnsentBytes: 10 * MIB });
  const sockets: Socket[] = [];
  for (let n = 0; n < 8; n++) {
    const socket = await deaf(server);
    sockets.push(socket);
    socket.write(large(server));
    await ask(server, q.Add(1, 1));
  }
  await Promise.all(sockets.slice(0, 4).map(gone));
  expect(sockets.at(-1)?.destroyed).toBe(false);
  expect(await ask(server, q.Get(q.Ref(q.Collection('things'), '1')))).toBe(200);
});

it('closes HTTP/2 streams that are not read, and keeps their connection', async () => {
  const server = await start({ sendTimeout: 300 });
  const client = session(server);
  const headers = { ':method': 'POST', ':path': '/', authorization: `Bearer ${server.rootKey}` };
  const unread = Array.from({ length: 20 }, () => {
    const stream = client.request(headers);
    stream.on('error', () => {}).pause();
    stream.end(LARGE);
    return new Promise((resolve) => stream.once('close', resolve));
  });
  await Promise.all(unread);
  const stream = client.request(headers);
  stream.end('1');
  const [response] = await once(stream, 'response');
  expect(response[':status']).toBe(200);
});

it('closes with them those that waited for them as long', async () => {
  const server = await start({ sendTimeout: 1000 });
  const client = session(server);
  const headers = { ':method': 'POST', ':path': '/', authorization: `Bearer ${server.rootKey}` };
  let cutOff = 0;
  const first = new Promise<number>((resolve) => {
    for (let n = 0; n < 60; n++) {
      const stream = client.request(headers);
      stream.on('error', () => {}).pause();
      stream.end(LARGE);
      stream.once('close', () => {
        // The others are reported with the first.
        if (cutOff++ === 0) setImmediate(() => setTimeout(() => resolve(cutOff), 500));
      });
    }
  });
  // Except those that began when the first were gone.
  expect(await first).toBeGreaterThan(50);
});

it('closes an HTTP/2 connection that reads nothing', async () => {
  const server = await start({ sendTimeout: 200 });
  const socket = await deaf(server);
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  // With windows so large that only the connection itself holds the server back.
  socket.write(frame(SETTINGS, 0, 0, Buffer.from([0, 4, 0x7f, 0xff, 0xff, 0xff])));
  socket.write(frame(WINDOW_UPDATE, 0, 0, Buffer.from([0x7f, 0, 0, 0])));
  for (const id of [1, 3, 5, 7]) {
    const request = { ':method': 'POST', ':path': '/', ':scheme': 'http', ':authority': 'a' };
    const fields = { ...request, authorization: `Bearer ${server.rootKey}` };
    socket.write(frame(HEADERS, END_HEADERS, id, headerBlock(fields)));
    socket.write(frame(DATA, END_STREAM, id, Buffer.from(LARGE)));
  }
  await gone(socket);
});

const [DATA, HEADERS, SETTINGS, WINDOW_UPDATE] = [0, 1, 4, 8];
const [END_STREAM, END_HEADERS] = [1, 4];

/** @see https://www.rfc-editor.org/rfc/rfc9113#section-4.1 */
function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Fields as literals. @see https://www.rfc-editor.org/rfc/rfc7541#section-6.2.2 */
function headerBlock(fields: Record<string, string>): Buffer {
  const parts = Object.entries(fields).map(
    ([name, value]) => `\0${String.fromCharCode(name.length)}${name}${String.fromCharCode(value.length)}${value}`,
  );
  return Buffer.from(parts.join(''), 'latin1');
}

it('ends only event streams whose client does not read', async () => {
  const server = await start({ sendTimeout: 300 });
  const body = JSON.stringify(q.Ref(q.Collection('things'), '1'));
  const watch = `POST /stream HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${server.rootKey}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const [socket, reading] = [await deaf(server), connect(server.port, server.host)];
  closers.push(() => reading.destroy());
  let text = '';
  reading.setEncoding('latin1').on('data', (piece) => {
    text += piece;
  });
  for (const each of [socket, reading]) each.write(watch);
  while (!text.includes('"start"')) await once(reading, 'data');
  const update = (n: number) =>
    ask(server, q.Update(q.Ref(q.Collection('things'), '1'), { data: { text: `${n}`.repeat(MIB) } }));
  for (let n = 0; n < 6; n++) expect(await update(n)).toBe(200);
  await gone(socket);
  while (text.split('"type":"version"').length < 7) await once(reading, 'data');
  expect(text).not.toContain('congestion');
});
