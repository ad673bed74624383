import { createCipheriv, scrypt } from 'node:crypto';
import { isSameSecret } from '../common/secrets.js';

/** A password's hash as Firebase exports it, in the real Core's notation: `$f_scrypt$<hash>$<salt>$m=<n>$r=<n>$s=<separator>`. */
export interface FirebaseHash {
  readonly hash: string;
  readonly salt: string;
  readonly separator: string;
  readonly rounds: number;
  readonly memoryCost: number;
}

const KEY_BYTES = 64;
const CIPHER_KEY_BYTES = 32;
const MOST_MEMORY_BYTES = 2 ** 29;

/** @returns `undefined` if `text` is not such a hash; its named parts may be in any order */
export function parseFirebaseHash(text: string): FirebaseHash | undefined {
  const [before, prefix, hash, salt, ...named] = text.replace(/\$+$/, '').split('$');
  if (before !== '' || prefix !== 'f_scrypt' || hash === undefined || salt === undefined || named.length !== 3) {
    return undefined;
  }
  const partAfter = (name: string) => named.findLast((part) => part.startsWith(name))?.slice(name.length);
  const memoryCost = integerOf(partAfter('m='));
  const rounds = integerOf(partAfter('r='));
  const separator = partAfter('s=')?.split('s=')[0];
  if (memoryCost === undefined || rounds === undefined || !separator) return undefined;
  return { hash, salt, separator, rounds, memoryCost };
}

function integerOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^[+-]?\d{1,10}$/.test(text)) return undefined;
  const number = Number(text);
  return (number | 0) === number ? number : undefined;
}

/**
 * Whether a hash is a password's. Firebase hashes with scrypt and encrypts its project's key with the result.
 *
 * @param signerKey the project's, in base64
 * @see https://firebaseopensource.com/projects/firebase/scrypt/
 */
export async function verifyFirebaseHash(password: string, parsed: FirebaseHash, signerKey: string): Promise<boolean> {
  const salt = Buffer.concat([Buffer.from(parsed.salt, 'base64'), Buffer.from(parsed.separator, 'base64')]);
  // The real Core takes a password for ASCII, so that all other characters are alike.
  const ascii = Buffer.from(password.replace(/[^\0-\x7f]/gu, '?'), 'latin1');
  const key = await new Promise<Buffer | undefined>((resolve) => {
    try {
      const options = { N: 2 ** parsed.memoryCost, r: parsed.rounds, p: 1, maxmem: MOST_MEMORY_BYTES };
      scrypt(ascii, salt, KEY_BYTES, options, (error, derived) => resolve(error === null ? derived : undefined));
    } catch {
      resolve(undefined); // no such cost
    }
  });
  if (key === undefined) return false;
  const cipher = createCipheriv('aes-256-ctr', key.subarray(0, CIPHER_KEY_BYTES), Buffer.alloc(16));
  const encrypted = Buffer.concat([cipher.update(Buffer.from(signerKey, 'base64')), cipher.final()]);
  return isSameSecret(encrypted.toString('base64'), parsed.hash);
}
