import { randomUUID } from 'node:crypto';
import type { Store } from '@supertokens-faunadb/store';
import { type Clock, systemClock } from '../common/clock.js';
import { once } from '../common/once.js';
import type { Settings } from '../settings/definitions.js';
import { key, keysUnder } from '../storage/key.js';
import { settled } from '../storage/settled.js';
import { parseJson, putJson } from '../storage/value.js';
import { type KeyPair, takeKeyPair } from './key-pair.js';
import { SigningKey } from './signing-key.js';

/** Milliseconds that a new dynamic key is public before it signs, so that every verifier can fetch it in time. */
const OVERLAP = 60_000;
/** The lifetime reported for a static key to clients that expect one, in milliseconds. */
const TEN_YEARS = 10 * 365 * 24 * 3600 * 1000;

interface Row extends KeyPair {
  readonly kid: string;
  readonly createdAt: number;
}

/** A JSON Web Key as the key set lists it. @see https://www.rfc-editor.org/rfc/rfc7517 */
export interface PublicJwk {
  readonly kty: 'RSA';
  readonly kid: string;
  readonly n: string;
  readonly e: string;
  readonly alg: 'RS256';
  readonly use: 'sig';
}

/**
 * An app's signing keys: a permanent static key, and a dynamic key that rotates. A dynamic key is published a minute before it
 * signs, and verifies until the last token it signed has expired, so every valid token can be verified. Keys are generated on
 * first use, off the main thread.
 */
export class SigningKeys {
  #dynamic: SigningKey[] = []; // the newest first
  #static: SigningKey | undefined;
  #rotation: Promise<void> | undefined;
  readonly #makeStatic = once(() => this.#make((createdAt) => ({ kid: `s-${randomUUID()}`, createdAt })));
  readonly #store: Store;
  readonly #space: string;
  readonly #settings: () => Settings;

  /** Returns the current time. */
  readonly now: Clock;

  /** @param settings returns the app's current settings */
  constructor(store: Store, space: string, settings: () => Settings, clock: Clock = systemClock) {
    this.now = clock;
    this.#store = store;
    this.#space = space;
    this.#settings = settings;

    const rows = store.read((reader) =>
      Array.from(reader.range(keysUnder(space, 'signing-key')), ({ value }) => parseJson<Row>(value)),
    ).value;
    for (const row of rows) {
      const loaded = new SigningKey(row.kid, row.createdAt, row);
      if (row.kid.startsWith('s-')) this.#static ??= loaded;
      else this.#dynamic.push(loaded);
    }
    this.#sort();
  }

  /** Makes the keys that are missing. */
  async prepare(): Promise<void> {
    await Promise.all([this.dynamicKeys(), this.staticKey()]);
  }

  /** The key to sign with now. */
  async signingKey(kind: 'dynamic' | 'static'): Promise<SigningKey> {
    if (kind === 'static') return this.staticKey();
    const [newest, previous] = await this.dynamicKeys();
    const now = this.now();
    const isTooNew = newest.createdAt + OVERLAP > now;
    return isTooNew && previous !== undefined && now < previous.createdAt + this.#interval ? previous : newest;
  }

  async staticKey(): Promise<SigningKey> {
    this.#static ??= await this.#makeStatic();
    return this.#static;
  }

  /** The dynamic keys that verify, the newest first. */
  async dynamicKeys(): Promise<[SigningKey, ...SigningKey[]]> {
    const now = this.now();
    const newest = this.#dynamic[0];
    if (newest === undefined || now >= newest.createdAt + this.#interval) await this.#rotate();
    // An early rotation may fail: the next call retries.
    else if (now + OVERLAP > newest.createdAt + this.#interval) this.#rotate().catch(() => {});
    const verifying = this.#dynamic.filter(({ createdAt }) => createdAt >= now - this.#lifetime);
    return verifying as [SigningKey, ...SigningKey[]];
  }

  /** A key that may still verify, by its id. */
  async find(kid: string): Promise<SigningKey | undefined> {
    if (this.#static?.kid === kid) return this.#static;
    const found = this.#dynamic.find((candidate) => candidate.kid === kid);
    return found !== undefined && found.createdAt >= this.now() - this.#lifetime ? found : undefined;
  }

  /** Every key that may verify, the static one last. */
  async all(): Promise<SigningKey[]> {
    return [...(await this.dynamicKeys()), await this.staticKey()];
  }

  async jwks(): Promise<PublicJwk[]> {
    return (await this.all()).map(({ kid, jwk }) => ({ kty: 'RSA', kid, ...jwk, alg: 'RS256', use: 'sig' }));
  }

  /** For how many seconds the key set cannot change. */
  async cacheSeconds(): Promise<number> {
    const [newest] = await this.dynamicKeys();
    return Math.max(1, Math.trunc((newest.createdAt + this.#interval - OVERLAP - this.now()) / 1000));
  }

  /** The keys as clients of CDI 2.20 and older receive them; `withList` from 2.9 on. */
  async legacyInfo(withList: boolean): Promise<object> {
    const isDynamic = this.#settings().access_token_signing_key_dynamic;
    const current = await this.signingKey(isDynamic ? 'dynamic' : 'static');
    const keys = isDynamic ? await this.dynamicKeys() : [current];
    const lasting = isDynamic ? this.#lifetime : TEN_YEARS;
    return {
      jwtSigningPublicKey: current.publicDer,
      jwtSigningPublicKeyExpiryTime: isDynamic ? current.createdAt + this.#interval : TEN_YEARS,
      ...(withList && {
        jwtSigningPublicKeyList: keys.map(({ publicDer, createdAt }) => ({
          publicKey: publicDer,
          expiryTime: createdAt + lasting,
          createdAt,
        })),
      }),
    };
  }

  get #interval(): number {
    return this.#settings().access_token_dynamic_signing_key_update_interval * 3_600_000;
  }

  get #lifetime(): number {
    return this.#interval + 2 * this.#settings().access_token_validity * 1000;
  }

  #rotate(): Promise<void> {
    this.#rotation ??= this.#make((createdAt) => ({ kid: `d-${createdAt}`, createdAt }))
      .then((made) => {
        this.#dynamic.unshift(made);
        this.#dynamic = this.#dynamic.filter(({ createdAt }) => createdAt >= this.now() - this.#lifetime);
        this.#sort();
      })
      .finally(() => {
        this.#rotation = undefined;
      });
    return this.#rotation;
  }

  async #make(name: (createdAt: number) => { kid: string; createdAt: number }): Promise<SigningKey> {
    const pair = await takeKeyPair();
    const row: Row = { ...name(this.now()), ...pair };
    await settled(
      this.#store.transact((transaction) => {
        const outdated = this.now() - this.#lifetime;
        for (const { key: stored, value } of [...transaction.range(keysUnder(this.#space, 'signing-key'))]) {
          const { kid, createdAt } = parseJson<Row>(value);
          if (kid.startsWith('d-') && createdAt < outdated) transaction.remove(stored);
        }
        putJson(transaction, key(this.#space, 'signing-key', row.kid), row);
      }),
    );
    return new SigningKey(row.kid, row.createdAt, pair);
  }

  #sort(): void {
    this.#dynamic.sort((a, b) => b.createdAt - a.createdAt);
  }
}
