import { logDebugMessage } from '../shared/debug.js';
import type { SessionUser } from './options.js';

/** The status of a token deletion whose first try failed. */
export interface TokenDeletionReport extends SessionUser {
  /** The sessions that the tokens belong to; empty if the session was never created. */
  readonly sessionHandles: readonly string[];
  /**
   * - `retrying`: this try failed, and there will be another;
   * - `deleted`: a retry succeeded;
   * - `expired`: no retry succeeded, but the tokens have expired and are no longer valid.
   */
  readonly status: 'retrying' | 'deleted' | 'expired';
  /** The number of tries so far. */
  readonly tries: number;
  /** The last failure. */
  readonly error: Error;
}

/** Tokens to delete. */
export interface Deletion {
  readonly user: SessionUser;
  readonly sessionHandles: readonly string[];
  /** Deletes the tokens. Rejects on failure. */
  readonly attempt: () => Promise<void>;
  /** When the last of the tokens expires, in milliseconds since the epoch. */
  readonly expiry: number;
}

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;

/**
 * Deletes tokens now or, if FaunaDB is unavailable, later. A failed deletion is retried, after pauses that double from
 * 250 ms to 30 s, until it succeeds or the tokens have expired. If the process ends first, `sweep` deletes the rest.
 */
export class Deletions {
  readonly #report: ((report: TokenDeletionReport) => void) | undefined;

  constructor(report: ((report: TokenDeletionReport) => void) | undefined) {
    this.#report = report;
  }

  /** Resolves after the first try, whether it succeeded or not. Never rejects. */
  async delete(deletion: Deletion): Promise<void> {
    await this.#try(deletion, 1);
  }

  async #try(deletion: Deletion, tries: number, earlier?: Error): Promise<void> {
    try {
      await deletion.attempt();
      if (earlier !== undefined) this.#notify(deletion, 'deleted', tries, earlier);
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      if (Date.now() >= deletion.expiry) return this.#notify(deletion, 'expired', tries, failure);
      this.#notify(deletion, 'retrying', tries, failure);
      const pause = Math.min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE) * (0.5 + Math.random() / 2);
      // Do not keep the process running: the ttl or `sweep` ends what it has not deleted.
      setTimeout(() => void this.#try(deletion, tries + 1, failure), pause).unref();
    }
  }

  #notify(
    { user, sessionHandles }: Deletion,
    status: TokenDeletionReport['status'],
    tries: number,
    error: Error,
  ): void {
    logDebugMessage(
      `deletion of the tokens of session ${sessionHandles.join(', ')}: ${status} after ${tries} tries: ${error.message}`,
    );
    // The callback may be async: its rejection must not end the process.
    const report = async () => this.#report?.({ ...user, sessionHandles, status, tries, error });
    report().catch((failure) => logDebugMessage(`onTokenDeletion threw: ${String(failure)}`));
  }
}
