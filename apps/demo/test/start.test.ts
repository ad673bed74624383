import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestDatabase } from '../../../packages/supertokens-faunadb/test/support/database.js';
import { startDeployment } from '../../../packages/supertokens-faunadb/test/support/deployment.js';
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

  it.each(['SIGTERM', 'SIGKILL'] as const)('leaves nothing running when its npm gets %s', async (signal) => {
    const env = await ports();
    const npm = spawn('npm', ['start'], { cwd: root, env: environment(env), stdio: ['ignore', 'pipe', 'inherit'] });
    running.push(npm);
    await saysReady(npm);
    npm.kill(signal);
    await allGone(urlsOf(env));
  });

  it('leaves nothing running when it is killed', async () => {
    const env = await ports();
    const first = await start(env);
    await first.stop('SIGKILL');
    await allGone(first.urls);
    // Neither server has left a lock behind that keeps the next one out.
    const second = await start(env);
    expect(await second.stop('SIGTERM')).toBe(0);
  });

  it('uses the servers that are given', async () => {
    const deployment = await startDeployment();
    const { adminSecret } = await TestDatabase.createEmpty(deployment.faunadbUrl, deployment.faunadbSecret);
    const given = {
      SUPERTOKENS_URI: deployment.supertokensUri,
      FAUNADB_URL: deployment.faunadbUrl,
      FAUNADB_SECRET: adminSecret,
    };
    const env = await ports();
    const demo = await start({ ...env, ...given });
    expect((await post(demo.page, '/signup')).status).toBe(201);
    const [, ...embedded] = urlsOf(env);
    await allGone(embedded);
    expect(await demo.stop('SIGTERM')).toBe(0);
    await deployment.stop();
  });

  it('says which port is taken, and whose data folder', async () => {
    const { PORT, ...others } = await ports();
    const first = await start({ PORT, ...others });
    const said = await failure({ ...(await ports()), PORT, DATA_DIR: join(folder, 'other') });
    expect(said).toContain(`PORT is ${PORT}, but another program uses that port.`);
    expect(await failure(await ports())).toMatch(/is in use by process \d+/);
    await first.stop('SIGTERM');
  });

  it.each([
    [{ FAUNADB_URL: 'http://127.0.0.1:1' }, 'FAUNADB_SECRET must be too'],
    [{ FAUNADB_URL: 'localhost', FAUNADB_SECRET: 'secret' }, 'FAUNADB_URL is "localhost", which is not an http'],
    [{ SUPERTOKENS_URI: 'core' }, 'SUPERTOKENS_URI is "core", which is not an http or https address.'],
    [{ SUPERTOKENS_URI: 'http://127.0.0.1:1' }, 'The SuperTokens Core at http://127.0.0.1:1 does not answer'],
    [{ CORE_PORT: '70000' }, 'CORE_PORT is "70000", which is not a port.'],
  ])('of %j it says what is wrong, in one sentence', async (env, sentence) => {
    const said = await failure(env);
    expect(said).toContain(sentence);
    expect(said.trim().split('\n')).toHaveLength(1);
  });

  it('says that there can be no data folder where a file is', async () => {
    const DATA_DIR = join(folder, 'file');
    await writeFile(DATA_DIR, '');
    expect(await failure({ DATA_DIR })).toContain(`The data folder ${DATA_DIR} cannot be created (EEXIST)`);
  });

  it('says that it takes no arguments', async () => {
    expect(await failure({}, '--port', '3000')).toContain('takes no arguments');
  });

  it('knows which Node it needs', async () => {
    const { engines } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    expect(engines.node).toBe('^20.19.0 || >=22.12.0');
    const needed = 'This project needs Node 20.19 or a later 20, or Node 22.12 or later';
    for (const version of ['18.20.8', '20.18.3', '21.7.3', '22.11.0']) {
      expect(await checkNode(version)).toBe(`${needed}, but this is Node ${version}.`);
    }
    for (const version of ['20.19.0', '20.20.2', '22.12.0', '24.0.0']) expect(await checkNode(version)).toBe('');
  });
});

/** What the scripts say of a version of Node; nothing where it will do. */
async function checkNode(version: string): Promise<string> {
  const script = `import { checkNode } from './scripts/lib/node-version.mjs';
    try { checkNode('${version}') } catch (error) { console.log(error.message) }`;
  const args = ['--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  return stdout.trim();
}

type Ports = Record<'PORT' | 'FAUNADB_PORT' | 'CORE_PORT', string>;

async function ports(): Promise<Ports> {
  return {
    PORT: String(await freePort()),
    FAUNADB_PORT: String(await freePort()),
    CORE_PORT: String(await freePort()),
  };
}

/** Where the demo, FaunaDB and the Core answer. */
function urlsOf({ PORT, FAUNADB_PORT, CORE_PORT }: Ports): string[] {
  return [`http://localhost:${PORT}`, `http://127.0.0.1:${FAUNADB_PORT}/ping`, `http://127.0.0.1:${CORE_PORT}/hello`];
}

async function allGone(urls: readonly string[]): Promise<void> {
  for (const url of urls) {
    await expect.poll(() => fetch(url).catch(() => 'gone'), { timeout: 20_000 }).toBe('gone');
  }
}

async function start(env: Ports & Record<string, string>) {
  const child = spawnStart(env);
  child.stderr?.pipe(process.stderr);
  await saysReady(child);
  const urls = urlsOf(env);
  return {
    page: `http://localhost:${env.PORT}`,
    urls,
    async stop(signal: NodeJS.Signals): Promise<number> {
      const exited = once(child, 'exit');
      child.kill(signal);
      const [code] = await exited;
      return code;
    },
  };
}

async function saysReady(child: ChildProcess): Promise<void> {
  for await (const line of createInterface({ input: child.stdout! })) if (line.includes('Ctrl-C stops')) return;
  throw new Error('npm start ended before the demo was ready: see above.');
}

/** What it says on standard error before it ends by itself. */
async function failure(env: Record<string, string>, ...args: string[]): Promise<string> {
  const child = spawnStart(env, args);
  let said = '';
  child.stderr?.on('data', (text) => {
    said += text;
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  return said;
}

function spawnStart(env: Record<string, string>, args: readonly string[] = []): ChildProcess {
  const child = spawn(process.execPath, ['scripts/start.mjs', ...args], {
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
