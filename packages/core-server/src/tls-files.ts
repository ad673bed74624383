import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { reasonOf } from '@supertokens-faunadb/store';
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
  const certificate = parsed(() => new X509Certificate(tls.cert));
  if (certificate === undefined) throw new Error(`${cert} does not contain a certificate: give a chain in PEM.`);
  const privateKey = parsed(() => createPrivateKey(tls.key));
  if (privateKey === undefined) {
    throw new Error(`${key} does not contain a private key: give one in PEM, without a passphrase.`);
  }
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new Error(`the private key ${key} does not match the certificate ${cert}: give a matching pair.`);
  }
  try {
    createSecureContext(tls);
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(`TLS does not accept the certificate ${cert} and the private key ${key}: ${reason}.`);
  }
  return tls;
}

async function contentOf(file: string, what: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new Error(
      `cannot read the ${what} ${file}, because ${reasonOf(error)}: give a file that this user may read.`,
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
