import type { DefaultFaunaClient, FaunaClient } from '../../fauna/base/types.js';
import { languageOf } from '../../fauna/languages.js';
import { type DriverName, openClient } from '../../fauna/open-client.js';
import { advanceClock, checkAdvance, clockOffset } from './clock.js';
import type { ControlAnswer, ControlRequest } from './control.js';
import type { TestServers } from './index.js';

/** Test servers that run in another process or thread, as {@link connectTestServers} returns them. */
export interface ConnectedTestServers<C extends FaunaClient = DefaultFaunaClient>
  extends Pick<TestServers<C>, 'supertokensUri' | 'faunadbUrl' | 'rootKey' | 'client' | 'env'> {
  /** Fills the servers. {@link ConnectedTestServers.reset} of every process then restores the resulting state. */
  seed(fill: (servers: ConnectedTestServers<C>) => Promise<unknown>): Promise<void>;
  /** Restores the state after the last `seed`, or the initial state. */
  reset(): Promise<void>;
  /**
   * Advances the servers' clock and the clock of this process, so that tokens and sessions expire without waiting.
   *
   * @param milliseconds - 0 or more.
   */
  advance(milliseconds: number): Promise<void>;
  /** Closes the client. The servers continue until the process that started them stops them. */
  close(): Promise<void>;
}

/**
 * Connects to servers that another process or thread has started by `startTestServers({ shared: true })`: the global set-up
 * of a test runner, say. The clock of this process is advanced to theirs.
 *
 * @param url - Default: the environment's `TEST_SERVERS_URL`, which is in the `env` of the servers.
 * @param driver - Of the client. Default: the installed one; `faunadb` where both are installed.
 * @throws Error if there are no such servers.
 *
 * @example
 * ```ts
 * const servers = await connectTestServers();
 * await servers.reset();
 * await servers.advance(3_600_000);
 * ```
 */
export async function connectTestServers<C extends FaunaClient = DefaultFaunaClient>(
  url = process.env.TEST_SERVERS_URL,
  driver?: DriverName,
): Promise<ConnectedTestServers<C>> {
  if (url === undefined) {
    throw new Error(
      'TEST_SERVERS_URL is not set: put `env` of startTestServers({ shared: true }) into the environment.',
    );
  }
  const ask = async (request: ControlRequest): Promise<ControlAnswer> => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(request) });
    if (!response.ok) throw new Error(`The test servers refuse to ${request.action}: ${await response.text()}`);
    const answer = (await response.json()) as ControlAnswer;
    advanceClock(Math.max(0, answer.offset - clockOffset()));
    return answer;
  };
  const { env } = await ask({});
  const { SUPERTOKENS_URI: supertokensUri = '', FAUNADB_URL: faunadbUrl = '', FAUNADB_SECRET: rootKey = '' } = env;
  const client = (await openClient(faunadbUrl, rootKey, driver)) as C;
  const language = await languageOf(client);
  const servers: ConnectedTestServers<C> = {
    ...{ supertokensUri, faunadbUrl, rootKey, client, env },
    seed: async (fill) => {
      await fill(servers);
      await ask({ action: 'keep' });
    },
    reset: async () => void (await ask({ action: 'reset' })),
    advance: async (milliseconds) => {
      checkAdvance(milliseconds);
      await ask({ action: 'advance', milliseconds });
    },
    close: () => language.close(client),
  };
  return servers;
}
