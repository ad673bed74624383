import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { reasonOf } from '@supertokens-faunadb/store';
import type { Tls } from './http/listener.js';

/**
 * Reads a certificate and its private key, and looks whether they serve.
 *
 * @param cert file of the chain, in PEM
 * @param key file of the key, in PEM, without a passphrase
 * @throws Error that says what is wrong with which
 */
export async function readTlsFiles(cert: string, key: string): Promise<Tls> {
  const tls = { cert: await contentOf(cert, 'certificate'), key: await contentOf(key, 'private key') };
  const certificate = parsed(() => new X509Certificate(tls.cert));
  if (certificate === undefined) throw new Error(`the certificate ${cert} holds none: give a chain in PEM.`);
  const privateKey = parsed(() => createPrivateKey(tls.key));
  if (privateKey === undefined) {
    throw new Error(`the private key ${key} holds none: give one in PEM, without a passphrase.`);
  }
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new Error(`the private key ${key} is not that of the certificate ${cert}: give two that belong together.`);
  }
  try {
    createSecureContext(tls);
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(`TLS cannot be spoken with the certificate ${cert} and the private key ${key}: ${reason}.`);
  }
  return tls;
}

async function contentOf(file: string, what: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new Error(
      `the ${what} ${file} cannot be read, because ${reasonOf(error)}: give a file that this user may read.`,
    );
  }
}

function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
