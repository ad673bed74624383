import { generateKeyPair } from 'node:crypto';
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
