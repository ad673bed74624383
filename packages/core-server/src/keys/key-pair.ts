import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';

/** An RSA key pair as the store keeps it: DER in base64. */
export interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

const generate = promisify(generateKeyPair);

// Key pairs generated in advance, shared by all servers of the process. Each is used once.
const spare: Promise<KeyPair>[] = [];

/** A new pair of 2,048 bits, generated off the main thread. */
export function takeKeyPair(): Promise<KeyPair> {
  return spare.shift() ?? generateKeyPairOf2048Bits();
}

/** Starts generating pairs until `count` are in reserve, so that the next caller need not wait. */
export function prepareKeyPairs(count: number): void {
  while (spare.length < count) {
    const pair = generateKeyPairOf2048Bits();
    pair.catch(() => {}); // the caller that takes the pair gets the failure
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
