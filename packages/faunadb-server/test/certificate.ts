import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The files of a certificate that vouches for itself, in PEM. */
export interface CertificateFiles {
  readonly key: string;
  readonly cert: string;
}

/**
 * Makes a certificate for `localhost` in a folder.
 *
 * @returns `undefined` where openssl is not to be had, which makes it
 */
export async function makeCertificate(folder: string): Promise<CertificateFiles | undefined> {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '1', '-nodes'];
  const args = ['req', '-x509', ...subject, '-newkey', 'rsa:2048', '-keyout', key, '-out', cert];
  return promisify(execFile)('openssl', args).then(
    () => ({ key, cert }),
    () => undefined,
  );
}
