// How long small queries wait while each attack is running:
//   node --conditions source --import tsx packages/faunadb-server/test/overload/measure.ts [--documents N] [--seconds N] [names]
// It asks the server that is built (npm run build).
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import faunadb from 'faunadb';
import { ask, ROOT_KEY } from '../server.js';
import { type Attack, attacks } from './attacks.js';
import { attacks10 } from './attacks10.js';
import { prepare } from './server.js';

const { query: q } = faunadb;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    documents: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '5' },
    memory: { type: 'boolean', default: false },
  },
});
const documents = Number(values.documents);
const size = { documents, timeout: 4_000 };
const data = mkdtempSync(join(tmpdir(), 'faunadb-overload-'));
const cli = fileURLToPath(new URL('../../bin/faunadb-server.mjs', import.meta.url));
const args = values.memory ? ['--memory'] : ['--data', data];
const server = fork(cli, ['--port', '0', '--log-level', 'error', ...args], {
  execArgv: [],
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  env: { ...process.env, FAUNADB_ROOT_KEY: ROOT_KEY },
});

async function urlOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface(child.stdout!)) {
    const url = /ready at (\S+)/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error('The server ended before it was ready.');
}

function residentMegabytes(): number {
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

/** Runs an attack by one client, over and over, while another one probes. */
async function measure(url: string, prober: ChildProcess, secret: string, attack: Attack): Promise<void> {
  const end = performance.now() + Number(values.seconds) * 1000;
  const statuses = new Map<number, number>();
  prober.send('begin');
  await Promise.all(
    [1, 2].map(async () => {
      do {
        const headers = { ...attack.headers, authorization: `Bearer ${secret}` };
        const response = await fetch(new URL(attack.path, url), { method: 'POST', headers, body: attack.body });
        await response.arrayBuffer();
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      } while (performance.now() < end);
    }),
  );
  prober.send('report');
  const [latencies] = (await once(prober, 'message')) as [number[]];
  latencies.sort((a, b) => a - b);
  const at = (part: number) =>
    (latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? Number.NaN).toFixed(1);
  const counts = [...statuses].map(([status, count]) => `${count} × ${status}`).join(', ');
  console.log(
    `${attack.name.padEnd(26)} ${at(0.5).padStart(8)} ${at(0.99).padStart(8)} ${at(1).padStart(8)}  ${String(residentMegabytes()).padStart(5)} MB  ${counts}`,
  );
}

try {
  const url = await urlOf(server);
  const began = performance.now();
  const { token, key } = await prepare(url, { documents });
  await ask(url, q.Create(q.Ref(q.Collection('probes'), '1'), { data: { n: 0 } }));
  console.log(
    `${documents} documents in ${Math.round((performance.now() - began) / 1000)} s; latencies of probes in ms`,
  );
  console.log(`${'attack'.padEnd(26)} ${'median'.padStart(8)} ${'99 %'.padStart(8)} ${'worst'.padStart(8)}  memory`);
  const prober = fork(fileURLToPath(new URL('./prober.ts', import.meta.url)), [url, ROOT_KEY], {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
  });
  await once(prober, 'message');
  prober.once('exit', (code) => {
    if (code) console.error(`The prober ended: ${code}.`);
  });
  const [first] = attacks(size);
  const nothing: Attack = { ...(first as Attack), name: 'nothing', body: '1', withToken: false };
  for (const attack of [nothing, ...attacks(size), ...attacks10(size)]) {
    if (positionals.length > 0 && !positionals.includes(attack.name)) continue;
    await measure(url, prober, attack.withToken ? token : key, attack);
  }
  prober.disconnect();
} finally {
  server.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true });
}
