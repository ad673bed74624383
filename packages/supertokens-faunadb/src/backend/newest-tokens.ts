import { FaunadbSessionError } from '../shared/errors.js';
import { isSessionEnded } from './place.js';

/** How often a stream looks for what other processes did to its session, in milliseconds. */
const WATCH_INTERVAL = 1_000;

/** For how long an answer of the Core serves the other streams of a session too, in milliseconds. */
const FRESHNESS = 250;

interface Answer {
  readonly token: Promise<string>;
  readonly until: number;
}

/**
 * The tokens that sessions have at this moment, for streams, which outlive the request that opened them. What this process
 * does to a session they hear at once; for what others do, the Core is asked once a second and session.
 */
export class NewestTokens {
  readonly #tokenOf: (handle: string, checkAlive: boolean) => Promise<string | undefined>;
  readonly #answers = new Map<string, Answer>();
  readonly #watches = new Map<string, Set<() => void>>();

  constructor(tokenOf: (handle: string, checkAlive: boolean) => Promise<string | undefined>) {
    this.#tokenOf = tokenOf;
  }

  /** @throws FaunadbSessionError `SESSION_NOT_FOUND` where the session has ended. */
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

  /** Calls back when the session may have another token, or none. Returns how to stop that. */
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

  /** This process has done something to the session. */
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
