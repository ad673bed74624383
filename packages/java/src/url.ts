import { isIPv6 } from 'node:net';
import { trim } from './text/trim.js';

/** The protocols that Java has handlers for, except `jar`, whose URLs contain other URLs. */
const PROTOCOL = /^(?:url:)?(https?|ftp|file|mailto|jrt|jmod):([^#]*)/i;

/** A URL as Java's `java.net.URL` reads it. */
export interface JavaUrl {
  /** In lower case. */
  readonly protocol: string;
  /** User, host and port, as written. */
  readonly authority: string;
}

/**
 * Parses a text as Java's `java.net.URL` does. It checks little except the protocol, the port and the brackets of an IPv6
 * address: hosts may contain spaces or be missing.
 *
 * @returns `undefined` if Java rejects the text
 */
export function parseUrl(text: string): JavaUrl | undefined {
  const trimmed = trim(text);
  const [, protocol, rest] = PROTOCOL.exec(trimmed) ?? [];
  if (protocol === undefined || rest === undefined) return undefined;
  const authority = authorityOf(rest);
  return isAuthority(authority) ? { protocol: protocol.toLowerCase(), authority } : undefined;
}

/** Whether `java.net.URL` accepts a text as an `https` URL. */
export function isHttpsUrl(text: string): boolean {
  return parseUrl(text)?.protocol === 'https';
}

/** What stands between two slashes and the next; four slashes begin the path of a remote file. */
function authorityOf(rest: string): string {
  const [beforeQuery] = rest.split('?') as [string];
  return beforeQuery.startsWith('////') ? '' : (/^\/\/([^/]*)/.exec(beforeQuery)?.[1] ?? '');
}

function isAuthority(authority: string): boolean {
  const parts = authority.split('@');
  if (parts.length > 2) return true;
  const host = parts.at(-1)!;
  if (!host.startsWith('[')) return isPort(host.includes(':') ? host.slice(host.indexOf(':') + 1) : '');
  const address = /^\[([^\]]{2,})\](?::(.*))?$/s.exec(host);
  return address !== null && isAddress(address[1]!) && isPort(address[2] ?? '');
}

function isAddress(text: string): boolean {
  const zone = text.indexOf('%');
  return isIPv6(zone < 0 ? text : text.slice(0, zone)) && zone !== text.length - 1;
}

/** Whether a port is empty or fits in 32 bits; −1 means no port. */
function isPort(text: string): boolean {
  return text === '' || (/^[+-]?\d{1,10}$/.test(text) && Number(text) >= -1 && Number(text) < 2 ** 31);
}
