import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Watched, watched } from '../../../torture/src/watched.js';

const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));

/** Runs the command line from its sources, in a process of its own. */
export function runCli(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, ['--conditions=source', '--import', 'tsx', cli, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** What a process that ends by itself wrote, and its exit code. */
export async function outcomeOf(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    written.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    written.stderr += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...written };
}

/** The URL that a server of the command line says it listens on. */
export async function urlOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the process has no output');
  for await (const line of createInterface(child.stdout)) {
    const url = /listening on (http:\S+?)[,"]/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error('the process ended before it listened');
}

/** A server of the command line that must run until it is ended. */
export interface ServerProcess extends Watched {
  readonly url: string;
}

/** Starts a server, and watches it: see {@link watched}. */
export async function startServer(args: readonly string[], env?: Record<string, string>): Promise<ServerProcess> {
  const child = runCli(args, env);
  const server = watched(child, 'the server');
  return Object.assign(server, { url: await urlOf(child) });
}
