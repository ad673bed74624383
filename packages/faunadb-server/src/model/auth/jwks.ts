import { createHash } from 'node:crypto';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';

/** Loaded at the first use: most servers never see a JWT, and start the sooner without. */
const loadJose = () => import('jose');

/** How many identity providers' keys are kept at a time, and for each how many tokens that they were found to have signed. */
const PROVIDERS = 100;
const TOKENS = 10_000;
/** How long an identity provider may take to answer, in ms, and how much it may answer, in bytes. */
const TIMEOUT = 5_000;
const MAX_SIZE = 1_048_576;
/** How long none is asked again, on account of a key that it has not or of an answer that was none, in ms; as in FaunaDB. */
const COOLDOWN = 500;
/** How old keys may become before they are asked for again, in ms, while tokens go on to be checked by the old ones. */
const REFRESH = 300_000;
/** How old keys may become while their provider is away, in ms, before none of its tokens is trusted any more. */
const MAX_AGE = 3_600_000;

/** Nothing that is signed with a shared secret, let alone not at all. */
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

/** Keys as they were published at a time. */
interface Keys {
  readonly text: string;
  readonly find: JWTVerifyGetKey;
  /** Hashes of the tokens that one of them has signed. */
  readonly signed: Set<string>;
}

/**
 * The keys that an identity provider publishes at an address. They are asked for at the first token, every few minutes from
 * then on as long as tokens come, and for a token whose key is not among them; whoever sends tokens cannot make this server
 * hammer a provider's, and a provider that is away for a while keeps nobody out whose keys are known.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7517#section-5
 */
class PublishedKeys {
  readonly #uri: string;
  #keys: Keys | undefined;
  /** When the keys were what was published, and when they were asked for last, in ms. */
  #since = Number.NEGATIVE_INFINITY;
  #asked = Number.NEGATIVE_INFINITY;
  #loading: Promise<void> | undefined;

  constructor(uri: string) {
    this.#uri = uri;
  }

  /** Whether a token was found to be signed with one of the present keys. */
  hasSigned(token: string): boolean {
    return this.#usable()?.signed.has(hash(token)) ?? false;
  }

  /** @throws whatever is wrong with the token, the keys, or their provider. */
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

  /** The keys, where they are not too old. They are asked for again in time. */
  #usable(): Keys | undefined {
    const age = performance.now() - this.#since;
    if (age > MAX_AGE) return undefined;
    // What goes wrong is asked about again by the next token.
    if (age > REFRESH) this.#load().catch(() => {});
    return this.#keys;
  }

  /** @throws {Error} where they cannot be had, or could not just now. */
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

/** Whether a token is known to be signed with one of the keys that are published at `uri`. */
export function isKnownToBeSigned(uri: string, token: string): boolean {
  return providers.get(uri)?.hasSigned(token) ?? false;
}

/** Whether a token was signed with one of the keys that are published at `uri`. */
export async function isSignedByKeysAt(uri: string, token: string): Promise<boolean> {
  let keys = providers.get(uri);
  if (!keys) {
    keys = new PublishedKeys(uri);
    if (providers.size >= PROVIDERS) providers.delete(providers.keys().next().value as string);
    providers.set(uri, keys);
  }
  // A bad signature, a key that cannot be read, a provider that is away: nobody is let in on any of these.
  return keys.check(token).then(
    () => true,
    () => false,
  );
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

/** @throws {Error} where it cannot be had in time, or is too long. */
async function textAt(uri: string): Promise<string> {
  const headers = { accept: 'application/json, application/jwk-set+json' };
  // No one else is believed to speak for the provider: neither are redirects followed.
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

/** A set of keys as it is written, without what is no key at all. @throws {Error} where it is none. */
function keySetOf(text: string): JSONWebKeySet {
  const { keys } = JSON.parse(text);
  if (!Array.isArray(keys)) throw new Error('Has no list of keys.');
  return { keys: keys.filter((key) => typeof key === 'object' && key !== null && !Array.isArray(key)) };
}
