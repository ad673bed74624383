import { openStore, type Snapshot } from '@supertokens-faunadb/store';
import { notFoundOrHelloApi } from './apis/core/not-found-or-hello.js';
import { APIS } from './apis/index.js';
import type { Clock } from './common/clock.js';
import { PUBLIC } from './common/tenant-names.js';
import { Core } from './core/core.js';
import { Dispatcher } from './http/dispatcher.js';
import { LIMITS, type Limits, Listener, type Tls } from './http/listener.js';
import { allOf, type Logger, logObserver } from './http/observation.js';
import { Router } from './http/router.js';
import { Importer } from './jobs/importer.js';
import { Sweeper } from './jobs/sweeper.js';
import type { Settings } from './settings/definitions.js';

/** How often expired data are removed, in milliseconds. */
const SWEEP_INTERVAL = 60_000;
/** How often queued users are imported, in milliseconds. */
const IMPORT_INTERVAL = 300_000;

/** How a Core is set up. Everything may be left out. */
export interface CoreServerOptions {
  /** Address to listen on. Default: the setting `host`, which is `localhost` unless it is set. */
  readonly host?: string;
  /** Port to listen on; 0 for any free port. Default: 0. */
  readonly port?: number;
  /** Folder for the data, created if missing. Default: none; the data are lost when the process ends. */
  readonly dataDirectory?: string;
  /** Settings, named as in the real Core's config.yaml. */
  readonly settings?: Partial<Settings>;
  /** Certificate chain and private key. Default: cleartext. */
  readonly tls?: Tls;
  /** Where to log what happens. Default: nowhere. */
  readonly logger?: Logger;
  /**
   * Limits on clients. `requestTimeout`: time to send a request (60,000 ms). `sendTimeout`: time without reading any of an
   * answer before the connection is closed (30,000 ms). `maxUnsentBytes`: unsent answers of all clients together (128 MiB).
   * `maxWaiting`: connections whose write request is queued (1,024); further ones get 503.
   */
  readonly limits?: Partial<Limits>;
  /** Port of `/metrics` for Prometheus, on the same address; 0 for any free port. Default: no metrics. */
  readonly metricsPort?: number;
  /**
   * Returns the current time in milliseconds since the epoch, for test suites that let tokens and sessions expire without
   * waiting. Default: `Date.now`.
   */
  readonly clock?: Clock;
}

/** A Core that is ready to answer. */
export interface CoreServer {
  /** The `connectionURI` for SDKs: `http://host:port`, followed by the base path if one is set. */
  readonly url: string;
  /** The address that it listens on. */
  readonly host: string;
  /** The port that it listens on. */
  readonly port: number;
  /** The port of `/metrics`, where it is served. */
  readonly metricsPort: number | undefined;
  /**
   * Copies the data into a new file while the server keeps running.
   *
   * @throws Error when the file exists, or the data are in memory only
   */
  backup(file: string): Promise<void>;
  /** Captures all data for a later {@link CoreServer.restore}, for test suites. @throws Error when the data are on disk */
  snapshot(): Snapshot;
  /** Replaces all data with those of a snapshot. */
  restore(snapshot: Snapshot): void;
  /** Finishes the requests in progress, then releases the port and the data. */
  close(): Promise<void>;
}

/** Bytes of data to keep in memory. A million sessions take 280 MB, but few of them are in use at a time. */
const RESIDENT_BYTES = 128 * 2 ** 20;

/**
 * Starts a Core in this process. The server answers requests once the promise resolves. Missing signing keys are generated in
 * the background; the first requests that need one wait for it.
 *
 * ```ts
 * const core = await createCoreServer({ settings: { access_token_validity: 60 } });
 * SuperTokens.init({ supertokens: { connectionURI: core.url }, … });
 * …
 * await core.close();
 * ```
 *
 * @throws InvalidSetting when a setting is unknown or its value is invalid
 * @throws Error when the port is in use, or another process has the data open
 */
export async function createCoreServer(options: CoreServerOptions = {}): Promise<CoreServer> {
  const { dataDirectory, settings: chosen = {}, logger } = options;
  const store = await openStore(
    dataDirectory === undefined ? { memory: true } : { path: dataDirectory, residentBytes: RESIDENT_BYTES },
  );
  const closers: (() => Promise<void>)[] = [() => store.close()];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const core = await Core.open(store, [chosen], dataDirectory === undefined, options.clock);
    const { settings } = core.app(PUBLIC);
    const basePath = settings.base_path ?? '';
    const metrics = options.metricsPort === undefined ? undefined : new (await import('./http/metrics.js')).Metrics();
    const observer = allOf([...(logger ? [logObserver(logger)] : []), ...(metrics ? [metrics] : [])]);
    const report = (error: unknown) => observer.failed(error);
    const sweeper = new Sweeper(store, report, options.clock);
    const importer = new Importer(core.bulkImport, report);
    closers.push(async () => {
      await sweeper.stop();
      await importer.stop();
    });
    const dispatcher = new Dispatcher(core, new Router(APIS), notFoundOrHelloApi, basePath, observer);
    const listener = new Listener(dispatcher, { ...LIMITS, ...options.limits }, options.tls, report);
    const host = options.host ?? settings.host ?? 'localhost';
    const port = await listener.listen(host, options.port ?? 0);
    const keysReady = core.keysOf(PUBLIC).signing.prepare().catch(report);
    closers.push(async () => {
      await listener.close();
      await keysReady;
    });
    const metricsServer = await metrics?.serve(host, options.metricsPort as number);
    if (metricsServer !== undefined) closers.push(() => metricsServer.close());
    sweeper.start(SWEEP_INTERVAL);
    importer.start(IMPORT_INTERVAL);
    return {
      url: `${options.tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}${basePath}`,
      host,
      port,
      metricsPort: metricsServer?.port,
      backup: (file) => store.backup(file),
      snapshot: () => store.snapshot(),
      restore: (snapshot) => store.restore(snapshot),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
