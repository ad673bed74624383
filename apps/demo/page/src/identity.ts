import type { Database } from './database.js';
import { byId } from './dom.js';
import { nameAtBackend, type Token } from './session.js';
import { clockTime, startOf } from './token.js';

/** The card that shows the user that FaunaDB identifies, and the token that it identifies the user by. */
export class IdentityCard {
  readonly #database: Database;
  #token: Token | undefined;
  #life = 1;

  constructor(database: Database) {
    this.#database = database;
    setInterval(() => this.#tick(), 1_000);
  }

  /** @param token the session's new token; undefined if it has none yet. */
  showToken(token: Token | undefined): void {
    this.#token = token;
    this.#life = token === undefined ? 1 : token.expiry - Date.now();
    byId('token-start').textContent = token === undefined ? 'none yet' : startOf(token);
    byId('token-expiry').textContent = token === undefined ? '—' : new Date(token.expiry).toLocaleTimeString();
    this.#tick();
  }

  /** Asks both FaunaDB and the backend who the user is. */
  async read(): Promise<void> {
    const { name, ref } = await this.#database.whoAmI();
    byId('identity-name').textContent = name;
    byId('identity-initial').textContent = name.slice(0, 1);
    byId('identity-ref').textContent = String(ref);
    byId('post-name').textContent = name;
    byId('backend-name').textContent = await nameAtBackend();
  }

  #tick(): void {
    byId('clock').textContent = new Date().toLocaleTimeString();
    if (this.#token === undefined) return;
    const left = this.#token.expiry - Date.now();
    byId('token-left').textContent = left > 0 ? `${clockTime(left)} left` : 'expired';
    byId<HTMLProgressElement>('token-life').value = Math.max(0, left / this.#life);
  }
}
