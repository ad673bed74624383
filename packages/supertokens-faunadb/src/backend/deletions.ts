import { logDebugMessage } from '../shared/debug.js';
import type { SessionUser } from './options.js';

/** What became of a deletion of tokens that did not succeed at its first try. */
export interface TokenDeletionReport extends SessionUser {
  /** The sessions whose tokens they are; empty where a session was never made. */
  readonly sessionHandles: readonly string[];
  /**
   * - `retrying`: this try failed, and there will be another;
   * - `deleted`: a later try succeeded;
   * - `expired`: the tokens' ttl has passed, so that they open nothing any more.
   */
  readonly status: 'retrying' | 'deleted' | 'expired';
  /** How many tries there have been. */
  readonly tries: number;
  /** What the last failure was. */
  readonly error: Error;
}

/** Tokens to delete. */
export interface Deletion {
  readonly user: SessionUser;
  readonly sessionHandles: readonly string[];
  /** Deletes them, or fails. */
  readonly attempt: () => Promise<void>;
  /** When the last of them runs out by itself, in milliseconds since the epoch. */
  readonly expiry: number;
}

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;

/**
 * Deletes tokens now or, where FaunaDB is away, later: each deletion is tried again, after pauses that double from
 * 250 ms to 30 s, until it succeeds or the tokens have run out. A process that ends before leaves the rest to `sweep`.
 */
export class Deletions {
  readonly #report: ((report: TokenDeletionReport) => void) | undefined;

  constructor(report: ((report: TokenDeletionReport) => void) | undefined) {
    this.#report = report;
  }

  /** Returns after the first try, whether it succeeded or not; it never fails. */
  async delete(deletion: Deletion): Promise<void> {
    await this.#try(deletion, 1);
  }

  async #try(deletion: Deletion, tries: number, earlier?: Error): Promise<void> {
    try {
      await deletion.attempt();
      if (earlier !== undefined) this.#tell(deletion, 'deleted', tries, earlier);
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      if (Date.now() >= deletion.expiry) return this.#tell(deletion, 'expired', tries, failure);
      this.#tell(deletion, 'retrying', tries, failure);
      const pause = Math.min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE) * (0.5 + Math.random() / 2);
      // A process must be able to end: what it has not deleted by then, the ttl and `sweep` do.
      setTimeout(() => void this.#try(deletion, tries + 1, failure), pause).unref();
    }
  }

  #tell({ user, sessionHandles }: Deletion, status: TokenDeletionReport['status'], tries: number, error: Error): void {
    logDebugMessage(
      `deletion of the tokens of session ${sessionHandles.join(', ')}: ${status} after ${tries} tries: ${error.message}`,
    );
    // An application may well give an async function: its failure must not end the process.
    const report = async () => this.#report?.({ ...user, sessionHandles, status, tries, error });
    report().catch((failure) => logDebugMessage(`onTokenDeletion threw: ${String(failure)}`));
  }
}
