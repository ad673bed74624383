import { openStore, type Snapshot } from '@supertokens-faunadb/store';
import { type Logger, pino } from 'pino';
import { type Engine, hasSucceeded } from '../engine/engine.js';
import { openEngine } from '../engine/fql-engine.js';
import { Application } from '../http/application.js';
import { Listener } from '../http/listener.js';
import { allOf, logObserver, type Observer } from '../http/observation.js';
import { checkRootKey, generateRootKey } from './root-key-file.js';

/** The options of a FaunaDB server. All are optional. */
export interface FaunaServerOptions {
  /** The address to listen on. Default: `127.0.0.1`, which only this machine can reach. */
  readonly host?: string;
  /** The port to listen on. Default: any free port, see {@link FaunaServer.port}. */
  readonly port?: number;
  /** The data directory, created if it does not exist. Default: none; all data is kept in memory and lost on close. */
  readonly data?: string;
  /** The secret of the root database, with full access. Default: a random one, see {@link FaunaServer.rootKey}. */
  readonly rootKey?: string;
  /** Certificate chain and private key, in PEM. Default: cleartext. */
  readonly tls?: {
    /** The certificate, followed by those that vouch for it. */
    readonly cert: string | Buffer;
    /** The certificate's private key. */
    readonly key: string | Buffer;
  };
  /** Where to write what happens. Default: nowhere. */
  readonly logger?: Logger;
  /** The port for Prometheus to read `/metrics` from, on the same address; 0 for any free port. Default: no metrics. */
  readonly metricsPort?: number;
  /** The longest time that a query may take, in ms, whatever a client asks for. Default: 120,000. */
  readonly queryTimeout?: number;
  /** The longest request body, in bytes. Default: 8 MiB, as in FaunaDB. */
  readonly maxBodySize?: number;
  /** How many clients may be connected at once. Default: 10,000. */
  readonly maxConnections?: number;
  /** How long a client may take to send a request, in ms. Default: 60,000. */
  readonly requestTimeout?: number;
  /** How long a connection may stay idle between two requests, in ms. Default: 60,000. */
  readonly keepAliveTimeout?: number;
  /** How long a client may read nothing of its answer, in ms, before it is disconnected. Default: 30,000. */
  readonly sendTimeout?: number;
  /**
   * How many bytes of answers may wait for all clients together. When there are more, the client that has read nothing
   * for the longest time is disconnected. Default: 128 MiB.
   */
  readonly maxUnsentBytes?: number;
  /** How many connections with one secret may have a query waiting; further ones are answered 429. Default: 4,096. */
  readonly maxWaitingQueries?: number;
  /**
   * Returns the current time in ms since the epoch, for test suites that let tokens and documents expire without waiting.
   * Where it goes backwards, transactions continue from the latest time. Default: `Date.now`.
   */
  readonly clock?: () => number;
}

/** A file of a schema in FSL. */
export interface SchemaFile {
  /** Its name, which ends with `.fsl`. */
  readonly name: string;
  /** What it says, in FSL. */
  readonly text: string;
}

/** A running FaunaDB server. */
export interface FaunaServer {
  /** The server's address, such as `http://127.0.0.1:8443`. */
  readonly url: string;
  /** The address that it listens on. */
  readonly host: string;
  /** The port that it listens on. */
  readonly port: number;
  /** The port of `/metrics`, where it is served. */
  readonly metricsPort: number | undefined;
  /** The secret of the root database, with full access. */
  readonly rootKey: string;
  /**
   * Copies the data into a file while the server runs.
   *
   * @throws {Error} if the file exists, or if the data is in memory.
   */
  backup(file: string): Promise<void>;
  /**
   * Makes the schema of the root database what these files say; items that are in none of them are deleted.
   *
   * @throws {Error} if the schema is refused, with the reasons and their places in the files. Nothing has changed then.
   * @example await server.pushSchema([{ name: 'main.fsl', text: 'collection User { *: Any }' }]);
   */
  pushSchema(files: readonly SchemaFile[]): Promise<void>;
  /** Returns the current data, to restore later; for test suites. @throws {Error} if the data is on disk. */
  snapshot(): Snapshot;
  /** Restores the data of a snapshot. Times and new ids are not reset. */
  restore(snapshot: Snapshot): void;
  /** Refuses new requests, lets requests in progress finish, and releases the data directory. */
  close(): Promise<void>;
}

const DEFAULTS = {
  host: '127.0.0.1',
  port: 0,
  queryTimeout: 120_000,
  maxBodySize: 8 * 1024 * 1024,
  maxConnections: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 60_000,
  sendTimeout: 30_000,
  maxUnsentBytes: 128 * 1024 * 1024,
  maxWaitingQueries: 4096,
};

/** How long requests in progress may take to finish when the server closes, in ms. */
const GRACE = 5_000;

/**
 * Starts a FaunaDB server in this process: FQL v4 and FQL v10 over HTTP/1.1 and HTTP/2 on one port.
 *
 * @example
 * import faunadb from 'faunadb';
 * import { createFaunaServer } from 'faunadb-server';
 *
 * const server = await createFaunaServer();
 * const client = new faunadb.Client({
 *   secret: server.rootKey, scheme: 'http', domain: server.host, port: server.port,
 * });
 * await client.query(faunadb.query.Add(1, 1)); // 2
 * await client.close();
 * await server.close();
 *
 * @throws {Error} if the port is taken, the data directory is in use or not writable, or an option is wrong.
 */
export async function createFaunaServer(options: FaunaServerOptions = {}): Promise<FaunaServer> {
  const settings = { ...DEFAULTS, ...options };
  const rootKey = options.rootKey ?? generateRootKey();
  checkRootKey(rootKey, 'The root key');
  const log = options.logger ?? pino({ enabled: false });
  const store = await openStore(options.data === undefined ? { memory: true } : { path: options.data });
  const closers: (() => Promise<void>)[] = [() => store.close()];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const engine: Engine = openEngine({
      store,
      rootKey,
      workers: true,
      clock: options.clock,
      report: (job, err) => log.error({ job, err }, 'background work failed and will be retried later'),
    });
    closers.push(() => engine.close());
    const metrics = options.metricsPort === undefined ? undefined : new (await import('../http/metrics.js')).Metrics();
    const observers: Observer[] = [logObserver(log), ...(metrics ? [metrics] : [])];
    const application = new Application({ engine, ...settings, observer: allOf(observers) });
    const listener = await Listener.open(application, { ...settings, headersTimeout: settings.requestTimeout });
    closers.push(() => {
      application.endStreams();
      return listener.close(GRACE);
    });
    let metricsPort: number | undefined;
    if (metrics) {
      const served = await metrics.serve(settings.host, options.metricsPort!);
      metricsPort = served.port;
      closers.push(() => served.close());
    }
    const { host } = settings;
    const url = `${options.tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${listener.port}`;
    const snapshots = {
      snapshot: () => store.snapshot(),
      restore: (snapshot: Snapshot) => store.restore(snapshot),
    };
    return {
      url,
      host,
      port: listener.port,
      metricsPort,
      rootKey,
      backup: (file) => store.backup(file),
      pushSchema: (files) => pushSchema(engine, rootKey, files),
      ...snapshots,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function pushSchema(engine: Engine, secret: string, files: readonly SchemaFile[]): Promise<void> {
  const { outcome, body, durable } = await engine.execute({
    kind: 'schema',
    secret,
    method: 'POST',
    path: ['update'],
    parameters: [],
    files,
    text: '',
    timeout: DEFAULTS.queryTimeout,
    tags: undefined,
  });
  if (!hasSucceeded(outcome)) throw new Error(JSON.parse(body).error.message);
  await durable;
}
