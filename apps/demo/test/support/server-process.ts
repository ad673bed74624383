import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.js';
import type { MortalServer } from './servers.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** An embedded server as a process of its own, which can be killed and started again on the same port and data. */
export class ServerProcess implements MortalServer {
  readonly url: string;
  readonly #args: readonly string[];
  readonly #readyPath: string;
  readonly #env: Record<string, string>;
  #child: ChildProcess | undefined;

  private constructor(port: number, readyPath: string, args: readonly string[], env: Record<string, string>) {
    this.url = `http://127.0.0.1:${port}`;
    this.#args = args;
    this.#readyPath = readyPath;
    this.#env = env;
  }

  static async faunadb(data: string, rootKey: string): Promise<ServerProcess> {
    const port = await freePort();
    const args = ['packages/faunadb-server/src/cli.ts', '--port', String(port), '--data', data, '--log-level', 'error'];
    const server = new ServerProcess(port, '/ping', args, { FAUNADB_ROOT_KEY: rootKey });
    await server.start();
    return server;
  }

  static async core(data: string): Promise<ServerProcess> {
    const port = await freePort();
    const args = ['packages/core-server/src/cli.ts', '--host', '127.0.0.1', '--port', String(port), '--data', data];
    const server = new ServerProcess(port, '/hello', args, {});
    await server.start();
    return server;
  }

  /** Starts it from its sources and waits until it answers. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', ...this.#args], {
      cwd: root,
      env: { ...process.env, ...this.#env },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.#child = child;
    while (!(await this.#answers())) {
      if (child.exitCode !== null) throw new Error(`${this.#args[0]} ended with exit code ${child.exitCode}.`);
      await pause(25);
    }
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  async #answers(): Promise<boolean> {
    return fetch(this.url + this.#readyPath).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}
