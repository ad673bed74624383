import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CoreServer, type CoreServerOptions, createCoreServer } from '../src/index.js';
import { ask, createSession } from './cdi.js';

// What goes wrong outside of a request would end the process: here it fails the run.

const MIB = 1024 * 1024;
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(limits: CoreServerOptions['limits'] = {}): Promise<CoreServer> {
  const core = await createCoreServer({ host: '127.0.0.1', limits });
  closers.push(() => core.close());
  return core;
}

async function open({ port }: CoreServer, options: { isDeaf?: boolean } = {}): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  if (options.isDeaf) socket.pause();
  closers.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Settles when the server has closed a connection, of which who does not read learns by writing. */
async function gone(socket: Socket): Promise<void> {
  while (!socket.destroyed) {
    socket.write('x');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const post = (path: string, body: object) => {
  const text = JSON.stringify(body);
  return `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
};
const SESSION = { userId: 'ada', userDataInJWT: {}, userDataInDatabase: {}, enableAntiCsrf: false };
const creating = post('/recipe/session', SESSION);
const hello = async ({ url }: CoreServer) => (await fetch(`${url}/hello`)).status;

it('answers health checks and refuses some writes with 503 under many writes', {
  timeout: 60_000,
}, async () => {
  const core = await start({ maxWaiting: 100 });
  await createSession(core.url, 'ada');
  const sockets = await Promise.all(Array.from({ length: 1000 }, () => open(core)));
  const prober = await open(core);
  // Each is accepted when it has been answered.
  for (const socket of [...sockets, prober]) socket.write('GET /hello HTTP/1.1\r\nhost: a\r\n\r\n');
  await Promise.all([...sockets, prober].map((socket) => once(socket, 'data')));
  const answers = sockets.map(
    (socket) =>
      new Promise<string>((resolve) => {
        socket.setEncoding('latin1').on('data', (text: string) => {
          if (text.startsWith('HTTP/1.1 ')) resolve(text);
        });
      }),
  );
  for (const socket of sockets) socket.write(creating);
  // On a connection of its own that is there already: to be accepted takes its time while so many are.
  prober.write('GET /hello HTTP/1.1\r\nhost: a\r\n\r\n');
  const isFirst = await Promise.race([once(prober, 'data').then(() => true), Promise.all(answers).then(() => false)]);
  expect(isFirst).toBe(true);
  const heads = await Promise.all(answers);
  const refused = heads.filter((head) => head.startsWith('HTTP/1.1 503'));
  expect(heads.filter((head) => head.startsWith('HTTP/1.1 200'))).toHaveLength(1000 - refused.length);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.every((head) => head.includes('retry-after: 1'))).toBe(true);
});

it('does not let one pipelining connection delay others', async () => {
  const core = await start();
  await createSession(core.url, 'ada');
  const socket = await open(core);
  let [answers, rest] = [0, ''];
  socket.setEncoding('latin1').on('data', (piece: string) => {
    const heads = (rest + piece).split('HTTP/1.1 200');
    answers += heads.length - 1;
    rest = heads.at(-1)?.slice(-11) ?? '';
  });
  socket.write(creating.repeat(300));
  await createSession(core.url, 'eve');
  expect(answers).toBeLessThan(200);
  while (answers < 300) await once(socket, 'data');
});

describe('a client that does not read', () => {
  it('is disconnected, and no other', async () => {
    const core = await start({ sendTimeout: 300 });
    const { handle } = await createSession(core.url, 'ada');
    const userDataInDatabase = { text: 'x'.repeat(9 * MIB) };
    await ask(core.url, 'PUT', '/recipe/session/data', { sessionHandle: handle, userDataInDatabase });
    const get = `GET /recipe/session?sessionHandle=${handle} HTTP/1.1\r\nhost: a\r\ncdi-version: 5.4\r\n\r\n`;
    const sockets = await Promise.all(Array.from({ length: 5 }, () => open(core, { isDeaf: true })));
    for (const socket of sockets) socket.write(get.repeat(3));
    await Promise.all(sockets.map(gone));
    const session = await ask(core.url, 'GET', `/recipe/session?sessionHandle=${handle}`);
    expect(session).toMatchObject({ status: 'OK', userDataInDatabase });
  });
});

describe('a client that is slow to send', () => {
  it.each([
    ['nothing', ''],
    ['half a head', 'POST /recipe/session HTTP/1.1\r\nhost: a'],
    ['half a body', creating.slice(0, -5)],
    ['a chunk', 'POST /recipe/session HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello'],
  ])('is cut off after %s', async (_, bytes) => {
    const core = await start({ requestTimeout: 300 });
    const socket = await open(core);
    socket.resume().write(bytes);
    await once(socket, 'end');
    await gone(socket);
    expect(await hello(core)).toBe(200);
  });
});

describe('a connection', () => {
  let core: CoreServer;
  beforeAll(async () => {
    core = await createCoreServer({ host: '127.0.0.1' });
  });
  afterAll(() => core.close());
  const sent = [
    '',
    'POST /recipe/session HTTP/1.1\r\nhost: a',
    creating.slice(0, -5),
    creating,
    creating.repeat(100),
    'CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\nmore',
    'BREW / HTTP/1.1\r\nhost: a\r\n\r\n',
    '\u0001\u0002\r\n\r\n',
    'GET /hello HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n',
    `GET /hello HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`,
    `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nhost: a\r\n\r\n`,
  ];
  it.each(sent.map((bytes) => [bytes.slice(0, 50), bytes]))('may be reset after %j', async (_, bytes) => {
    for (const wait of [0, 1, 5]) {
      const socket = await open(core);
      socket.write(bytes);
      for (let n = 0; n < wait; n++) await new Promise(setImmediate);
      socket.resetAndDestroy();
    }
    expect(await hello(core)).toBe(200);
  });

  it.each(sent.map((bytes) => [bytes.slice(0, 50), bytes]))('may be half closed after %j', async (_, bytes) => {
    const socket = await open(core);
    socket.resume().end(bytes);
    await once(socket, 'close');
    expect(await hello(core)).toBe(200);
  });
});
