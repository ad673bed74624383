import { randomBytes } from 'node:crypto';
import * as argon2 from '@node-rs/argon2';
import * as bcrypt from '@node-rs/bcrypt';
import pLimit from 'p-limit';
import type { Settings } from '../settings/definitions.js';
import { parseFirebaseHash, verifyFirebaseHash } from './firebase-scrypt.js';

/** The kinds of hashes that a password may have. */
export type HashingAlgorithm = 'ARGON2' | 'BCRYPT' | 'FIREBASE_SCRYPT';

/** Bcrypt has so many of libuv's four threads at most, for the disk and signatures need one too. */
const BCRYPT_THREADS = 3;
/** The maximum cost of verifying an imported hash. Costlier ones never match: they would delay other requests or exhaust the memory. */
const MOST_ROUNDS = 20;
const MOST_MEMORY_KB = 2 ** 20;
const MOST_PASSES_KB = 2 ** 24;

const ARGON2ID = 2;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Hashes passwords and verifies them, a few at a time and off the main thread. */
export class Passwords {
  readonly #argon2: ReturnType<typeof pLimit>;
  readonly #firebase: ReturnType<typeof pLimit>;
  readonly #bcrypt = pLimit(BCRYPT_THREADS);

  /** @param settings the operator's: how many hashes there may be at once */
  constructor(settings: Settings) {
    this.#argon2 = pLimit(settings.argon2_hashing_pool_size);
    this.#firebase = pLimit(Math.max(1, settings.firebase_password_hashing_pool_size));
  }

  /** The hash of a password, as the settings of its app say. */
  async hash(password: string, settings: Settings): Promise<string> {
    if (settings.password_hashing_alg?.toUpperCase() !== 'ARGON2') {
      return this.#bcrypt(() => bcrypt.hash(password, settings.bcrypt_log_rounds));
    }
    const options = {
      algorithm: ARGON2ID,
      timeCost: settings.argon2_iterations,
      memoryCost: settings.argon2_memory_kb,
      parallelism: settings.argon2_parallelism,
      outputLen: HASH_BYTES,
      salt: randomBytes(SALT_BYTES),
    };
    return this.#argon2(() => argon2.hash(password, options));
  }

  /**
   * Whether a hash is a password's; one that is not well-formed is nobody's.
   *
   * @throws SignerKeyMissing when the check needs the app's Firebase key
   */
  async verify(password: string, hash: string, settings: Settings): Promise<boolean> {
    if (isArgon2(hash)) {
      return isAffordableArgon2(hash) && this.#argon2(() => argon2.verify(hash, password).catch(() => false));
    }
    if (isBcrypt(hash)) {
      // The kinds differ in nothing that is left of them today.
      const plain = hash.replace(/^\$2./, '$2b');
      return isAffordableBcrypt(plain) && this.#bcrypt(() => bcrypt.verify(password, plain).catch(() => false));
    }
    const parsed = parseFirebaseHash(hash);
    if (parsed === undefined) return false;
    const signerKey = signerKeyOf(settings);
    return this.#firebase(() => verifyFirebaseHash(password, parsed, signerKey));
  }
}

/** A hash is not of its declared algorithm. */
export class UnsupportedHash extends Error {
  override readonly name = 'UnsupportedHash';
}

/** The app has no `firebase_password_hashing_signer_key`, without which a Firebase hash cannot be checked. */
export class SignerKeyMissing extends Error {
  override readonly name = 'SignerKeyMissing';
  constructor() {
    super("'firebase_password_hashing_signer_key' cannot be null");
  }
}

/**
 * Checks that a hash looks like one that passwords can be verified by.
 *
 * @param algorithm its declared algorithm; `undefined`: any
 * @throws UnsupportedHash
 * @throws SignerKeyMissing
 */
export function checkHash(hash: string, algorithm: HashingAlgorithm | undefined, settings: Settings): void {
  const check = (holds: boolean, kind: string) => {
    if (!holds) throw new UnsupportedHash(`Password hash is in invalid ${kind}format`);
  };
  const isFirebase = parseFirebaseHash(hash) !== undefined;
  if (algorithm === 'ARGON2') check(isArgon2(hash), 'Argon2 ');
  else if (algorithm === 'BCRYPT') check(isBcrypt(hash), 'BCrypt ');
  else if (algorithm === 'FIREBASE_SCRYPT') {
    signerKeyOf(settings);
    check(isFirebase, 'Firebase SCrypt ');
  } else if (isFirebase) signerKeyOf(settings);
  else check(isBcrypt(hash) || isArgon2(hash), '');
}

function signerKeyOf({ firebase_password_hashing_signer_key: signerKey }: Settings): string {
  if (signerKey === null) throw new SignerKeyMissing();
  return signerKey;
}

function isArgon2(hash: string): boolean {
  return hash.startsWith('$argon2i') || hash.startsWith('$argon2d');
}

function isBcrypt(hash: string): boolean {
  return /^\$2[abxy]/.test(hash);
}

// Nothing else than what the real Core writes, for what a library makes of the rest need not be what is checked here.
const ARGON2 = /^\$argon2(?:id|i|d)(?:\$v=\d+)?\$m=(\d+),t=(\d+),p=\d+\$[\w+/=]+\$[\w+/=]+$/;

function isAffordableArgon2(hash: string): boolean {
  const [, memory, passes] = ARGON2.exec(hash) ?? [];
  return Number(memory) <= MOST_MEMORY_KB && Number(memory) * Number(passes) <= MOST_PASSES_KB;
}

function isAffordableBcrypt(hash: string): boolean {
  return Number(/^\$2b\$(\d\d)\$/.exec(hash)?.[1]) <= MOST_ROUNDS;
}
