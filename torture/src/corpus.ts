import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Json } from './mutation.js';
import type { ServerName } from './server.js';

/** A sequence of requests. */
export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** A request, or a step that prepares the next one. `${name}` stands for the value saved under that name. */
export interface Step {
  /** A FaunaDB query. */
  readonly q?: Json;
  /** The saved name of the secret to send it with. */
  readonly as?: string;
  readonly raw?: { readonly method?: string; readonly path?: string; readonly headers?: Headers; readonly body?: Json };
  readonly method?: string;
  readonly path?: string;
  readonly query?: { readonly [name: string]: Json };
  readonly body?: Json;
  readonly headers?: Headers;
  readonly cdi?: string;
  /** Where the answer has the values that later steps need. */
  readonly save?: Readonly<Record<string, readonly string[]>>;
  /** A base32 secret from which to compute the one-time password. */
  readonly totp?: string;
  readonly period?: number;
  readonly authenticator?: { readonly [name: string]: Json };
}

export type Headers = Readonly<Record<string, string | null>>;

/** What an authenticator returns, in the recordings' format. */
export type Authenticate = (options: object, keys: Map<string, unknown>, unique: string) => Json;

const RECORDED = new URL('../../../shared/conformance/', import.meta.url);
const OWN = new URL('../corpus/', import.meta.url);

const FOLDERS: Readonly<Record<ServerName, readonly string[]>> = {
  'faunadb-server': ['fauna/'],
  'core-server': ['core/', 'core-recipes/'],
};

/**
 * The requests recorded from the real servers, if the recordings lie beside this checkout; else a few scenarios of our own.
 */
export function corpusOf(name: ServerName): readonly Scenario[] {
  const recorded = FOLDERS[name].map((folder) => new URL(folder, RECORDED)).filter((folder) => existsSync(folder));
  const files = recorded.flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.jsonl'))
      .sort()
      .map((file) => new URL(file, folder)),
  );
  return [...files, new URL(`${name}.jsonl`, OWN)].flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Scenario),
  );
}

/** `undefined` if there are no recordings. */
export async function authenticator(): Promise<Authenticate | undefined> {
  const file = new URL('core/authenticator.mjs', RECORDED);
  if (!existsSync(file)) return undefined;
  const { authenticate } = await import(fileURLToPath(file));
  return authenticate as Authenticate;
}
