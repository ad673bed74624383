import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './lib/build.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { findLauncher } from './lib/launcher.mjs';
import { main } from './lib/main.mjs';
import { choosePort } from './lib/ports.mjs';
import { dataFolder } from './lib/repository.mjs';
import { answers, Servers } from './lib/servers.mjs';
import { makeDataFolder, readSettings } from './lib/settings.mjs';

// Starts the embedded servers unless SUPERTOKENS_URI and FAUNADB_URL name existing ones.
await main(async () => {
  const launcher = findLauncher();
  if (process.argv.length > 2)
    throw new Error(
      'npm start takes no arguments: environment variables, listed in apps/demo/README.md, set everything.',
    );
  const given = readSettings();
  await ensureDependencies();
  console.log('Building what has changed.');
  await build();

  const stop = stopAsked(launcher);
  const servers = new Servers();
  try {
    const started = await Promise.race([startAll(servers, given), stop]);
    if (started === undefined) return;
    announce(started);
    const death = await Promise.race([stop, servers.died]);
    if (death !== undefined) throw new Error(death);
  } finally {
    if (servers.any) console.log('\nStopping.');
    await servers.stop();
  }
});

/** @typedef {ReturnType<typeof readSettings>} Given the existing servers to use */

/**
 * Resolves on a signal, or when the process that started this script is gone.
 *
 * @param {ReturnType<typeof findLauncher>} launcher
 * @returns {Promise<undefined>}
 */
function stopAsked(launcher) {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve(undefined));
    setInterval(() => launcher.gone() && resolve(undefined), 500).unref();
  });
}

/**
 * @param {Servers} servers
 * @param {Given} given
 */
async function startAll(servers, given) {
  if (given.supertokensUri !== undefined) await checkCore(given.supertokensUri);
  if (given.supertokensUri === undefined || given.faunadb === undefined) makeDataFolder();
  const faunadb = given.faunadb ?? (await startFaunaDB(servers));
  const supertokensUri = given.supertokensUri ?? (await startCore(servers));

  const port = await choosePort('PORT', 3000);
  const page = `http://localhost:${port}`;
  await servers.start('The demo', ['apps/demo/dist/server/main.js'], {
    ready: `http://127.0.0.1:${port}/ready`,
    env: {
      PORT: String(port),
      DEMO_URL: process.env.DEMO_URL || page,
      SUPERTOKENS_URI: supertokensUri,
      FAUNADB_URL: faunadb.url,
      FAUNADB_SECRET: faunadb.secret,
    },
  });
  return { page: process.env.DEMO_URL || page, faunadb, supertokensUri, given };
}

/**
 * The demo queries FaunaDB before it starts, but the Core only when somebody logs in.
 *
 * @param {string} uri
 */
async function checkCore(uri) {
  if (await answers(`${uri.replace(/\/$/, '')}/hello`, 5_000)) return;
  throw new Error(`The SuperTokens Core at ${uri} does not answer: start it, or correct SUPERTOKENS_URI.`);
}

/** @param {Servers} servers */
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
  // The server created it on its first start, readable only by its owner.
  return { url, secret: readFileSync(keyFile, 'utf8').trim() };
}

/** @param {Servers} servers */
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

/** @param {Awaited<ReturnType<typeof startAll>>} started */
function announce({ page, faunadb, supertokensUri, given }) {
  const embedded = given.faunadb === undefined || given.supertokensUri === undefined;
  console.log(`
  The demo      ${page}
  FaunaDB       ${faunadb.url}
  Core          ${supertokensUri}

  Open ${page}, type any name and a password of 8 characters or more, and choose "Create an account".
  Tomorrow, log in with the same account. ${embedded ? `Data is kept in ${dataFolder}; ` : ''}Ctrl-C stops everything.
`);
}
