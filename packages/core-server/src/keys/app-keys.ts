import type { Store } from '@supertokens-faunadb/store';
import type { Clock } from '../common/clock.js';
import { once } from '../common/once.js';
import type { Settings } from '../settings/definitions.js';
import { loadRefreshTokenKey } from './refresh-token-key.js';
import { SigningKeys } from './signing-keys.js';

/** The keys with which an app signs and encrypts. */
export class AppKeys {
  readonly signing: SigningKeys;
  /** The secret of the app's refresh tokens. */
  readonly refreshTokenSecret: () => Promise<string>;

  constructor(store: Store, space: string, settings: () => Settings, clock: Clock) {
    this.signing = new SigningKeys(store, space, settings, clock);
    this.refreshTokenSecret = once(() => loadRefreshTokenKey(store, space));
  }
}
