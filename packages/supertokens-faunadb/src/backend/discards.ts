import { Deletions } from './deletions.js';
import type { SessionUser, Settings } from './options.js';
import { possibleTokenIds, type TokenRecord } from './token-record.js';
import type { TokenStore } from './token-store.js';

/** For how long to try to delete a token of which nobody recorded the end, in milliseconds. */
export const LONGEST_EXPIRY = 86_400_000;

/** How many tokens to delete at most by one query, so that none grows beyond what FaunaDB takes. */
const IDS_A_QUERY = 1_000;

/** Deletes tokens of sessions, now or as soon as FaunaDB is back. */
export class Discards {
  readonly deletions: Deletions;
  readonly #store: TokenStore;

  constructor(settings: Settings, store: TokenStore) {
    this.deletions = new Deletions(settings.onTokenDeletion);
    this.#store = store;
  }

  /** Deletes whatever tokens these records can stand for: by one query, unless there are very many. */
  async discard(user: SessionUser, records: readonly TokenRecord[], sessionHandles: readonly string[]): Promise<void> {
    const ids = records.flatMap(possibleTokenIds);
    const strangers = records.flatMap(({ generation, secret }) => (generation < 0 && secret ? [secret] : []));
    await this.deletions.delete({
      user,
      sessionHandles,
      // Not by arguments of Math.max: there can be more records than a call takes.
      expiry: records.reduce((latest, { expiry }) => Math.max(latest, expiry ?? Date.now() + LONGEST_EXPIRY), 0),
      attempt: async () => {
        for (let from = 0; from < ids.length; from += IDS_A_QUERY) {
          await this.#store.remove(user, ids.slice(from, from + IDS_A_QUERY));
        }
        for (const secret of strangers) await this.#store.removeBySecret(user, secret);
      },
    });
  }

  /** Leaves a token of the old integration no longer than the grace. */
  async retireStranger(user: SessionUser, secret: string, sessionHandle: string): Promise<void> {
    await this.deletions.delete({
      user,
      sessionHandles: [sessionHandle],
      expiry: Date.now() + LONGEST_EXPIRY,
      attempt: () => this.#store.retireBySecret(user, secret),
    });
  }
}
