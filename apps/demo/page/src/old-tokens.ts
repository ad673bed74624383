import type { Database } from './database.js';
import { byId, element, show } from './dom.js';
import type { Token } from './session.js';
import { startOf } from './token.js';

/** How often to test a replaced token, in milliseconds. */
const PAUSE = 1_000;

/** The tokens this page had before. It tests each one repeatedly until FaunaDB no longer accepts it. */
export class OldTokens {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * @param token that has been replaced, or whose session has ended.
   * @param why what happened to it, as in "after the refresh".
   */
  watch(token: Token, why: string): void {
    const state = element('span', 'state', 'testing …');
    const line = element('li', 'closing', element('code', '', startOf(token)), state);
    byId('old-tokens').prepend(line);
    show(byId('old-tokens-card'), true);
    void this.#untilDead(token, why, performance.now(), line, state);
  }

  async #untilDead(token: Token, why: string, since: number, line: HTMLElement, state: HTMLElement): Promise<void> {
    while (Date.now() < token.expiry) {
      const after = () => `${inWords(performance.now() - since)} ${why}`;
      try {
        if (!(await this.#database.opens(token.secret))) {
          line.className = 'dead';
          state.textContent = `401, ${after()}`;
          return;
        }
        state.textContent = `still valid, ${after()}`;
      } catch {
        state.textContent = 'FaunaDB does not answer, retrying';
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    line.className = 'dead';
    state.textContent = 'expired';
  }
}

function inWords(milliseconds: number): string {
  return milliseconds < 1_000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}
