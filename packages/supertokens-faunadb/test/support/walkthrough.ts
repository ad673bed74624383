import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import getPort from 'get-port';
import { expect, vi } from 'vitest';

const run = promisify(execFile);

/** The checkout, whose archives of `npm run pack` the guides install. */
export const repository = fileURLToPath(new URL('../../../../', import.meta.url)).replace(/\/$/, '');

/** A guide that is followed word for word in an empty folder, as a reader would. */
export class Walkthrough {
  readonly #running: ChildProcess[] = [];
  #output = '';

  private constructor(
    readonly folder: string,
    /** Where the page of the guide is. */
    readonly website: string,
  ) {}

  /**
   * Blocks that name a file are written, those of the shell are run, and those for a terminal of their own go on. The ports are
   * replaced by free ones: a machine that tests may have something at the guide's.
   */
  static async follow(guide: string): Promise<Walkthrough> {
    const folder = await mkdtemp(join(tmpdir(), 'guide-'));
    const [fauna, core, ...ports] = await Promise.all(Array.from({ length: 5 }, () => getPort()));
    const text = (await readFile(join(repository, 'docs', guide), 'utf8'))
      .replace(/\b300([0-2])\b/g, (_, which) => String(ports[which]))
      .replace(' dev --schema', ` dev --faunadb-port ${fauna} --core-port ${core} --schema`);
    const walkthrough = new Walkthrough(folder, `http://localhost:${ports[0]}`);
    await walkthrough.#followBlocks(text).catch(async (error) => {
      await walkthrough.end();
      throw error;
    });
    return walkthrough;
  }

  async #followBlocks(text: string): Promise<void> {
    const env = { ...process.env, REPOSITORY: repository, NODE_ENV: undefined };
    for (const [, info, code = ''] of text.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)) {
      const file = /^(?:\/\/|<!--) ([\w-]+\.\w+)/.exec(code)?.[1];
      if (file !== undefined) await writeFile(join(this.folder, file), code);
      else if (info === 'sh terminal') await this.#inTerminal(code.trim(), env);
      else if (info === 'sh') {
        for (const line of code.trim().split('\n')) await run('sh', ['-c', line], { cwd: this.folder, env });
      }
    }
  }

  /** Starts what goes on by itself, and waits until it says that it is ready. */
  async #inTerminal(command: string, env: NodeJS.ProcessEnv): Promise<void> {
    const child = spawn('sh', ['-c', command], {
      cwd: this.folder,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#running.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        output += text;
        this.#output += text;
      });
    }
    await vi.waitFor(() => {
      if (child.exitCode !== null) throw new Error(`${command} ended: ${output}`);
      expect(output).toMatch(/ready|is at/i);
    }, 60_000);
  }

  /** What a terminal shows sooner or later: the first group of the pattern. */
  async shown(pattern: RegExp): Promise<string> {
    return vi.waitFor(() => {
      const found = pattern.exec(this.#output)?.[1];
      if (found === undefined) throw new Error(`no terminal shows ${pattern}:\n${this.#output}`);
      return found;
    }, 30_000);
  }

  /** Stops what still runs, and removes the folder. */
  async end(): Promise<void> {
    for (const child of this.#running.reverse()) {
      if (child.exitCode !== null || child.pid === undefined) continue;
      const exited = once(child, 'exit');
      // The shell and what it runs are a group.
      process.kill(-child.pid, 'SIGINT');
      await exited;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
