import { Deletions } from './deletions.js';
import type { SessionUser, Settings } from './options.js';
import { possibleTokenIds, type TokenRecord } from './token-record.js';
import type { TokenStore } from './token-store.js';

/** How long to retry the deletion of a token whose expiry is unknown, in milliseconds. */
export const LONGEST_EXPIRY = 86_400_000;

/** The most tokens that one query deletes, so that no query exceeds FaunaDB's limits. */
const IDS_PER_QUERY = 1_000;

/** Deletes tokens of sessions, now or as soon as FaunaDB is available again. */
export class Discards {
  readonly deletions: Deletions;
  readonly #store: TokenStore;

  constructor(settings: Settings, store: TokenStore) {
    this.deletions = new Deletions(settings.onTokenDeletion);
    this.#store = store;
  }

  /** Deletes all tokens that the sessions with these records can have: by one query, unless there are very many. */
  async discard(user: SessionUser, records: readonly TokenRecord[], sessionHandles: readonly string[]): Promise<void> {
    const ids = records.flatMap(possibleTokenIds);
    const legacySecrets = records.flatMap(({ generation, secret }) => (generation < 0 && secret ? [secret] : []));
    await this.deletions.delete({
      user,
      sessionHandles,
      // Not Math.max(...): there can be more records than a call takes arguments.
      expiry: records.reduce((latest, { expiry }) => Math.max(latest, expiry ?? Date.now() + LONGEST_EXPIRY), 0),
      attempt: async () => {
        for (let from = 0; from < ids.length; from += IDS_PER_QUERY) {
          await this.#store.remove(user, ids.slice(from, from + IDS_PER_QUERY));
        }
        for (const secret of legacySecrets) await this.#store.removeBySecret(user, secret);
      },
    });
  }

  /** Limits the life of a legacy token to the grace period. */
  async retireLegacyToken(user: SessionUser, secret: string, sessionHandle: string): Promise<void> {
    await this.deletions.delete({
      user,
      sessionHandles: [sessionHandle],
      expiry: Date.now() + LONGEST_EXPIRY,
      attempt: () => this.#store.retireBySecret(user, secret),
    });
  }
}
