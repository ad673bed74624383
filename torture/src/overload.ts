import { once } from 'node:events';
import { connect } from 'node:net';
import { amid } from './crowds.js';
import { withDirectory } from './directory.js';
import type { Counts, Run } from './kind.js';
import { type Server, type ServerName, startServer } from './server.js';

const MANY = { clients: 3200, probes: 100 };
const FEWER = { clients: 800, probes: 20 };
/** How long one probe may take, in ms. By then the servers must have accepted a whole crowd that connects at once. */
const TIMEOUT = 20_000;
/** A probe starts every this many milliseconds, whether or not the last one has been answered. */
const EVERY = 100;

/** Sends small requests on new connections while thousands of writes are outstanding, and checks that all are answered. */
export default async function overload(run: Run): Promise<Counts> {
  const counts: Record<string, number> = { rounds: 0, probes: 0 };
  const add = (what: string, count: number) => {
    counts[what] = (counts[what] ?? 0) + count;
  };
  const size = run.hasTime() ? MANY : FEWER;
  for (let round = 0; round === 0 || run.hasTime(); round++) {
    for (const name of ['faunadb-server', 'core-server'] as const) {
      for (const reconnects of [false, true]) {
        const crowd = `${name}, ${reconnects ? 'reconnecting' : 'connected'}`;
        const times = await withDirectory((directory) => amidCrowd(name, directory, reconnects, size, add, crowd));
        counts[`worst ms (${crowd})`] = Math.max(counts[`worst ms (${crowd})`] ?? 0, times.at(-1)!);
        counts[`99th ms (${crowd})`] = Math.max(
          counts[`99th ms (${crowd})`] ?? 0,
          times[Math.floor((times.length - 1) * 0.99)]!,
        );
        add('probes', times.length);
        add('rounds', 1);
        run.progress(`${counts.rounds} rounds, worst of ${crowd}: ${times.at(-1)} ms`);
      }
    }
  }
  return counts;
}

/** @returns the durations of the probes, in ms, in ascending order */
async function amidCrowd(
  name: ServerName,
  directory: string,
  reconnects: boolean,
  { clients, probes }: typeof MANY,
  add: (what: string, count: number) => void,
  crowd: string,
): Promise<readonly number[]> {
  const server = await startServer(name, directory);
  try {
    const request = await PROBES_OF[name](server);
    const times: number[] = [];
    const answers = await amid({ server: name, url: server.url, clients, reconnects }, async () => {
      times.push(...(await probed(server, request, probes)));
    });
    for (const [what, count] of Object.entries(answers)) add(`${what} (${crowd})`, count);
    times.sort((a, b) => a - b);
    const unanswered = times.filter((time) => time > TIMEOUT).length;
    if (unanswered > 0) {
      throw new Error(
        `${unanswered} of ${times.length} probes got no answer within ${TIMEOUT} ms (${crowd}): ${JSON.stringify(answers)} ${times}`,
      );
    }
    return times;
  } finally {
    await server.kill();
  }
}

/** The probe's request, after creating what it needs. */
const PROBES_OF: Readonly<Record<ServerName, (server: Server) => Promise<string>>> = {
  'core-server': async () => 'GET /hello HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
  'faunadb-server': async (server) => {
    await server.ask('POST', '/', { create_collection: { object: { name: 'crowd' } } });
    const { body } = await server.ask('POST', '/', { create_key: { object: { role: 'server' } } });
    const head = `host: a\r\nconnection: close\r\nauthorization: Bearer ${JSON.parse(body).resource.secret}`;
    return `POST / HTTP/1.1\r\n${head}\r\ncontent-length: 13\r\n\r\n{"add":[1,1]}`;
  },
};

function probed({ url }: Server, request: string, count: number): Promise<number[]> {
  const { hostname: host, port } = new URL(url);
  const probes = Array.from({ length: count }, async (_, n) => {
    await new Promise((resolve) => setTimeout(resolve, n * EVERY));
    return probe({ host, port: Number(port), noDelay: true }, request);
  });
  return Promise.all(probes);
}

/** @returns the duration in ms; more than {@link TIMEOUT} means no answer */
async function probe(where: { host: string; port: number; noDelay: boolean }, request: string): Promise<number> {
  const began = performance.now();
  const socket = connect(where);
  try {
    socket.setEncoding('latin1').write(request);
    const [text] = await once(socket, 'data', { signal: AbortSignal.timeout(TIMEOUT) });
    if (!(text as string).startsWith('HTTP/1.1 200')) throw new Error(`A probe was answered ${text}`);
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
    return TIMEOUT + 1;
  } finally {
    socket.destroy();
  }
  return Math.ceil(performance.now() - began);
}
