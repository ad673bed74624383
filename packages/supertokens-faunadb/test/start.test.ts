import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { launchBrowser } from './support/browser.js';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../../../', import.meta.url));
const running: ChildProcess[] = [];
let folder: string;
let browser: Browser;
let website: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'start-'));
  browser = await launchBrowser();
  await run('npm', ['run', 'pack', '--silent'], { cwd: repository });
}, 300_000);

afterAll(async () => {
  await browser?.close();
  for (const child of running.reverse()) {
    const exited = child.exitCode === null && once(child, 'exit');
    // The shell and what it runs are a group.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
    await exited;
  }
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** The guide's ports, each replaced by one that is free: a machine that tests may have something at them. */
async function withFreePorts(text: string): Promise<string> {
  const [page, api, fauna, core] = await Promise.all(Array.from({ length: 4 }, freePort));
  website = `http://localhost:${page}`;
  return text
    .replaceAll('3000', String(page))
    .replaceAll('3001', String(api))
    .replace(' dev --schema', ` dev --faunadb-port ${fauna} --core-port ${core} --schema`);
}

// Blocks that name a file are written, those of the shell are run, and those for a terminal of their own go on.
it('start.md leads from an empty folder to a log-in in a browser, word for word', async () => {
  const text = await withFreePorts(await readFile(join(repository, 'docs/start.md'), 'utf8'));
  const env = { ...process.env, REPOSITORY: repository.replace(/\/$/, ''), NODE_ENV: undefined };
  for (const [, info, code = ''] of text.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)) {
    const file = /^(?:\/\/|<!--) ([\w-]+\.\w+)/.exec(code)?.[1];
    if (file !== undefined) await writeFile(join(folder, file), code);
    else if (info === 'sh terminal') await inTerminal(code.trim(), env);
    else {
      for (const line of code.trim().split('\n')) await run('sh', ['-c', line], { cwd: folder, env });
    }
  }

  const page = await (await browser.newContext()).newPage();
  const failures: string[] = [];
  page.on('pageerror', (error) => failures.push(error.message));
  const says = (sentence: string) => page.getByText(sentence).waitFor({ timeout: 30_000 });
  const submit = async (button: string) => {
    await page.fill('[name=name]', 'ada');
    await page.fill('[name=password]', 'correct horse');
    await page.click(`text=${button}`);
  };
  await page.goto(website);
  await says('Nobody is logged in.');
  await submit('Sign up');
  await says('You are ada.');
  await page.reload();
  await says('You are ada.');

  const other = await (await browser.newContext()).newPage();
  await other.goto(website);
  await other.getByText('Nobody is logged in.').waitFor();
  await other.fill('[name=name]', 'ada');
  await other.fill('[name=password]', 'correct horse');
  await other.click('text=Log in');
  await other.getByText('You are ada.').waitFor();
  expect(failures).toEqual([]);
}, 600_000);

/** Starts what goes on by itself, and waits until it says that it is ready. */
async function inTerminal(command: string, env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn('sh', ['-c', command], { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text;
    });
  }
  await vi.waitFor(() => {
    if (child.exitCode !== null) throw new Error(`${command} ended: ${output}`);
    expect(output).toMatch(/ready|is at/i);
  }, 60_000);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
