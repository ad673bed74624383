import { connect } from 'node:tls';

/** What a handshake says of a certificate that this machine does not trust. */
const untrusted =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_CERT_|CRL_|INVALID_CA|PATH_LENGTH)/;

const WRONG_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID';

/**
 * Where nothing understandable answers: what TLS has to do with it, if anything. In one sentence, with how to mend it.
 *
 * @param patience How long to wait for a handshake, in milliseconds.
 */
export async function explainByTls(what: string, address: string, patience: number): Promise<string | undefined> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
  const outcome = await handshake(url, patience);
  const What = what[0]?.toUpperCase() + what.slice(1);
  if (url.protocol === 'http:') {
    if (outcome !== 'trusted' && !untrusted.test(outcome)) return undefined;
    return `${What} speaks TLS at ${address}: write https:// in place of http://.`;
  }
  if (outcome === WRONG_NAME) {
    return `${What} shows a certificate of another name at ${address} (${outcome}): use the name that it was made for.`;
  }
  if (outcome === 'CERT_HAS_EXPIRED') {
    return `${What} shows a certificate that has expired at ${address} (${outcome}): renew it.`;
  }
  if (untrusted.test(outcome)) {
    return `${What} shows a certificate at ${address} that this process does not trust (${outcome}): name the file of its authority in NODE_EXTRA_CA_CERTS.`;
  }
  // It is there, but does not know what a handshake is.
  if (/^(ERR_SSL_|EPROTO|ECONNRESET|closed)/.test(outcome)) {
    return `${What} does not speak TLS at ${address}: write http:// in place of https://, or put TLS before it.`;
  }
  return undefined;
}

/** `trusted`, or the code of what went wrong. */
function handshake({ hostname, port, protocol }: URL, patience: number): Promise<string> {
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
    socket.setTimeout(patience, () => done('timeout'));
    socket.once('secureConnect', () => done('trusted'));
    socket.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    socket.once('close', () => done('closed'));
  });
}
