import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { watched } from './watched.js';

export const ROOT_KEY = 'root-key-of-torture';

/** One of the two embedded servers, in its own process. */
export interface Server {
  readonly name: ServerName;
  readonly pid: number;
  readonly url: string;
  /** Sends a request and gives up after 20 s: a request that hangs is a broken promise. */
  ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: string }>;
  /** As {@link ask}, with custom headers and an unencoded body. */
  send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string | undefined,
  ): Promise<{ status: number; body: string }>;
  /** Kills the process at once, as a crash would. @throws {Error} if it failed before, see {@link watched} */
  kill(): Promise<void>;
  /** How the process ended by itself; `undefined` while it runs. */
  readonly ended: string | undefined;
  /** The last of what it wrote to standard error and output. */
  readonly output: string;
}

export type ServerName = 'faunadb-server' | 'core-server';

/** @throws {ServerRefused} if it does not start */
export async function startServer(
  name: ServerName,
  data: string,
  more: readonly string[] = [],
  options: { readonly mayEnd?: boolean } = {},
): Promise<Server> {
  const child = runCli(name, ['--port', '0', '--data', data, ...more]);
  const process = watched(child, name, options);
  const url = await new Promise<string>((resolve, reject) => {
    const look = () => {
      const found = /(?:ready at|listening on) (http:\/\/[^\s",]+:\d+)/.exec(process.output);
      if (found) resolve(found[1] as string);
    };
    child.stdout!.on('data', look);
    child.once('close', () =>
      reject(new ServerRefused(`${name} did not start (${process.ended}): ${process.output}`, process.ended ?? '')),
    );
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const headers = {
    'content-type': 'application/json',
    ...(name === 'faunadb-server'
      ? { authorization: `Bearer ${ROOT_KEY}`, 'x-faunadb-api-version': '4' }
      : { 'cdi-version': '5.4' }),
  };
  const send: Server['send'] = (method, path, headers, body) =>
    new Promise((resolve, reject) => {
      const { hostname: host, port } = new URL(url);
      const sent = request({ host, port, path, method, agent, headers }, (response) => {
        if (response.headers['x-fauna-stream-id'] !== undefined) {
          // A stream has no end of its own: that it began is the answer.
          response.on('error', () => {}).destroy();
          resolve({ status: response.statusCode ?? 0, body: '' });
          return;
        }
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      });
      sent.setTimeout(20_000, () => sent.destroy(new Error(`${method} ${path} got no answer within 20 s`)));
      sent.on('error', (cause) => {
        // The connections close a moment before the exit of the process is known.
        setTimeout(() => {
          const { ended, output } = process;
          const state = ended === undefined ? '' : `; the process has ended by ${ended}: ${output.slice(-2000)}`;
          reject(new Error(`${name}: ${method} ${path}: ${cause.message}${state}`, { cause }));
        }, 500);
      });
      sent.end(body);
    });
  return {
    name,
    pid: child.pid!,
    url,
    get ended() {
      return process.ended;
    },
    get output() {
      return process.output;
    },
    ask: (method, path, body) => send(method, path, headers, body === undefined ? undefined : JSON.stringify(body)),
    send,
    async kill() {
      agent.destroy();
      await process.end();
    },
  };
}

/** Thrown if a server ends before it is ready. */
export class ServerRefused extends Error {
  constructor(
    message: string,
    readonly how: string,
  ) {
    super(message);
  }
}

/** Runs a command of a server's command line to its end. */
export async function command(name: ServerName, args: readonly string[]): Promise<{ code: string; output: string }> {
  const child = runCli(name, args);
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => (output += chunk));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code: signal ?? String(code), output };
}

/** Runs from the sources, without a build; with `--built` from the build, which starts sooner. */
function runCli(name: ServerName, args: readonly string[]): ChildProcess {
  const folder = new URL(`../../packages/${name}/`, import.meta.url);
  const program = process.env.TORTURE_BUILT
    ? [fileURLToPath(new URL(`bin/${name}.mjs`, folder))]
    : ['--conditions', 'source', '--import', 'tsx', fileURLToPath(new URL('src/cli.ts', folder))];
  return spawn(process.execPath, [...program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Passwords are hashed fast, so that a run has time for more requests.
    env: { BCRYPT_LOG_ROUNDS: '4', ...process.env, FAUNADB_ROOT_KEY: ROOT_KEY },
  });
}
