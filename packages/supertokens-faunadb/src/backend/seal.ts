import { base64url, CompactEncrypt, compactDecrypt } from 'jose';

/** A sealing key out of its base64url form, or undefined where the text is none. */
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

/** How many secrets to remember for each key. */
const CAPACITY = 1_000;

/** What each key has opened lately: a session's requests all bring the same JWE until it is refreshed. */
const opened = new WeakMap<Uint8Array, Map<string, string>>();

/** Decrypts what {@link seal} made with any of the keys; undefined where none of them opens it. */
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
    // The next key may be the one that sealed it.
    return undefined;
  }
  const remembered = opened.get(key) ?? new Map<string, string>();
  opened.set(key, remembered.set(jwe, secret));
  // A map keeps the order of insertion.
  if (remembered.size > CAPACITY) remembered.delete(remembered.keys().next().value as string);
  return secret;
}
