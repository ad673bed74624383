import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';

/** A certificate chain and its private key, in PEM. */
export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/**
 * Checks that a certificate and a private key can be used together.
 *
 * @param tls the contents of the files
 * @param names the paths of the files, for the error
 * @throws {Error} naming the faulty file and the reason
 */
export function checkTlsFiles(tls: TlsFiles, names: { readonly cert: string; readonly key: string }): void {
  const certificate = parsed(() => new X509Certificate(tls.cert));
  if (!certificate)
    throw new Error(`The file ${names.cert} does not contain a certificate: --tls-cert takes a chain in PEM.`);
  const key = parsed(() => createPrivateKey(tls.key));
  if (!key) {
    throw new Error(
      `The file ${names.key} does not contain a private key: --tls-key takes one in PEM, without a passphrase.`,
    );
  }
  if (!certificate.checkPrivateKey(key)) {
    throw new Error(`The private key ${names.key} does not match the certificate ${names.cert}: give a matching pair.`);
  }
  try {
    createSecureContext(tls);
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(`TLS cannot use the certificate ${names.cert} and the private key ${names.key}: ${reason}.`);
  }
}

function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
