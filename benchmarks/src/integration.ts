import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Client } from 'undici';
import type { Operation, Scenario, Target } from './scenario.js';
import { slowCore, slowFauna } from './slow-server.js';
import { startServer } from './start.js';

/** Where the token is kept; `plain` is the same application without the integration. */
const modes = ['plain', 'payload', 'sealed', 'database', 'kept'];

/** The least that a refresh can cost: a plain refresh plus one of the steps that a new token needs. */
const floors = ['a payload written', 'session data written', 'a token swapped'];

/** The servers that the environment names, else the embedded ones. */
async function servers() {
  const { SUPERTOKENS_URI, FAUNADB_URL, FAUNADB_SECRET = 'benchmark-root-key' } = process.env;
  const stays = async () => {};
  const core = SUPERTOKENS_URI ? { url: SUPERTOKENS_URI, stop: stays } : await startServer('core-server', '/hello');
  const fauna = FAUNADB_URL
    ? { url: FAUNADB_URL, stop: stays }
    : await startServer('faunadb-server', '/ping', { FAUNADB_ROOT_KEY: FAUNADB_SECRET });
  return { core, fauna, secret: FAUNADB_SECRET };
}

/** The servers, made slow by `latency` ms a request if that is not 0. */
async function slowedServers(latency: number) {
  const { core, fauna, secret } = await servers();
  if (latency === 0) return { core, fauna, secret };
  const slowed = { core: await slowCore(core.url, latency), fauna: await slowFauna(fauna.url, latency) };
  const both =
    (...parts: { stop: () => Promise<void> }[]) =>
    async () => {
      for (const { stop } of parts) await stop();
    };
  return {
    core: { url: slowed.core.url, stop: both(slowed.core, core) },
    fauna: { url: slowed.fauna.url, stop: both(slowed.fauna, fauna) },
    secret,
  };
}

async function start(latency = 0) {
  const { core, fauna, secret } = await slowedServers(latency);
  const script = fileURLToPath(new URL('integration-app.ts', import.meta.url));
  const app = fork(script, [core.url, fauna.url, secret], { execArgv: ['--import', 'tsx'] });
  const [address] = (await Promise.race([once(app, 'message'), once(app, 'exit')])) as [AddressInfo | number];
  if (typeof address !== 'object') {
    await Promise.all([core.stop(), fauna.stop()]);
    throw new Error(`the application could not start: is FaunaDB at ${fauna.url}, and the Core at ${core.url}?`);
  }
  const { port } = address;
  return {
    url: `http://127.0.0.1:${port}`,
    secret,
    stop: async () => {
      app.disconnect();
      await once(app, 'exit');
      await Promise.all([core.stop(), fauna.stop()]);
    },
  };
}

type Headers = Record<string, string | string[] | undefined>;

async function call(
  client: Client,
  mode: string,
  method: 'GET' | 'POST',
  path: string,
  bearer?: string,
): Promise<Headers> {
  const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  const headers = { 'st-auth-mode': 'header', 'x-mode': mode, ...authorization };
  const answer = await client.request({ method, path, headers });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`${method} ${path} (${mode}) answered ${answer.statusCode}: ${text}`);
  return answer.headers;
}

const login = (client: Client, mode: string) => call(client, mode, 'POST', '/login');

/** What each connection repeats, given its state: the headers of its last answer that had tokens. */
const operations: Record<string, (mode: string) => Operation> = {
  'a login': (mode) => async (client) => {
    await login(client, mode);
  },
  'a verified request': (mode) => {
    let session: Headers | undefined;
    return async (client) => {
      session ??= await login(client, mode);
      await call(client, mode, 'GET', '/me', String(session['st-access-token']));
    };
  },
  'a refresh': (mode) => {
    let session: Headers | undefined;
    return async (client) => {
      session ??= await login(client, mode);
      session = await call(client, mode, 'POST', '/auth/session/refresh', String(session['st-refresh-token']));
    };
  },
};

/** The cost of the integration: each operation with it, beside the same one without it. */
export const integration: Target<null> = {
  name: 'integration',
  start,
  prepare: async () => null,
  scenarios: Object.entries(operations).flatMap(([operation, operate]) =>
    [...modes, ...(operation === 'a refresh' ? floors : [])].map(
      (mode): Scenario<null> => ({
        name: `${operation}, ${mode}`,
        ...(mode === 'plain' ? {} : { baseline: `${operation}, plain` }),
        connect: () => operate(mode),
      }),
    ),
  ),
};
