import { connect } from 'node:tls';

/** The error codes of a handshake for a certificate that this machine does not trust. */
const untrusted =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_CERT_|CRL_|INVALID_CA|PATH_LENGTH)/;

const WRONG_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID';

/**
 * Explains in one sentence why an address cannot be used, and how to fix it, if TLS is the cause.
 *
 * @param timeout How long to wait for a handshake, in milliseconds.
 */
export async function explainByTls(what: string, address: string, timeout: number): Promise<string | undefined> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
  const outcome = await handshake(url, timeout);
  const What = what[0]?.toUpperCase() + what.slice(1);
  if (url.protocol === 'http:') {
    if (outcome !== 'trusted' && !untrusted.test(outcome)) return undefined;
    return `${What} speaks TLS at ${address}: write https:// instead of http://.`;
  }
  if (outcome === WRONG_NAME) {
    return `${What} has a certificate for another name at ${address} (${outcome}): use the name in the certificate.`;
  }
  if (outcome === 'CERT_HAS_EXPIRED') {
    return `${What} has an expired certificate at ${address} (${outcome}): renew it.`;
  }
  if (untrusted.test(outcome)) {
    return `${What} has a certificate at ${address} that this process does not trust (${outcome}): set NODE_EXTRA_CA_CERTS to the file of its certificate authority.`;
  }
  // The server answers, but not with TLS.
  if (/^(ERR_SSL_|EPROTO|ECONNRESET|closed)/.test(outcome)) {
    return `${What} does not speak TLS at ${address}: write http:// instead of https://, or put a TLS proxy in front of it.`;
  }
  return undefined;
}

/** Attempts a TLS handshake. Returns `trusted` or an error code. */
function handshake({ hostname, port, protocol }: URL, timeout: number): Promise<string> {
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    const isName = !/^[\d.:]+$/.test(host);
    const socket = connect({
      host,
      port: Number(port) || (protocol === 'https:' ? 443 : 80),
      ...(isName ? { servername: host } : {}),
    });
    const done = (outcome: string) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.setTimeout(timeout, () => done('timeout'));
    socket.once('secureConnect', () => done('trusted'));
    socket.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    socket.once('close', () => done('closed'));
  });
}
