import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** What Node or a server writes when nobody has caught an exception or a rejection. */
const UNCAUGHT = /uncaught|unhandled|node:internal\/process\/promises/i;

/** How much of the output is kept, in characters. */
const KEPT = 20_000;

/** A server in its own process, which must not fail in a way that nobody notices. */
export interface Watched {
  /** The last of what it wrote to standard output and standard error. */
  readonly output: string;
  /** How the process ended; `undefined` while it runs. */
  readonly ended: string | undefined;
  /**
   * Ends the process, unless this has been done before.
   *
   * @throws {Error} if it had ended by itself, or has reported an exception or a rejection that nobody caught
   */
  end(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/**
 * Watches a process whose output is piped.
 *
 * @param mayEnd whether it may end by itself, without an uncaught exception
 */
export function watched(child: ChildProcess, name: string, { mayEnd = false } = {}): Watched {
  let output = '';
  let fault: string | undefined;
  let ended: string | undefined;
  let isWanted = mayEnd;
  for (const stream of [child.stdout, child.stderr]) {
    // A line may come in several pieces.
    let line = '';
    stream?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-KEPT);
      line += chunk.toString();
      if (UNCAUGHT.test(line)) fault ??= `${name} has reported what nobody caught`;
      line = line.slice(line.lastIndexOf('\n') + 1).slice(-KEPT);
    });
  }
  child.once('close', (code, signal) => {
    ended = signal ?? `code ${code}`;
    if (!isWanted) fault ??= `${name} ended by itself, by ${ended}`;
  });
  return {
    get output() {
      return output;
    },
    get ended() {
      return ended;
    },
    async end(signal = 'SIGKILL') {
      isWanted = isWanted || (child.exitCode === null && child.signalCode === null);
      if (ended === undefined) {
        const closed = once(child, 'close');
        child.kill(signal);
        await closed;
      }
      if (fault !== undefined) throw new Error(`${fault}:\n${output}`);
    },
  };
}
