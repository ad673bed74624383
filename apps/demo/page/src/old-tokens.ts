import type { Database } from './database.js';
import { byId, element, show } from './dom.js';
import type { Token } from './session.js';
import { startOf } from './token.js';

/** How often a replaced token is tried, in milliseconds. */
const PAUSE = 1_000;

/** The tokens this page had before: each is tried again and again until the database no longer knows it. */
export class OldTokens {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * @param token the one that has been replaced, or whose session has ended.
   * @param why what happened to it, as in "after the refresh".
   */
  watch(token: Token, why: string): void {
    const state = element('span', 'state', 'trying it …');
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
        state.textContent = `still opens, ${after()}`;
      } catch {
        state.textContent = 'FaunaDB does not answer, trying again';
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    line.className = 'dead';
    state.textContent = 'has run out';
  }
}

function inWords(milliseconds: number): string {
  return milliseconds < 1_000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}
