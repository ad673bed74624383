import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { query as q } from 'faunadb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Attack, attacks } from './overload/attacks.js';
import { attacks10 } from './overload/attacks10.js';
import { prepare } from './overload/server.js';
import { ask, ROOT_KEY, type ServerProcess, startServer } from './server.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** So long an attack may take; it is ended by then. */
const TIMEOUT = 1_000;
const SIZE = { documents: 2_000, timeout: TIMEOUT };

const data = mkdtempSync(join(tmpdir(), 'faunadb-overload-'));
let server: ServerProcess;
let prober: ChildProcess;
let secrets: { token: string; key: string };

beforeAll(async () => {
  server = await startServer(data);
  secrets = await prepare(server.url, SIZE);
  await ask(server.url, q.Create(q.Ref(q.Collection('probes'), '1'), { data: { n: 0 } }));
  prober = fork(fileURLToPath(new URL('./overload/prober.ts', import.meta.url)), [server.url, ROOT_KEY], {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
  });
  await once(prober, 'message');
});

afterAll(async () => {
  prober?.kill('SIGKILL');
  await server?.kill();
  rmSync(data, { recursive: true, force: true });
});

async function run({ path, headers, body, withToken }: Attack): Promise<number> {
  const authorization = `Bearer ${withToken ? secrets.token : secrets.key}`;
  const response = await fetch(new URL(path, server.url), {
    method: 'POST',
    headers: { ...headers, authorization },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

describe('while one client keeps the server busy', () => {
  it.each([...attacks(SIZE), ...attacks10(SIZE)].map((attack) => [attack.name, attack] as const))(
    '%s',
    async (_name, attack) => {
      const statuses: number[] = [];
      let latencies: number[] = [];
      prober.send('begin');
      // Again, where it was over before anybody could ask.
      do {
        statuses.push(...(await Promise.all([run(attack), run(attack), run(attack)])));
        prober.send('report');
        [latencies] = (await once(prober, 'message')) as [number[]];
      } while (latencies.length === 0);
      // Others got answers, and it was answered itself: with what it asked for, or why not.
      expect(Math.max(...latencies)).toBeLessThan(10 * TIMEOUT);
      for (const status of statuses) expect([200, 400, 409, 440, 503]).toContain(status);
    },
  );
});
