import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Expr } from 'faunadb';
import { watched } from '../../../torture/src/watched.js';

/** The root key of the servers that these tests start. */
export const ROOT_KEY = 'the-root-key';

const CLI = fileURLToPath(new URL('../src/cli.ts', import.meta.url));

/** A server in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  /** Ends the process at once, whatever it is doing. @throws {Error} if it failed before, see {@link watched} */
  kill(): Promise<void>;
}

/** Starts a server as the command line does, on a data directory, with these variables in its environment too. */
export async function startServer(data: string, variables: NodeJS.ProcessEnv = {}): Promise<ServerProcess> {
  const child = fork(CLI, ['--port', '0', '--data', data, '--log-level', 'error'], {
    execArgv: ['--conditions', 'source', '--import', 'tsx'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...variables, FAUNADB_ROOT_KEY: ROOT_KEY },
  });
  const server = watched(child, 'the server');
  return { url: await urlOf(child), kill: () => server.end() };
}

async function urlOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface(child.stdout!)) {
    const url = /ready at (\S+)/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error('the server ended before it was ready');
}

/** Thrown for an answer that is an error. */
export class QueryError extends Error {
  override readonly name = 'QueryError';

  constructor(
    readonly status: number,
    /** The code of the first error. */
    readonly code: string,
  ) {
    super(`${status}: ${code}`);
  }
}

/** Asks a server over its socket, and gives what the answer holds. */
// biome-ignore lint/suspicious/noExplicitAny: answers are of every shape, and tests look into them.
export async function ask(url: string, query: Expr | object, secret = ROOT_KEY): Promise<any> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'x-faunadb-api-version': '4' },
    body: JSON.stringify(query),
  });
  const { resource, errors } = (await response.json()) as { resource?: unknown; errors?: { code: string }[] };
  if (errors !== undefined) throw new QueryError(response.status, errors[0]!.code);
  return resource;
}
