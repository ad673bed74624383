import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './lib/build.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';
import { choosePort } from './lib/ports.mjs';
import { dataFolder } from './lib/repository.mjs';
import { Servers } from './lib/servers.mjs';

// The embedded servers are the default; SUPERTOKENS_URI and FAUNADB_URL put real ones in their place.
await main(async () => {
  const given = givenFaunaDB();
  await ensureDependencies();
  await build();
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });

  const stop = stopAsked();
  const servers = new Servers();
  try {
    const started = await Promise.race([startAll(servers, given), stop]);
    if (started === undefined) return;
    tell(started);
    const death = await Promise.race([stop, servers.died]);
    if (death !== undefined) throw new Error(death);
  } finally {
    console.log('\nStopping.');
    await servers.stop();
  }
});

/** Settles, with nothing, on a signal, or when npm's shell has gone: npm passes signals on to that shell only. */
function stopAsked() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve(undefined));
    const parent = process.ppid;
    if (process.env.npm_lifecycle_event === undefined) return;
    setInterval(() => process.ppid !== parent && resolve(undefined), 500).unref();
  });
}

async function startAll(servers, givenFaunaDB) {
  const faunadb = givenFaunaDB ?? (await startFaunaDB(servers));
  const supertokensUri = process.env.SUPERTOKENS_URI || (await startCore(servers));

  const port = await choosePort('PORT', 3000);
  const page = `http://localhost:${port}`;
  await servers.start('The demo', ['apps/demo/dist/server/main.js'], {
    ready: `http://127.0.0.1:${port}/ready`,
    env: {
      PORT: String(port),
      DEMO_URL: process.env.DEMO_URL ?? page,
      SUPERTOKENS_URI: supertokensUri,
      FAUNADB_URL: faunadb.url,
      FAUNADB_SECRET: faunadb.secret,
    },
  });
  return { page, faunadbUrl: faunadb.url, supertokensUri };
}

function givenFaunaDB() {
  const { FAUNADB_URL: url, FAUNADB_SECRET: secret } = process.env;
  if (!url) return undefined;
  if (!secret)
    throw new Error('FAUNADB_URL is given, so FAUNADB_SECRET must be too: an admin key of the database to use.');
  return { url, secret };
}

async function startFaunaDB(servers) {
  const port = await choosePort('FAUNADB_PORT', 8443);
  const url = `http://127.0.0.1:${port}`;
  const data = join(dataFolder, 'faunadb');
  const keyFile = join(dataFolder, 'faunadb-root-key');
  await servers.start(
    'The embedded FaunaDB',
    [
      'packages/faunadb-server/bin/faunadb-server.mjs',
      ...['--port', String(port), '--data', data, '--root-key-file', keyFile, '--log-level', 'warn'],
    ],
    { ready: `${url}/ping` },
  );
  // The server has made it, on its first start, for this file's owner only.
  return { url, secret: readFileSync(keyFile, 'utf8').trim() };
}

async function startCore(servers) {
  const port = await choosePort('CORE_PORT', 3567);
  const url = `http://127.0.0.1:${port}`;
  const data = join(dataFolder, 'core');
  await servers.start(
    'The embedded Core',
    ['packages/core-server/bin/core-server.mjs', '--host', '127.0.0.1', '--port', String(port), '--data', data],
    { ready: `${url}/hello` },
  );
  return url;
}

function tell({ page, faunadbUrl, supertokensUri }) {
  console.log(`
  The demo      ${page}
  FaunaDB       ${faunadbUrl}
  Core          ${supertokensUri}

  Open ${page}, type any name and a password of 8 characters or more, and choose "Create an account".
  Tomorrow, log in with the same. Data is kept in ${dataFolder}; Ctrl-C stops everything.
`);
}
