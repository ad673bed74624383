import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type FSWatcher, watch } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { FaunadbSessionOptions } from '../backend/options.js';
import type { FaunaClient } from '../fauna/base/types.js';
import { languageOf } from '../fauna/languages.js';
import { openClient } from '../fauna/open-client.js';
import { driverOfOptions } from './driver-of-options.js';
import { makeKey, makeServerKey, updateRole } from './key.js';
import type { NeedsOptions } from './needs.js';

/** The options of {@link startDevelopment}. */
export interface DevelopmentOptions {
  /** The data folder. */
  readonly data: string;
  /** The application's schema script, run at the start and whenever it changes. */
  readonly schema?: string;
  /** Reads the application's options, for the permissions of the key in FAUNADB_SECRET, after the schema has been applied. */
  readonly options?: (env: Environment) => Promise<NeedsOptions | FaunadbSessionOptions>;
  /** The file to write the environment to. */
  readonly envFile: string;
  readonly faunaPort: number;
  readonly corePort: number;
  /** Prints one line of progress or an error. */
  readonly log: (line: string) => void;
}

/** The environment of an application that uses the servers. */
export type Environment = Readonly<Record<string, string>>;

/** Both servers, running. */
export interface Development {
  readonly env: Environment;
  stop(): Promise<void>;
}

/** How long to wait after a change of the script, until it is saved completely, in milliseconds. */
const QUIET_TIME = 100;

/**
 * Starts both embedded servers with their data in a folder, applies the schema, creates the keys, and writes the environment.
 *
 * @throws {Error} if a port is taken or the folder is in use.
 */
export async function startDevelopment(options: DevelopmentOptions): Promise<Development> {
  const { data, schema, envFile, log } = options;
  const [{ createFaunaServer }, { createCoreServer }] = await Promise.all([
    import('faunadb-server'),
    import('core-server'),
  ]).catch(() => {
    throw new Error('dev needs the embedded servers: npm install --save-dev faunadb-server core-server');
  });
  await mkdir(data, { recursive: true, mode: 0o700 });
  const rootKey = await secretIn(join(data, 'root-key'), async () => `root-${randomBytes(32).toString('base64url')}`);
  const fauna = await createFaunaServer({ port: options.faunaPort, data: join(data, 'faunadb'), rootKey });
  const core = await createCoreServer({ port: options.corePort, dataDirectory: join(data, 'core') }).catch(
    async (error) => {
      await fauna.close();
      throw error;
    },
  );
  const clients: FaunaClient[] = [];
  const adminFor = async (needs?: NeedsOptions | FaunadbSessionOptions) => {
    const admin = await openClient(fauna.url, rootKey, await driverOfOptions(needs));
    clients.push(admin);
    return admin;
  };
  let watcher: FSWatcher | undefined;
  const stop = async () => {
    watcher?.close();
    for (const client of clients) await (await languageOf(client)).close(client);
    await Promise.all([fauna.close(), core.close()]);
  };
  try {
    const addresses = { SUPERTOKENS_URI: core.url, FAUNADB_URL: fauna.url, VITE_FAUNADB_URL: fauna.url };
    const before = { ...addresses, FAUNADB_ADMIN_SECRET: rootKey };
    const apply = async () => {
      if (schema !== undefined) await applySchema(schema, before, log);
      if (options.options === undefined) return undefined;
      const needs = await options.options(before);
      const admin = await adminFor(needs);
      const secret = await secretIn(join(data, 'sessions-key'), async () => {
        return (await makeKey({ adminClient: admin, options: needs })).secret;
      });
      await updateRole({ adminClient: admin, options: needs });
      return secret;
    };
    const serverSecret = await secretIn(join(data, 'server-key'), async () => makeServerKey(await adminFor()));
    const env = {
      ...before,
      FAUNADB_SERVER_SECRET: serverSecret,
      FAUNADB_SECRET: (await apply()) ?? serverSecret,
    };
    await writeEnvironment(envFile, env);
    if (schema !== undefined) {
      watcher = watchFile(schema, () => apply().catch((error: Error) => log(`error: ${error.message}`)));
    }
    return { env, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Reads the secret in a file that only its owner may read. If there is no file, makes a secret and writes it. */
async function secretIn(file: string, make: () => Promise<string>): Promise<string> {
  const known = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (known !== undefined) return known.trim();
  const secret = await make();
  await writeFile(file, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  return secret;
}

/** Runs the schema script in its own process. If it fails, logs that and keeps the servers running. */
async function applySchema(schema: string, env: Environment, log: (line: string) => void): Promise<void> {
  const loader = /\.[mc]?ts$/.test(schema) ? ['--import', 'tsx'] : [];
  const child = spawn(process.execPath, [...loader, resolve(schema)], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  const [code] = await once(child, 'exit');
  log(code === 0 ? `Applied ${schema}.` : `${schema} ended with ${code}: see above. It runs again when it changes.`);
}

/** Watches the file's folder, because an editor that saves by renaming replaces the file. */
function watchFile(file: string, changed: () => void): FSWatcher {
  let timer: NodeJS.Timeout | undefined;
  return watch(dirname(resolve(file)), (_, name) => {
    if (name !== null && name !== basename(file)) return;
    clearTimeout(timer);
    timer = setTimeout(changed, QUIET_TIME);
  });
}

/** Replaces our variables in the file and keeps the others, which belong to the application. */
async function writeEnvironment(file: string, env: Environment): Promise<void> {
  const before = await readFile(file, 'utf8').catch(() => '');
  const others = before.split('\n').filter((line) => line !== '' && !Object.hasOwn(env, line.split('=', 1)[0] ?? ''));
  const lines = [...others, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
  await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  // writeFile does not change the mode of an existing file.
  await chmod(file, 0o600);
}
