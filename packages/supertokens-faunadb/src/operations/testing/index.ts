import type { CoreServer } from 'core-server';
import type { Client } from 'faunadb';
import faunadb from 'faunadb';
import type { FaunaServer } from 'faunadb-server';
import { advanceClock } from './clock.js';

/** The root key of {@link startTestServers}, unless it is told another: a test may write it down. */
export const TEST_ROOT_KEY = 'test-root-key';

/** What {@link startTestServers} takes. */
export interface TestServersOptions {
  /** The secret that opens all of FaunaDB. Default: {@link TEST_ROOT_KEY}. */
  readonly rootKey?: string;
  /** The Core's settings, by their names in its `config.yaml`: `{ access_token_validity: 60 }`. */
  readonly coreSettings?: Readonly<Record<string, unknown>>;
}

/** What both servers held at one moment. */
export interface TestSnapshot {
  /** The data of the FaunaDB server. */
  readonly fauna: ReturnType<FaunaServer['snapshot']>;
  /** The data of the Core. */
  readonly core: ReturnType<CoreServer['snapshot']>;
}

/** Both servers, in the memory of this process. */
export interface TestServers {
  /** For `connectionURI` of `supertokens.init`. */
  readonly supertokensUri: string;
  /** For `endpoint` of `faunadb.Client`. */
  readonly faunadbUrl: string;
  /** A secret with all rights in FaunaDB. */
  readonly rootKey: string;
  /** A client with that secret. */
  readonly client: Client;
  /** The environment that the guides' code reads: `SUPERTOKENS_URI`, `FAUNADB_URL`, `FAUNADB_SECRET`, `FAUNADB_ADMIN_SECRET`. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Fills the servers, and makes what they hold then the state that {@link TestServers.reset} goes back to.
   *
   * @example
   * ```ts
   * await servers.seed(async ({ client }) => {
   *   await client.query(q.CreateCollection({ name: 'users' }));
   * });
   * ```
   */
  seed(fill: (servers: TestServers) => Promise<unknown>): Promise<void>;
  /** Goes back to the state after the last {@link TestServers.seed}, or to that of the start. It takes well under 5 ms. */
  reset(): void;
  /** What both servers hold at this moment. */
  snapshot(): TestSnapshot;
  /** Goes back to that, as often as one likes. The clock and new ids go on from where they are. */
  restore(snapshot: TestSnapshot): void;
  /**
   * Moves the clock of this process on, by which both servers, the SDK and the integration tell the time: tokens and sessions
   * run out without waiting. Timers are not moved.
   *
   * @param milliseconds - never less than 0.
   */
  advance(milliseconds: number): void;
  /** Ends both servers. */
  stop(): Promise<void>;
}

/**
 * Starts an embedded FaunaDB and an embedded SuperTokens Core in memory, each on a free port of this machine, for a test suite.
 * They are packages of their own, `faunadb-server` and `core-server`, to be installed beside this one.
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
export async function startTestServers({
  rootKey = TEST_ROOT_KEY,
  coreSettings = {},
}: TestServersOptions = {}): Promise<TestServers> {
  const [{ createFaunaServer }, { createCoreServer }] = await Promise.all([
    import('faunadb-server'),
    import('core-server'),
  ]);
  const [fauna, core] = await Promise.all([
    createFaunaServer({ rootKey }),
    createCoreServer({ host: '127.0.0.1', settings: coreSettings }),
  ]);
  const client = new faunadb.Client({ endpoint: fauna.url, secret: rootKey });
  const snapshot = (): TestSnapshot => ({ fauna: fauna.snapshot(), core: core.snapshot() });
  const restore = (state: TestSnapshot) => {
    fauna.restore(state.fauna);
    core.restore(state.core);
  };
  let seeded = snapshot();
  const servers: TestServers = {
    supertokensUri: core.url,
    faunadbUrl: fauna.url,
    rootKey,
    client,
    env: {
      SUPERTOKENS_URI: core.url,
      FAUNADB_URL: fauna.url,
      FAUNADB_SECRET: rootKey,
      FAUNADB_ADMIN_SECRET: rootKey,
    },
    seed: async (fill) => {
      await fill(servers);
      seeded = snapshot();
    },
    reset: () => restore(seeded),
    snapshot,
    restore,
    advance: advanceClock,
    stop: async () => {
      await client.close({ force: true });
      await Promise.all([fauna.close(), core.close()]);
    },
  };
  return servers;
}
