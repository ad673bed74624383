import { readFile } from 'node:fs/promises';
import { reasonOf } from '@supertokens-faunadb/store';
import { checkTlsFiles } from '@supertokens-faunadb/traffic';
import type { Tls } from './http/listener.js';

/**
 * Reads a certificate and its private key, and checks that they can be used together.
 *
 * @param cert path of the certificate chain, in PEM
 * @param key path of the private key, in PEM, without a passphrase
 * @throws Error naming the faulty file and the reason
 */
export async function readTlsFiles(cert: string, key: string): Promise<Tls> {
  const tls = { cert: await contentOf(cert, 'certificate'), key: await contentOf(key, 'private key') };
  checkTlsFiles(tls, { cert, key });
  return tls;
}

async function contentOf(file: string, what: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new Error(
      `The ${what} ${file} cannot be read, because ${reasonOf(error)}: give a file that this user may read.`,
    );
  }
}
