import type { CoreServer } from 'core-server';
import type { FaunaServer } from 'faunadb-server';
import type { DefaultFaunaClient, FaunaClient } from '../../fauna/base/types.js';
import { languageOf } from '../../fauna/languages.js';
import { type DriverName, openClient } from '../../fauna/open-client.js';
import { advanceClock, clockOffset, serverClock } from './clock.js';
import { openControl } from './control.js';

export { type ConnectedTestServers, connectTestServers } from './connect.js';

/** The default root key of {@link startTestServers}, for tests to use as a literal. */
export const TEST_ROOT_KEY = 'test-root-key';

/** The options of {@link startTestServers}. */
export interface TestServersOptions {
  /** The root key of FaunaDB. Default: {@link TEST_ROOT_KEY}. */
  readonly rootKey?: string;
  /** The Core's settings, named as in its `config.yaml`: `{ access_token_validity: 60 }`. */
  readonly coreSettings?: Readonly<Record<string, unknown>>;
  /**
   * Whether other processes and threads of this machine may seed, reset and advance the servers, by
   * `connectTestServers`. Default: `false`.
   */
  readonly shared?: boolean;
  /** The driver of {@link TestServers.client}. Default: the installed one; `faunadb` where both are installed. */
  readonly driver?: DriverName;
}

/** The state of both servers at one moment. */
export interface TestSnapshot {
  /** The data of the FaunaDB server. */
  readonly fauna: ReturnType<FaunaServer['snapshot']>;
  /** The data of the Core. */
  readonly core: ReturnType<CoreServer['snapshot']>;
}

/** Both servers, running in the memory of this process. */
export interface TestServers<C extends FaunaClient = DefaultFaunaClient> {
  /** For `connectionURI` of `supertokens.init`. */
  readonly supertokensUri: string;
  /** For `endpoint` of a FaunaDB client. */
  readonly faunadbUrl: string;
  /** A secret with all rights in FaunaDB. */
  readonly rootKey: string;
  /** A client with that secret. */
  readonly client: C;
  /**
   * The environment that the guides' code reads: `SUPERTOKENS_URI`, `FAUNADB_URL`, `FAUNADB_SECRET`, `FAUNADB_ADMIN_SECRET`;
   * with `shared`, `TEST_SERVERS_URL` for {@link connectTestServers}.
   */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Fills the servers. {@link TestServers.reset} then restores the resulting state.
   *
   * @example
   * ```ts
   * await servers.seed(async ({ client }) => {
   *   await client.query(q.CreateCollection({ name: 'users' }));
   * });
   * ```
   */
  seed(fill: (servers: TestServers<C>) => Promise<unknown>): Promise<void>;
  /** Restores the state after the last {@link TestServers.seed}, or the initial state. Takes well under 5 ms. */
  reset(): void;
  /** Takes a snapshot of both servers. */
  snapshot(): TestSnapshot;
  /** Restores a snapshot, any number of times. The clock and the generation of ids are not set back. */
  restore(snapshot: TestSnapshot): void;
  /**
   * Advances the clock of both servers, and `Date` of this process, which the SDK and the integration use, so that tokens,
   * sessions, documents and signing keys expire without waiting. Timers are not changed.
   *
   * @param milliseconds - 0 or more.
   */
  advance(milliseconds: number): void;
  /** Stops both servers. */
  stop(): Promise<void>;
}

/**
 * Starts an embedded FaunaDB and an embedded SuperTokens Core in memory, each on a free local port, for a test suite.
 * Install their packages, `faunadb-server` and `core-server`, beside this one.
 *
 * @example
 * ```ts
 * const servers = await startTestServers();
 * supertokens.init({ supertokens: { connectionURI: servers.supertokensUri }, … });
 * …
 * servers.reset();
 * …
 * await servers.stop();
 * ```
 */
export async function startTestServers<C extends FaunaClient = DefaultFaunaClient>({
  rootKey = TEST_ROOT_KEY,
  coreSettings = {},
  shared = false,
  driver,
}: TestServersOptions = {}): Promise<TestServers<C>> {
  const [{ createFaunaServer }, { createCoreServer }] = await Promise.all([
    import('faunadb-server'),
    import('core-server'),
  ]);
  const [fauna, core] = await Promise.all([
    createFaunaServer({ rootKey, clock: serverClock }),
    createCoreServer({ host: '127.0.0.1', settings: coreSettings, clock: serverClock }),
  ]);
  const client = (await openClient(fauna.url, rootKey, driver)) as C;
  const language = await languageOf(client);
  const snapshot = (): TestSnapshot => ({ fauna: fauna.snapshot(), core: core.snapshot() });
  const restore = (state: TestSnapshot) => {
    fauna.restore(state.fauna);
    core.restore(state.core);
  };
  let seeded = snapshot();
  const keep = () => {
    seeded = snapshot();
  };
  const reset = () => restore(seeded);
  const env: Record<string, string> = {
    SUPERTOKENS_URI: core.url,
    FAUNADB_URL: fauna.url,
    FAUNADB_SECRET: rootKey,
    FAUNADB_ADMIN_SECRET: rootKey,
  };
  const controlled = { env, offset: clockOffset, advance: advanceClock, keep, reset };
  const control = shared ? await openControl(controlled) : undefined;
  if (control !== undefined) env.TEST_SERVERS_URL = control.url;
  const servers: TestServers<C> = {
    supertokensUri: core.url,
    faunadbUrl: fauna.url,
    rootKey,
    client,
    env,
    seed: async (fill) => {
      await fill(servers);
      keep();
    },
    reset,
    snapshot,
    restore,
    advance: advanceClock,
    stop: async () => {
      await language.close(client);
      await Promise.all([fauna.close(), core.close(), control?.close()]);
    },
  };
  return servers;
}
