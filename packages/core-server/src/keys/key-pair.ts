import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** An RSA key pair as the store keeps it: DER in base64. */
export interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

const generate = promisify(generateKeyPair);

// Pairs made ahead of need, shared by all servers of the process: each is handed out once.
const spare: Promise<KeyPair>[] = [];

/** A new pair of 2,048 bits, generated off the main thread. */
export function takeKeyPair(): Promise<KeyPair> {
  return spare.shift() ?? generateKeyPairOf2048Bits();
}

/** Begins to generate pairs until there are `count` in reserve, so that whoever needs one next need not wait. */
export function prepareKeyPairs(count: number): void {
  while (spare.length < count) {
    const pair = generateKeyPairOf2048Bits();
    pair.catch(() => {}); // whoever takes it hears of the failure
    spare.push(pair);
  }
}

async function generateKeyPairOf2048Bits(): Promise<KeyPair> {
  const { publicKey, privateKey } = await generate('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  return { publicKey: publicKey.toString('base64'), privateKey: privateKey.toString('base64') };
}

/** The parts of an RSA public key in a JSON Web Key. @see https://www.rfc-editor.org/rfc/rfc7518#section-6.3.1 */
export interface RsaPublicJwk {
  readonly n: string;
  readonly e: string;
}

/** A key pair ready for use. */
export interface SigningKey {
  readonly kid: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The public key in DER, base64: the form in which clients of CDI 2.20 and older get it. */
  readonly publicDer: string;
  readonly jwk: RsaPublicJwk;
}

export function signingKey(kid: string, createdAt: number, pair: KeyPair): SigningKey {
  const publicKey = createPublicKey({ key: Buffer.from(pair.publicKey, 'base64'), format: 'der', type: 'spki' });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  return {
    kid,
    createdAt,
    privateKey: createPrivateKey({ key: Buffer.from(pair.privateKey, 'base64'), format: 'der', type: 'pkcs8' }),
    publicKey,
    publicDer: pair.publicKey,
    jwk: { n, e },
  };
}
