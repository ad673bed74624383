import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Json } from './mutation.js';
import type { ServerName } from './server.js';

/** Requests that follow each other. */
export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** A request, or what has to be made for the next one. `${name}` in it stands for what was saved as that. */
export interface Step {
  /** A query of FaunaDB. */
  readonly q?: Json;
  /** The secret that it is sent with: a name of one that was saved. */
  readonly as?: string;
  readonly raw?: { readonly method?: string; readonly path?: string; readonly headers?: Headers; readonly body?: Json };
  readonly method?: string;
  readonly path?: string;
  readonly query?: { readonly [name: string]: Json };
  readonly body?: Json;
  readonly headers?: Headers;
  readonly cdi?: string;
  /** Where in the answer is what later steps need. */
  readonly save?: Readonly<Record<string, readonly string[]>>;
  /** A secret in base32 of which the one-time password is needed. */
  readonly totp?: string;
  readonly period?: number;
  readonly authenticator?: { readonly [name: string]: Json };
}

export type Headers = Readonly<Record<string, string | null>>;

/** What an authenticator hands over, in the recordings' own words. */
export type Authenticate = (options: object, keys: Map<string, unknown>, unique: string) => Json;

const RECORDED = new URL('../../../shared/conformance/', import.meta.url);
const OWN = new URL('../corpus/', import.meta.url);

const FOLDERS: Readonly<Record<ServerName, readonly string[]>> = {
  'faunadb-server': ['fauna/'],
  'core-server': ['core/', 'core-recipes/'],
};

/** What the real servers were asked, where the recordings lie beside this checkout; else the few scenarios of our own. */
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

/** `undefined` where there are no recordings. */
export async function authenticator(): Promise<Authenticate | undefined> {
  const file = new URL('core/authenticator.mjs', RECORDED);
  if (!existsSync(file)) return undefined;
  const { authenticate } = await import(fileURLToPath(file));
  return authenticate as Authenticate;
}
