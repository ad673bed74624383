import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { TestDatabase } from '../../../../packages/supertokens-faunadb/test/support/database.js';
import { ServerProcess } from './server-process.js';
import { TcpProxy } from './tcp-proxy.js';

/** A server that a test can kill at any moment, and restart at the same address with all its data. */
export interface MortalServer {
  readonly url: string;
  /** Kills the server without warning, like a power cut. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The two servers of the demo's tests. */
export interface Servers {
  readonly core: MortalServer;
  readonly fauna: MortalServer;
  /** A key with the role "admin" of a database of the tests' own. */
  readonly faunadbSecret: string;
  stop(): Promise<void>;
}

/**
 * Those that the environment names (SUPERTOKENS_URI, FAUNADB_URL, FAUNADB_SECRET), each behind a proxy, or embedded ones,
 * each in a process of its own.
 *
 * @param folder where embedded ones keep their data.
 */
export async function startServers(folder: string): Promise<Servers> {
  const { SUPERTOKENS_URI, FAUNADB_URL, FAUNADB_SECRET = 'secret' } = process.env;
  const core = SUPERTOKENS_URI
    ? await TcpProxy.before(SUPERTOKENS_URI)
    : await ServerProcess.core(join(folder, 'core'));
  const rootKey = randomUUID();
  const [fauna, faunadbSecret] = FAUNADB_URL
    ? [await TcpProxy.before(FAUNADB_URL), (await TestDatabase.createEmpty(FAUNADB_URL, FAUNADB_SECRET)).adminSecret]
    : [await ServerProcess.faunadb(join(folder, 'faunadb'), rootKey), rootKey];
  return {
    core,
    fauna,
    faunadbSecret,
    stop: async () => {
      await Promise.all([core.stop(), fauna.stop()]);
    },
  };
}
