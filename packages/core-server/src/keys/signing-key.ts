import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { KeyPair } from './key-pair.js';

/** The parts of an RSA public key in a JSON Web Key. @see https://www.rfc-editor.org/rfc/rfc7518#section-6.3.1 */
export interface RsaPublicJwk {
  readonly n: string;
  readonly e: string;
}

/** An RSA key pair that signs and verifies with RS256. @see https://www.rfc-editor.org/rfc/rfc7518#section-3.3 */
export class SigningKey {
  readonly jwk: RsaPublicJwk;
  /** The public key in DER, base64: the form in which clients of CDI 2.20 and older get it. */
  readonly publicDer: string;
  readonly #publicKey: KeyObject;
  readonly #privateKey: KeyObject;

  constructor(
    readonly kid: string,
    /** Milliseconds since the epoch. */
    readonly createdAt: number,
    pair: KeyPair,
  ) {
    this.publicDer = pair.publicKey;
    this.#privateKey = createPrivateKey({ key: Buffer.from(pair.privateKey, 'base64'), format: 'der', type: 'pkcs8' });
    this.#publicKey = createPublicKey({ key: Buffer.from(pair.publicKey, 'base64'), format: 'der', type: 'spki' });
    const { n = '', e = '' } = this.#publicKey.export({ format: 'jwk' });
    this.jwk = { n, e };
  }

  /** Signs off the main thread. */
  sign(content: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      sign('RSA-SHA256', Buffer.from(content), this.#privateKey, (error, signature) => {
        if (error) reject(error);
        else resolve(signature);
      });
    });
  }

  verify(content: string, signature: Buffer): boolean {
    return verify('RSA-SHA256', Buffer.from(content), this.#publicKey, signature);
  }
}
