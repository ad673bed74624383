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

/** Decrypts what {@link seal} made with any of the keys; undefined where none of them opens it. */
export async function unseal(jwe: string, keys: readonly Uint8Array[]): Promise<string | undefined> {
  for (const key of keys) {
    try {
      const { plaintext } = await compactDecrypt(jwe, key, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      return new TextDecoder().decode(plaintext);
    } catch {
      // The next key may be the one that sealed it.
    }
  }
  return undefined;
}
