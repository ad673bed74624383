import { createHash } from 'node:crypto';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';

/** Loaded at first use, for a faster start: most servers never see a JWT. */
const loadJose = () => import('jose');

/** How many identity providers' keys are cached, and for each how many tokens with a verified signature. */
const PROVIDERS = 100;
const TOKENS = 10_000;
/** How long an identity provider may take to answer, in ms, and how long its answer may be, in bytes. */
const TIMEOUT = 5_000;
const MAX_SIZE = 1_048_576;
/**
 * How long to wait before the next request to a provider, after an unknown key or a failed answer, in ms; as in
 * FaunaDB.
 */
const COOLDOWN = 500;
/** The age at which keys are fetched again, in ms. Meanwhile tokens are checked with the old keys. */
const REFRESH = 300_000;
/** The age at which keys are no longer trusted if their provider is unreachable, in ms. */
const MAX_AGE = 3_600_000;

/** Neither shared secrets nor unsigned tokens. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** Keys as published at some time. */
interface Keys {
  readonly text: string;
  readonly find: JWTVerifyGetKey;
  /** Hashes of the tokens that one of the keys has signed. */
  readonly signed: Set<string>;
}

/**
 * The keys that an identity provider publishes at an address. They are fetched for the first token, then every few
 * minutes as long as tokens arrive, and for a token with an unknown key. Clients cannot make this server flood a
 * provider with requests, and a provider that is unreachable for a while locks out no tokens whose keys are known.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7517#section-5
 */
class PublishedKeys {
  readonly #uri: string;
  #keys: Keys | undefined;
  /** When the current keys were published, and when they were last requested, in ms. */
  #since = Number.NEGATIVE_INFINITY;
  #asked = Number.NEGATIVE_INFINITY;
  #loading: Promise<void> | undefined;

  constructor(uri: string) {
    this.#uri = uri;
  }

  /** Whether a token is already known to be signed with one of the current keys. */
  hasSigned(token: string): boolean {
    return this.#usable()?.signed.has(hash(token)) ?? false;
  }

  /** @throws {Error} for an invalid token, invalid keys, or an unreachable provider. */
  async check(token: string): Promise<void> {
    const jose = await loadJose();
    if (!this.#usable()) await this.#load();
    const verify = async () => {
      const keys = this.#keys!;
      await jose.compactVerify(token, keys.find, { algorithms: ALGORITHMS });
      if (keys.signed.size >= TOKENS) keys.signed.delete(keys.signed.keys().next().value as string);
      keys.signed.add(hash(token));
    };
    await verify().catch(async (error) => {
      if (!(error instanceof jose.errors.JWKSNoMatchingKey)) throw error;
      await this.#load();
      await verify();
    });
  }

  /** Returns the keys unless they are too old, and fetches them again in time. */
  #usable(): Keys | undefined {
    const age = performance.now() - this.#since;
    if (age > MAX_AGE) return undefined;
    // The next token retries after a failure.
    if (age > REFRESH) this.#load().catch(() => {});
    return this.#keys;
  }

  /** @throws {Error} if the request fails, or failed just now. */
  #load(): Promise<void> {
    if (!this.#loading) {
      if (performance.now() - this.#asked < COOLDOWN) return Promise.reject(new Error('asked a moment ago'));
      this.#loading = this.#fetch().finally(() => {
        this.#asked = performance.now();
        this.#loading = undefined;
      });
    }
    return this.#loading;
  }

  async #fetch(): Promise<void> {
    const { createLocalJWKSet } = await loadJose();
    const text = await textAt(this.#uri);
    if (text !== this.#keys?.text) this.#keys = { text, find: createLocalJWKSet(keySetOf(text)), signed: new Set() };
    this.#since = performance.now();
  }
}

const providers = new Map<string, PublishedKeys>();

/** Whether a token is already known to be signed with one of the keys published at `uri`. */
export function isKnownToBeSigned(uri: string, token: string): boolean {
  return providers.get(uri)?.hasSigned(token) ?? false;
}

/** Whether a token was signed with one of the keys published at `uri`. */
export async function isSignedByKeysAt(uri: string, token: string): Promise<boolean> {
  let keys = providers.get(uri);
  if (!keys) {
    keys = new PublishedKeys(uri);
    if (providers.size >= PROVIDERS) providers.delete(providers.keys().next().value as string);
    providers.set(uri, keys);
  }
  // A bad signature, an unreadable key or an unreachable provider all mean no.
  return keys.check(token).then(
    () => true,
    () => false,
  );
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

/** @throws {Error} if the answer does not arrive in time, or is too long. */
async function textAt(uri: string): Promise<string> {
  const headers = { accept: 'application/json, application/jwk-set+json' };
  // Redirects are not followed: nobody else may speak for the provider.
  const response = await fetch(uri, { headers, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT) });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`Answered with ${response.status}.`);
  }
  const chunks: Uint8Array[] = [];
  const reader = response.body?.getReader();
  for (let size = 0; reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MAX_SIZE) {
      await reader.cancel();
      throw new Error(`Has more than ${MAX_SIZE} bytes.`);
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks).toString();
}

/** Parses a set of keys, dropping invalid ones. @throws {Error} if it is not a set of keys. */
function keySetOf(text: string): JSONWebKeySet {
  const { keys } = JSON.parse(text);
  if (!Array.isArray(keys)) throw new Error('Has no list of keys.');
  return { keys: keys.filter((key) => typeof key === 'object' && key !== null && !Array.isArray(key)) };
}
