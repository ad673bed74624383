import { FaunadbSessionError } from '../shared/errors.js';
import { isSessionEnded } from './place.js';

/** How often a stream checks for changes that other processes made to its session, in milliseconds. */
const WATCH_INTERVAL = 1_000;

/** How long the streams of a session share one answer of the Core, in milliseconds. */
const FRESHNESS = 250;

interface Answer {
  readonly token: Promise<string>;
  readonly until: number;
}

/**
 * The current tokens of sessions, for streams, which outlive the request that opened them. A stream learns of this process's
 * changes at once; to find other processes' changes, it asks the Core once a second per session.
 */
export class NewestTokens {
  readonly #tokenOf: (handle: string, checkAlive: boolean) => Promise<string | undefined>;
  readonly #answers = new Map<string, Answer>();
  readonly #watches = new Map<string, Set<() => void>>();

  constructor(tokenOf: (handle: string, checkAlive: boolean) => Promise<string | undefined>) {
    this.#tokenOf = tokenOf;
  }

  /** @throws FaunadbSessionError `SESSION_NOT_FOUND` if the session has ended. */
  of(handle: string, checkAlive: boolean): Promise<string> {
    const known = this.#answers.get(handle);
    if (known !== undefined && !checkAlive && Date.now() < known.until) return known.token;
    const answer = { token: this.#ask(handle, checkAlive), until: Date.now() + FRESHNESS };
    this.#answers.set(handle, answer);
    const forget = () => {
      if (this.#answers.get(handle) === answer) this.#answers.delete(handle);
    };
    answer.token.then(() => setTimeout(forget, FRESHNESS).unref(), forget);
    return answer.token;
  }

  /** Calls `changed` when the session may have another token, or none. Returns a function that stops watching. */
  watch(handle: string, changed: () => void): () => void {
    const watches = this.#watches.get(handle) ?? new Set();
    this.#watches.set(handle, watches.add(changed));
    const timer = setInterval(changed, WATCH_INTERVAL);
    return () => {
      clearInterval(timer);
      watches.delete(changed);
      if (watches.size === 0) this.#watches.delete(handle);
    };
  }

  /** To be called when this process has changed the session. */
  changed(handle: string): void {
    this.#answers.delete(handle);
    for (const changed of this.#watches.get(handle) ?? []) changed();
  }

  async #ask(handle: string, checkAlive: boolean): Promise<string> {
    const token = await this.#tokenOf(handle, checkAlive).catch((error) => {
      if (isSessionEnded(error)) return undefined;
      throw error;
    });
    if (token !== undefined) return token;
    throw new FaunadbSessionError('SESSION_NOT_FOUND', `The session ${handle} has ended.`);
  }
}
