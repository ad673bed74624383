import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from './repository.mjs';

/** How long a server may take to answer after its start, and to end after it was told to, in milliseconds. */
const patience = 20_000;

/** The servers of one run: started one after the other, stopped in the opposite order. */
export class Servers {
  #running = [];
  #stopping = false;
  #reportDeath = () => {};

  /** Settles when a server ends that was not told to, with a sentence about it. */
  died = new Promise((resolve) => {
    this.#reportDeath = resolve;
  });

  /**
   * Starts a Node program and waits until it answers.
   *
   * @param {string} name for people
   * @param {readonly string[]} args the program's file, from the repository's root, and its arguments
   * @param {{ ready: string, env?: Record<string, string> }} options `ready`: the address that answers when it is ready
   * @throws {Error} where it ends before that, or takes too long.
   */
  async start(name, args, { ready, env = {} }) {
    if (this.#stopping) throw new Error(`${name} is not started: everything is being stopped.`);
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const ended = once(child, 'exit').then(
      ([code, signal]) => `${name} ended by itself (${signal ?? `exit code ${code}`}).`,
    );
    this.#running.push({ name, child, ended });
    const failure = await Promise.race([ended, answers(ready)]);
    if (failure !== undefined) throw new Error(failure);
    ended.then((sentence) => {
      if (!this.#stopping) this.#reportDeath(sentence);
    });
  }

  /** Ends them all, the last started first; by force those that do not end in time. */
  async stop() {
    this.#stopping = true;
    for (const { name, child, ended } of this.#running.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGTERM');
      const inTime = await Promise.race([ended.then(() => true), pause(patience, false, { ref: false })]);
      if (inTime) continue;
      console.error(`${name} does not end: killing it.`);
      child.kill('SIGKILL');
      await ended;
    }
  }
}

/** @returns {Promise<string | undefined>} undefined when the address answers, else a sentence about its silence. */
async function answers(address) {
  const deadline = Date.now() + patience;
  while (Date.now() < deadline) {
    try {
      const response = await fetch(address, { signal: AbortSignal.timeout(1_000) });
      await response.body?.cancel();
      if (response.ok) return undefined;
    } catch {
      // Not listening yet.
    }
    await pause(50);
  }
  return `${address} does not answer.`;
}
