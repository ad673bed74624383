import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from './support/free-port.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const login = { name: 'mary', password: 'correct horse' };

let folder: string;
let running: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'start-'));
  running = [];
});

afterEach(async () => {
  for (const child of running) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  await rm(folder, { recursive: true, force: true });
});

// It builds what is stale, which takes its time on a machine that is busy with other tests.
describe('npm start', { timeout: 180_000 }, () => {
  it('serves the demo, stops it all on a signal, and finds its data the next time', async () => {
    const first = await start(await ports());
    expect(await (await fetch(first.page)).text()).toContain('supertokens-faunadb');
    expect((await post(first.page, '/signup')).status).toBe(201);
    expect((await stat(join(folder, 'faunadb-root-key'))).mode & 0o777).toBe(0o600);
    expect(await first.stop('SIGINT')).toBe(0);
    for (const url of first.urls) await expect(fetch(url)).rejects.toThrow();

    const second = await start(await ports());
    expect((await post(second.page, '/login')).status).toBe(200);
    expect(await second.stop('SIGTERM')).toBe(0);
    for (const url of second.urls) await expect(fetch(url)).rejects.toThrow();
  });

  it('stops when the npm that started it is told to', async () => {
    const env = await ports();
    const npm = spawn('npm', ['start'], { cwd: root, env: environment(env), stdio: ['ignore', 'pipe', 'inherit'] });
    running.push(npm);
    for await (const line of createInterface({ input: npm.stdout })) if (line.includes('Ctrl-C stops')) break;
    npm.kill('SIGTERM');
    const url = `http://127.0.0.1:${env.FAUNADB_PORT}/ping`;
    await expect.poll(() => fetch(url).catch(() => 'gone'), { timeout: 20_000 }).toBe('gone');
  });

  it('says which port is taken', async () => {
    const { PORT, ...others } = await ports();
    const first = await start({ PORT, ...others });
    const second = spawnStart({ ...(await ports()), PORT, DATA_DIR: join(folder, 'other') });
    let said = '';
    second.stderr?.on('data', (text) => (said += text));
    const [code] = await once(second, 'exit');
    expect(code).toBe(1);
    expect(said).toContain(`PORT is ${PORT}, and another program uses that port.`);
    await first.stop('SIGTERM');
  });

  it('asks for the secret of a FaunaDB that is given', async () => {
    const child = spawnStart({ FAUNADB_URL: 'http://127.0.0.1:1' });
    let said = '';
    child.stderr?.on('data', (text) => (said += text));
    const [code] = await once(child, 'exit');
    expect(code).toBe(1);
    expect(said).toContain('FAUNADB_SECRET');
  });
});

async function ports(): Promise<{ PORT: string; FAUNADB_PORT: string; CORE_PORT: string }> {
  return {
    PORT: String(await freePort()),
    FAUNADB_PORT: String(await freePort()),
    CORE_PORT: String(await freePort()),
  };
}

async function start(env: { PORT: string; FAUNADB_PORT: string; CORE_PORT: string }) {
  const child = spawnStart(env);
  child.stderr?.pipe(process.stderr);
  let ready = false;
  for await (const line of createInterface({ input: child.stdout! })) {
    ready = line.includes('Ctrl-C stops');
    if (ready) break;
  }
  if (!ready) throw new Error('npm start ended before the demo was ready: see above.');
  const page = `http://localhost:${env.PORT}`;
  return {
    page,
    urls: [page, `http://127.0.0.1:${env.FAUNADB_PORT}/ping`, `http://127.0.0.1:${env.CORE_PORT}/hello`],
    async stop(signal: NodeJS.Signals): Promise<number> {
      const exited = once(child, 'exit');
      child.kill(signal);
      const [code] = await exited;
      return code;
    },
  };
}

function spawnStart(env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: root,
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  return child;
}

/** This process's own, but with the embedded servers and data of its own. */
function environment(env: Record<string, string>): NodeJS.ProcessEnv {
  const { SUPERTOKENS_URI, FAUNADB_URL, FAUNADB_SECRET, ...rest } = process.env;
  return { ...rest, DATA_DIR: folder, ...env };
}

async function post(page: string, path: string): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(page + path, { method: 'POST', headers, body: JSON.stringify(login) });
}
