import type { Store } from '@supertokens-faunadb/store';
import type { Settings } from '../settings/definitions.js';
import { loadRefreshTokenKey } from './refresh-token-key.js';
import { SigningKeys } from './signing-keys.js';

/** What an app signs and encrypts with. */
export class AppKeys {
  readonly signing: SigningKeys;
  #refreshTokenSecret: Promise<string> | undefined;

  constructor(
    private readonly store: Store,
    private readonly space: string,
    settings: () => Settings,
  ) {
    this.signing = new SigningKeys(store, space, settings);
  }

  refreshTokenSecret(): Promise<string> {
    this.#refreshTokenSecret ??= loadRefreshTokenKey(this.store, this.space);
    return this.#refreshTokenSecret;
  }
}
