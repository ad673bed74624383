import { readFileSync } from 'node:fs';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { withDirectory } from './directory.js';
import type { Counts, Run } from './kind.js';
import { ROOT_KEY, type Server, type ServerName, startServer } from './server.js';

const MEGABYTE = 2 ** 20;
/** By then every client that takes nothing must be disconnected, in ms. The servers allow 30 s. */
const TIMEOUT = 90_000;
/** The most memory that a server may use, in MB. */
const MOST_MEMORY = 900;

const CONNECTIONS = 40;
const PIPELINING = 4;
const PIPELINED = 64;
const STREAMS = 100;
const SENDING = 20;

/**
 * Connects clients that do not read, or send slowly; checks that the servers disconnect them and how much memory they cost.
 */
export default async function slowReaders(run: Run): Promise<Counts> {
  const counts: Record<string, number> = { rounds: 0, 'clients cut off': 0 };
  // A short run has all of them at once, since each kind waits for the servers' timeouts.
  const groupsOf = run.hasTime() ? apart : together;
  for (let round = 0; round === 0 || run.hasTime(); round++) {
    for (const name of ['faunadb-server', 'core-server'] as const) {
      for (const [what, clients] of groupsOf(CLIENTS[name])) {
        const memory = `MB used (${name}, ${what})`;
        await withDirectory(async (directory) => {
          const server = await startServer(name, directory);
          try {
            const request = await LARGE[name](server);
            counts['clients cut off']! += await cutOff(server, clients(server, request), what);
            const used = memoryOf(server);
            if (used !== undefined) counts[memory] = Math.max(counts[memory] ?? 0, used);
            if (used !== undefined && used > MOST_MEMORY) throw new Error(`${name} used ${used} MB (${what})`);
          } finally {
            await server.kill();
          }
        });
        run.progress(`${memory}: ${counts[memory]}`);
      }
      counts.rounds!++;
    }
  }
  return counts;
}

/** The misbehaving clients: each resolves when it has been disconnected. */
type Clients = (server: Server, request: string) => readonly Promise<void>[];

const unread: Clients = (server, request) => times(CONNECTIONS, () => deaf(server, request));
const pipelined: Clients = (server, request) => times(PIPELINING, () => deaf(server, request.repeat(PIPELINED)));
const sending: Clients = (server, request) =>
  times(SENDING, () =>
    deaf(server, request.replace(/content-length: \d+|connection: keep-alive/, 'content-length: 1000000')),
  );

const CLIENTS: Readonly<Record<ServerName, Readonly<Record<string, Clients>>>> = {
  'faunadb-server': {
    'unread answers': unread,
    'pipelined unread answers': pipelined,
    'unread streams': (server, request) => unreadStreams(server, request),
    'bodies sent slowly': sending,
  },
  'core-server': { 'unread answers': unread, 'pipelined unread answers': pipelined, 'bodies sent slowly': sending },
};

const apart = (kinds: Readonly<Record<string, Clients>>) => Object.entries(kinds);
const together = (kinds: Readonly<Record<string, Clients>>): [string, Clients][] => [
  ['all at once', (server, request) => Object.values(kinds).flatMap((clients) => clients(server, request))],
];

/** Creates 8 MB of data. @returns the request that reads it */
const LARGE: Readonly<Record<ServerName, (server: Server) => Promise<string>>> = {
  'faunadb-server': async (server) => {
    await server.ask('POST', '/', { create_collection: { object: { name: 'large' } } });
    const text = 'x'.repeat(4 * MEGABYTE);
    const ref = { ref: { collection: 'large' }, id: '1' };
    const made = await server.ask('POST', '/', { create: ref, params: { object: { data: { object: { text } } } } });
    if (made.status !== 201) throw new Error(`4 MB cannot be written: ${made.status} ${made.body.slice(0, 300)}`);
    const query = JSON.stringify([{ get: ref }, { get: ref }]);
    const head = `POST / HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${ROOT_KEY}\r\n`;
    return `${head}content-length: ${query.length}\r\n\r\n${query}`;
  },
  'core-server': async (server) => {
    const session = { userId: 'u', userDataInJWT: {}, userDataInDatabase: {}, enableAntiCsrf: false };
    const { body } = await server.ask('POST', '/recipe/session', session);
    const { handle } = JSON.parse(body).session as { handle: string };
    const userDataInDatabase = { text: 'x'.repeat(8 * MEGABYTE) };
    const made = await server.ask('PUT', '/recipe/session/data', { sessionHandle: handle, userDataInDatabase });
    if (made.status !== 200) throw new Error(`8 MB cannot be written: ${made.status} ${made.body.slice(0, 300)}`);
    const head = `GET /recipe/session?sessionHandle=${handle} HTTP/1.1\r\nhost: a\r\ncdi-version: 5.4\r\n`;
    return `${head}connection: keep-alive\r\n\r\n`;
  },
};

/** Waits until all are disconnected, while other clients are served. @returns how many there were */
async function cutOff(server: Server, clients: readonly Promise<void>[], what: string): Promise<number> {
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      const { status } = await server.ask('GET', server.name === 'core-server' ? '/hello' : '/ping');
      if (status !== 200) throw new Error(`Others were answered ${status} (${what})`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  let timer: NodeJS.Timeout | undefined;
  let left = clients.length;
  const all = Promise.all(clients.map((client) => client.then(() => left--)));
  const late = new Promise<never>((_, reject) => {
    const fail = () =>
      reject(new Error(`${left} of ${clients.length} clients were not cut off in ${TIMEOUT} ms (${what})`));
    timer = setTimeout(fail, TIMEOUT);
  });
  try {
    await Promise.race([all, late, asking]);
  } finally {
    clearTimeout(timer);
    isOver = true;
  }
  await asking;
  return clients.length;
}

/** Sends a request, then a byte now and then, and reads nothing. */
function deaf({ url }: Server, request: string): Promise<void> {
  const { hostname: host, port } = new URL(url);
  const socket: Socket = connect({ host, port: Number(port), noDelay: true });
  socket.on('error', () => {}).pause();
  socket.write(request);
  // A client that does not read notices the end of the connection only by writing.
  const writing = setInterval(() => socket.write('\n'), 500);
  return new Promise((resolve) => {
    socket.once('close', () => {
      clearInterval(writing);
      resolve();
    });
  });
}

function unreadStreams({ url }: Server, request: string): readonly Promise<void>[] {
  const session: ClientHttp2Session = connectHttp2(url);
  session.on('error', () => {});
  const body = request.slice(request.indexOf('\r\n\r\n') + 4);
  return times(STREAMS, () => {
    const stream = session.request({ ':method': 'POST', ':path': '/', authorization: `Bearer ${ROOT_KEY}` });
    stream.on('error', () => {}).pause();
    stream.end(body);
    return new Promise((resolve) => stream.once('close', () => resolve()));
  });
}

function times(count: number, make: () => Promise<void>): readonly Promise<void>[] {
  return Array.from({ length: count }, make);
}

/** The peak memory of a process, in MB; available on Linux only. */
function memoryOf({ pid }: Server): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const [, peak] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(peak) / 1024);
}
