import { base64url, CompactEncrypt, compactDecrypt } from 'jose';

/** Decodes a sealing key from base64url; undefined if the text is not a valid key. */
export function decodeSealingKey(text: string): Uint8Array | undefined {
  const key = /^[\w-]{43}$/.test(text) ? base64url.decode(text) : undefined;
  return key?.length === 32 ? key : undefined;
}

/** Encrypts a secret as a compact JWE (RFC 7516), `dir` with `A256GCM`. */
export async function seal(secret: string, key: Uint8Array): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(secret))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(key);
}

/** How many secrets to cache for each key. */
const CAPACITY = 1_000;

/** Recently decrypted secrets by key: all requests of a session carry the same JWE until the next refresh. */
const opened = new WeakMap<Uint8Array, Map<string, string>>();

/** Decrypts a JWE of {@link seal} with whichever key fits; undefined if none does. */
export async function unseal(jwe: string, keys: readonly Uint8Array[]): Promise<string | undefined> {
  for (const key of keys) {
    const secret = opened.get(key)?.get(jwe) ?? (await open(jwe, key));
    if (secret !== undefined) return secret;
  }
  return undefined;
}

async function open(jwe: string, key: Uint8Array): Promise<string | undefined> {
  let secret: string;
  try {
    const { plaintext } = await compactDecrypt(jwe, key, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    });
    secret = new TextDecoder().decode(plaintext);
  } catch {
    // Another key may have encrypted it.
    return undefined;
  }
  const remembered = opened.get(key) ?? new Map<string, string>();
  opened.set(key, remembered.set(jwe, secret));
  // The first key is the oldest: a map keeps insertion order.
  if (remembered.size > CAPACITY) remembered.delete(remembered.keys().next().value as string);
  return secret;
}
