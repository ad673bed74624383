/** The two servers that the tests run against. */
export interface Deployment {
  readonly supertokensUri: string;
  readonly faunadbUrl: string;
  /** A key with the role "admin". */
  readonly faunadbSecret: string;
  stop(): Promise<void>;
}

/** Those that the environment names (SUPERTOKENS_URI, FAUNADB_URL, FAUNADB_SECRET), or embedded ones in this process. */
export async function startDeployment(): Promise<Deployment> {
  const { SUPERTOKENS_URI, FAUNADB_URL, FAUNADB_SECRET = 'secret' } = process.env;
  const core = SUPERTOKENS_URI ? { url: SUPERTOKENS_URI, stop: async () => {} } : await startCore();
  const fauna = FAUNADB_URL ? { url: FAUNADB_URL, stop: async () => {} } : await startFauna(FAUNADB_SECRET);
  return {
    supertokensUri: core.url,
    faunadbUrl: fauna.url,
    faunadbSecret: FAUNADB_SECRET,
    stop: async () => {
      await Promise.all([core.stop(), fauna.stop()]);
    },
  };
}

async function startCore() {
  const { createCoreServer } = await import('core-server');
  const server = await createCoreServer();
  return { url: server.url, stop: () => server.close() };
}

async function startFauna(rootKey: string) {
  const { createFaunaServer } = await import('faunadb-server');
  const server = await createFaunaServer({ rootKey });
  return { url: server.url, stop: () => server.close() };
}
