/** The origin of a page or an application, in the parts that the real Core compares. */
export interface Origin {
  /** As messages name it. */
  readonly name: string;
  /** Equal for origins that are the same, such as with a usual port or without. */
  readonly identity: string;
}

// What may stand nowhere in a URI.
const IMPOSSIBLE = /[\s"<>\\^`{|}\p{Cc}]|%(?![0-9a-f]{2})/iu;
const USUAL_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };

/** @returns `undefined` when the text is no URI */
export function parseOrigin(text: string): Origin | undefined {
  if (IMPOSSIBLE.test(text)) return undefined;
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):([^#]*)/i.exec(text) ?? [];
  if (scheme === undefined) return { name: text, identity: text };
  const lower = scheme.toLowerCase();
  const usualPort = USUAL_PORTS[lower];
  if (usualPort === undefined) return { name: `${lower}:${rest}`, identity: `${lower}:${rest}` };
  const { host, port } = authorityOf(rest);
  const name = `${lower}://${host.toLowerCase()}${port === '' ? '' : `:${Number(port)}`}`;
  return { name, identity: `${lower}://${host.toLowerCase()}:${Number(port || usualPort)}` };
}

const KNOWN_SCHEMES = new Set(['http', 'https', 'ftp', 'file', 'jar', 'mailto']);

/** The host of a URL, as it is written. @returns `undefined` when the text is no URL */
export function hostOf(text: string): string | undefined {
  const [, scheme = '', rest = ''] = /^\s*([a-z][a-z0-9+.-]*):([^#]*)/i.exec(text) ?? [];
  if (!KNOWN_SCHEMES.has(scheme.toLowerCase())) return undefined;
  const { host, port } = authorityOf(rest);
  return /^\d*$/.test(port) ? host : undefined;
}

function authorityOf(afterScheme: string): { host: string; port: string } {
  const authority = /^\/\/([^/?]*)/.exec(afterScheme)?.[1] ?? '';
  const [, host = '', port = ''] = /^(?:.*@)?(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(authority) ?? [];
  return { host, port };
}
