import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { root } from './repository.mjs';

/** How long a server may take to answer after its start, and to end after it was asked to, in milliseconds. */
const TIMEOUT = 20_000;

/** Preloaded into every server. */
const endWithParent = new URL('end-with-parent.mjs', import.meta.url).href;

/** The servers of one run, started one after the other and stopped in reverse order. */
export class Servers {
  /** @type {{ name: string, child: import('node:child_process').ChildProcess, ended: Promise<string> }[]} */
  #running = [];
  #stopping = false;
  /** @type {(sentence: string) => void} */
  #reportDeath = () => {};

  /**
   * Resolves, with a message, when a server ends unexpectedly.
   *
   * @type {Promise<string>}
   */
  died = new Promise((resolve) => {
    this.#reportDeath = resolve;
  });

  /**
   * Starts a Node program and waits until it answers.
   *
   * @param {string} name shown to people
   * @param {readonly string[]} args the program's file, from the repository's root, and its arguments
   * @param {{ ready: string, env?: Record<string, string> }} options `ready`: a URL that answers once the server is ready
   * @throws {Error} if it ends before that or takes too long.
   */
  async start(name, args, { ready, env = {} }) {
    if (this.#stopping) throw new Error(`${name} is not started: everything is being stopped.`);
    const child = spawn(process.execPath, ['--import', endWithParent, ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const ended = once(child, 'exit').then(
      ([code, signal]) => `${name} ended unexpectedly (${signal ?? `exit code ${code}`}).`,
    );
    this.#running.push({ name, child, ended });
    const isOver = () => child.exitCode !== null || child.signalCode !== null;
    const answered = await answers(ready, TIMEOUT, isOver);
    if (isOver()) throw new Error(`${name} did not start: see above.`);
    if (!answered) throw new Error(`${name} does not answer at ${ready}.`);
    ended.then((sentence) => {
      if (!this.#stopping) this.#reportDeath(sentence);
    });
  }

  /** Whether there are any to stop. */
  get any() {
    return this.#running.length > 0;
  }

  /** Stops all servers, the last started first. Kills those that do not end in time. */
  async stop() {
    this.#stopping = true;
    for (const { name, child, ended } of this.#running.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const force = setTimeout(() => {
        console.error(`${name} does not end: killing it.`);
        child.kill('SIGKILL');
      }, TIMEOUT);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(force);
    }
  }
}

/**
 * Waits until a URL answers.
 *
 * @param {string} address
 * @param {number} limit how long at most, in milliseconds
 * @param {() => boolean} [isOver] whether to stop waiting
 * @returns {Promise<boolean>} whether it answered.
 */
export async function answers(address, limit, isOver = () => false) {
  const deadline = Date.now() + limit;
  while (Date.now() < deadline && !isOver()) {
    try {
      const response = await fetch(address, { signal: AbortSignal.timeout(1_000) });
      await response.body?.cancel();
      if (response.ok) return true;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
