/** The addresses of the demo and of the servers it uses. */
export interface Config {
  /** The port the demo listens on, on loopback. */
  readonly port: number;
  /** The address of the page, as the browser sees it. */
  readonly pageUrl: URL;
  /** The SuperTokens Core's address, and its API key, if it requires one. */
  readonly supertokens: { readonly connectionURI: string; readonly apiKey?: string };
  /** FaunaDB's address, which the server and the browser both use, and an admin key of the database. */
  readonly faunadb: { readonly url: URL; readonly secret: string };
}

/**
 * Reads the configuration: `PORT`, `DEMO_URL`, `SUPERTOKENS_URI`, `SUPERTOKENS_API_KEY`, `FAUNADB_URL`, `FAUNADB_SECRET`.
 *
 * @throws {Error} one sentence about the first variable that is missing or invalid.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const port = Number(env.PORT ?? 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`PORT is "${env.PORT}", which is not a port.`);
  const apiKey = env.SUPERTOKENS_API_KEY;
  return {
    port,
    pageUrl: url(env, 'DEMO_URL', `http://localhost:${port}`),
    supertokens: {
      connectionURI: url(env, 'SUPERTOKENS_URI', 'http://127.0.0.1:3567').href,
      ...(apiKey === undefined ? {} : { apiKey }),
    },
    faunadb: { url: url(env, 'FAUNADB_URL', 'http://127.0.0.1:8443'), secret: required(env, 'FAUNADB_SECRET') },
  };
}

function url(env: NodeJS.ProcessEnv, name: string, otherwise: string): URL {
  const text = env[name] || otherwise;
  if (URL.canParse(text) && /^https?:/.test(text)) return new URL(text);
  throw new Error(`${name} is "${text}", which is not an http or https address.`);
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new Error(`${name} is missing: an admin key of the FaunaDB database that the demo may use.`);
}
