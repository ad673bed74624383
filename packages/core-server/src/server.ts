import { openStore, type Store } from '@supertokens-faunadb/store';
import { notFoundOrHelloApi } from './apis/core/not-found-or-hello.js';
import { APIS } from './apis/index.js';
import { PUBLIC } from './common/tenant-names.js';
import { Core } from './core/core.js';
import { Dispatcher } from './http/dispatcher.js';
import { LIMITS, type Limits, Listener } from './http/listener.js';
import { Router } from './http/router.js';
import { Importer } from './jobs/importer.js';
import { Sweeper } from './jobs/sweeper.js';
import type { Settings } from './settings/definitions.js';

/** How often what has run out is swept away, in milliseconds. */
const SWEEP_INTERVAL = 60_000;
/** How often users are imported who wait for it. */
const IMPORT_INTERVAL = 300_000;

/** Where a Core tells what it does. A pino logger is one. */
export interface Logger {
  error(fields: object, message: string): void;
}

export interface CoreServerOptions {
  /** Address to listen on. Default: the setting `host`, which is `localhost` unless it is set. */
  readonly host?: string;
  /** Port to listen on; 0 for any that is free. Default: 0. */
  readonly port?: number;
  /** Folder for the data, made where it is missing. Default: none, everything is gone with the process. */
  readonly dataDirectory?: string;
  /** Settings by their names in the real Core's config.yaml. */
  readonly settings?: Partial<Settings>;
  /** Default: nothing is logged. */
  readonly logger?: Logger;
  /**
   * What is put up with from clients: `requestTimeout` to send a request (60,000 ms), `sendTimeout` in which nothing of an answer
   * is taken (30,000 ms), `maxUnsentBytes` of answers that wait for all clients together (128 MiB), and `maxWaiting` connections
   * with a request that waits for others (1,024), beyond which the answer is 503.
   */
  readonly limits?: Partial<Limits>;
}

export interface CoreServer {
  /** What to give an SDK as its `connectionURI`: `http://host:port`, and the base path if there is one. */
  readonly url: string;
  readonly port: number;
  /** Finishes the requests under way, then lets go of port and data. */
  close(): Promise<void>;
}

/** How much of the data may be in memory: a million sessions take 280 MB, of which few are asked for at a time. */
const RESIDENT_BYTES = 128 * 2 ** 20;

/**
 * Starts a Core in this process. It answers as soon as this resolves; its signing keys, when it has none yet, are made
 * in the background, and the first requests that need one wait for it.
 *
 * ```ts
 * const core = await createCoreServer({ settings: { access_token_validity: 60 } });
 * SuperTokens.init({ supertokens: { connectionURI: core.url }, … });
 * …
 * await core.close();
 * ```
 *
 * @throws InvalidSetting when a setting is unknown or cannot have its value
 * @throws Error when the port is taken, or another process has the data open
 */
export async function createCoreServer(options: CoreServerOptions = {}): Promise<CoreServer> {
  const { dataDirectory, settings = {}, logger } = options;
  const store = await openStore(
    dataDirectory === undefined ? { memory: true } : { path: dataDirectory, residentBytes: RESIDENT_BYTES },
  );
  try {
    return await serve(store, options, await Core.open(store, [settings], dataDirectory === undefined), logger);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function serve(
  store: Store,
  options: CoreServerOptions,
  core: Core,
  logger: Logger | undefined,
): Promise<CoreServer> {
  const { settings } = core.app(PUBLIC);
  const report = (error: unknown, request?: object) =>
    logger?.error({ err: error, ...request }, request === undefined ? 'background work failed' : 'request failed');
  const dispatcher = new Dispatcher(core, new Router(APIS), notFoundOrHelloApi, settings.base_path ?? '', report);
  const listener = new Listener(dispatcher, { ...LIMITS, ...options.limits });
  const host = options.host ?? settings.host ?? 'localhost';
  const port = await listener.listen(host, options.port ?? 0);
  const keysReady = core.keysOf(PUBLIC).signing.prepare().catch(report);
  const sweeper = new Sweeper(store, report);
  sweeper.start(SWEEP_INTERVAL);
  const importer = new Importer(core.bulkImport, report);
  importer.start(IMPORT_INTERVAL);
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}${settings.base_path ?? ''}`,
    port,
    async close() {
      await listener.close();
      await keysReady;
      await sweeper.stop();
      await importer.stop();
      await store.close();
    },
  };
}
