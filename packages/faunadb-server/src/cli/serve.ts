import { join } from 'node:path';
import { makeDataDirectory } from '@supertokens-faunadb/store';
import { checkTlsFiles, explainListenError } from '@supertokens-faunadb/traffic';
import { pino } from 'pino';
import { createFaunaServer, type FaunaServer, type FaunaServerOptions } from '../server/fauna-server.js';
import { checkRootKey, readOrCreateRootKey } from '../server/root-key-file.js';
import { contentOf, DEFAULT_DATA } from './arguments.js';
import { readSchemaDirectory, watchDirectory } from './schema-directory.js';

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly data?: string;
  readonly memory?: true;
  readonly rootKeyFile?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly logLevel: string;
  readonly metricsPort?: number;
  readonly queryTimeout: number;
  readonly maxBodySize: number;
  readonly maxConnections: number;
  readonly schema?: string;
  readonly watch?: true;
}

/** How many characters of log wait for a full disk. Further output is lost. */
const MOST_UNWRITTEN_LOG = 2 ** 20;

/** Shorter root keys are accepted with a warning. */
const SHORT_KEY = 16;

/** Runs the server until a signal stops it. */
export async function serve(options: ServeOptions): Promise<void> {
  if (options.memory && options.data !== undefined) throw new Error('Give either --memory or --data, not both.');
  const { schema } = options;
  if (options.watch && schema === undefined) throw new Error('Give --watch together with --schema.');
  const data = options.memory ? undefined : (options.data ?? DEFAULT_DATA);
  // The data directory first: it may hold the root key's file, and it is the setting to blame in an error.
  if (data !== undefined) await makeDataDirectory(data);
  const { rootKey, source } = await rootKeyOf(options, data);
  const tls = tlsOf(options);
  const logger = pino({ name: 'faunadb-server', level: options.logLevel }, standardError());
  if (rootKey.length < SHORT_KEY) {
    const message = `the root key is short: anyone who guesses it has full access; use at least ${SHORT_KEY} random characters`;
    logger.warn({ source, characters: rootKey.length }, message);
  }
  const settings: FaunaServerOptions = {
    host: options.host,
    port: options.port,
    rootKey,
    queryTimeout: options.queryTimeout,
    maxBodySize: options.maxBodySize,
    maxConnections: options.maxConnections,
    logger,
    ...(data === undefined ? {} : { data }),
    ...(tls === undefined ? {} : { tls }),
    ...(options.metricsPort === undefined ? {} : { metricsPort: options.metricsPort }),
  };
  const server = await createFaunaServer(settings).catch((error) => {
    throw explainListenError(error, options);
  });
  if (schema !== undefined) {
    await pushDirectory(server, schema).catch(async (error) => {
      await server.close();
      throw error;
    });
  }
  const unwatch = options.watch && schema !== undefined ? pushChanges(server, schema) : undefined;
  // Listen for signals first: a client may send one as soon as it sees that the server is ready.
  const asked = stopAsked();
  const kept = data === undefined ? 'all in memory' : `data in ${data}`;
  console.log(`faunadb-server is ready at ${server.url} (${kept}, root key from ${source}).`);
  if (server.metricsPort !== undefined)
    console.log(`Metrics are at http://${server.host}:${server.metricsPort}/metrics.`);
  await asked;
  unwatch?.();
  await server.close();
}

/** Makes the schema of the root database what the files in a directory say. */
async function pushDirectory(server: FaunaServer, directory: string): Promise<void> {
  const files = await readSchemaDirectory(directory);
  await server.pushSchema(files).catch((error: Error) => {
    throw new Error(`The schema in ${directory} is refused:\n${error.message}`);
  });
}

/** Pushes the files again whenever they change. A faulty schema is reported, and the present one stays. */
function pushChanges(server: FaunaServer, directory: string): () => void {
  const push = async () => {
    await pushDirectory(server, directory);
    console.log(`The schema in ${directory} is pushed.`);
  };
  return watchDirectory(directory, push, (error) => console.error(`error: ${error.message}`));
}

/** Drops log output when standard error goes to a full disk: that is no reason to stop serving. */
function standardError() {
  const destination = pino.destination({ dest: 2, maxLength: MOST_UNWRITTEN_LOG });
  destination.on('error', () => {});
  return destination;
}

/** The first signal asks for a clean stop; a second one ends the process at once. */
function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}

async function rootKeyOf(
  { rootKeyFile }: ServeOptions,
  data: string | undefined,
): Promise<{ rootKey: string; source: string }> {
  const given = process.env.FAUNADB_ROOT_KEY;
  if (given !== undefined && rootKeyFile === undefined) {
    checkRootKey(given, 'FAUNADB_ROOT_KEY');
    return { rootKey: given, source: 'FAUNADB_ROOT_KEY' };
  }
  const file = rootKeyFile ?? (data === undefined ? undefined : join(data, 'root-key'));
  if (file === undefined) {
    throw new Error('A server in memory needs its root key from you: set FAUNADB_ROOT_KEY or give --root-key-file.');
  }
  return { rootKey: await readOrCreateRootKey(file), source: file };
}

function tlsOf({ tlsCert, tlsKey }: ServeOptions): { cert: Buffer; key: Buffer } | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) throw new Error('Give --tls-cert and --tls-key together.');
  const tls = { cert: contentOf(tlsCert, 'certificate'), key: contentOf(tlsKey, 'private key') };
  checkTlsFiles(tls, { cert: tlsCert, key: tlsKey });
  return tls;
}
