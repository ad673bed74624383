import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Json } from './mutation.js';
import type { ServerName } from './server.js';

/** A sequence of requests. */
export interface Scenario {
  readonly name: string;
  /** Present if its queries are in FQL v10. */
  readonly language?: 'fql10';
  readonly steps: readonly Step[];
}

/** A request, or a step that prepares the next one. `${name}` stands for the value saved under that name. */
export interface Step {
  /** A FaunaDB query: an expression of FQL v4 in JSON; in FQL v10 its text or template, with arguments in {@link args}. */
  readonly q?: Json;
  readonly args?: Json;
  /** A query in FQL v4 within a scenario in FQL v10. */
  readonly v4?: Json;
  /** The files of a schema, and where they are sent: `/schema/1/<to>`, with these parameters. */
  readonly fsl?: Readonly<Record<string, string>>;
  readonly to?: string;
  readonly params?: string;
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
  'faunadb-server': ['fauna/', 'fql10/'],
  'core-server': ['core/', 'core-recipes/'],
};

const OWN_FILES: Readonly<Record<ServerName, readonly string[]>> = {
  'faunadb-server': ['faunadb-server.jsonl', 'fql10.jsonl'],
  'core-server': ['core-server.jsonl'],
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
  return [...files, ...OWN_FILES[name].map((file) => new URL(file, OWN))].flatMap((file) => {
    const language = /fql10/.test(file.pathname) ? { language: 'fql10' as const } : {};
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line): Scenario => ({ ...(JSON.parse(line) as Scenario), ...language }));
  });
}

/** `undefined` if there are no recordings. */
export async function authenticator(): Promise<Authenticate | undefined> {
  const file = new URL('core/authenticator.mjs', RECORDED);
  if (!existsSync(file)) return undefined;
  const { authenticate } = await import(fileURLToPath(file));
  return authenticate as Authenticate;
}
