import { open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { backupDirectory, makeDirectory, reasonOf, restoreBackup } from '@supertokens-faunadb/store';
import { explainListenError } from '@supertokens-faunadb/traffic';
import { Command, InvalidArgumentError, Option } from 'commander';
import { pino } from 'pino';
import type { Tls } from './http/listener.js';
import { createCoreServer } from './server.js';
import { DEFINITIONS, type Definition, SETTING_NAMES, type Settings, variableOf } from './settings/definitions.js';
import { InvalidSetting, resolveSettings } from './settings/settings.js';
import { settingsFromEnvironment, settingsFromFile } from './settings/sources.js';
import { readTlsFiles } from './tls-files.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/** Maximum characters of log to buffer while the disk is full; the excess is lost. */
const MOST_UNWRITTEN_LOG = 2 ** 20;

interface Options {
  readonly port?: number;
  readonly host?: string;
  readonly data?: string;
  readonly memory?: true;
  readonly config?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly metricsPort?: number;
}

/** The default data folder. */
const DATA = '.data/core';

const program = new Command('core-server')
  .description('A SuperTokens Core in one process: the core driver interface for sessions and login, durable.')
  .version(version)
  .option('--port <number>', 'port to listen on, 0 for any free port (default: the setting port, 3567)', portOf)
  .option('--host <address>', 'address to listen on (default: the setting host, localhost)')
  .option('--data <folder>', 'folder for the data, created if missing; one process at a time can use it', DATA)
  .addOption(
    new Option('--memory', 'keep the data in memory only; they are lost when the process ends').conflicts('data'),
  )
  .option('--config <file>', "settings file, in the format of the real Core's config.yaml")
  .option('--tls-cert <file>', 'certificate chain for TLS, in PEM (default: no TLS)')
  .option('--tls-key <file>', 'private key of the certificate, in PEM, without a passphrase')
  .option(
    '--metrics-port <number>',
    'port of /metrics for Prometheus, 0 for any free port (default: no metrics)',
    portOf,
  )
  .addHelpText(
    'after',
    `\nSettings, in the file or as environment variables, which take precedence:\n${settingsHelp()}`,
  )
  .enablePositionalOptions()
  // Otherwise commander would report a misspelt command as an excess argument.
  .allowExcessArguments()
  .action((options: Options, { args: [unknown] }: Command) =>
    orFail(async () => {
      if (unknown !== undefined) {
        throw new Error(`there is no command "${unknown}": give backup, restore, check, or options alone.`);
      }
      await start(options);
    }),
  );

const ofData = (name: string, description: string) =>
  program.command(name).description(description).option('--data <folder>', 'folder of the data', DATA);

ofData('backup <file>', 'copy the data into a new file; a server may be using the data').action(
  (file: string, { data }: { data: string }) =>
    orFail(async () => {
      await backupDirectory(data, file);
      console.log(`${data} is backed up in ${file}.`);
    }),
);

ofData('restore <file>', 'restore a backup into an empty data folder').action(
  (file: string, { data }: { data: string }) =>
    orFail(async () => {
      await restoreBackup(file, data);
      console.log(`${file} is restored into ${data}.`);
    }),
);

ofData('check', 'read all data in a folder that no server is using, and list the damage').action(
  ({ data }: { data: string }) =>
    orFail(async () => {
      const { checkData } = await import('./core/check.js');
      const damages = await checkData(data);
      for (const damage of damages) console.log(damage);
      if (damages.length > 0) throw new Error(`${data} is damaged: restore it from a backup into another folder.`);
      console.log(`${data} is whole.`);
    }),
);

await program.parseAsync();

async function orFail(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.stderr.write(`core-server: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

async function start(options: Options): Promise<void> {
  const fromFile = options.config === undefined ? {} : await settingsFromFile(options.config);
  const settings = resolveSettings(settingsFromEnvironment(process.env), fromFile);
  for (const name of ['info_log_path', 'error_log_path'] as const) await checkLog(name, settings[name]);
  const logger = loggerOf(settings);
  const tls = await tlsOf(options);
  const { metricsPort } = options;
  const host = options.host ?? settings.host ?? 'localhost';
  const port = options.port ?? settings.port;
  const server = await createCoreServer({
    host,
    port,
    ...(options.memory ? {} : { dataDirectory: options.data ?? DATA }),
    ...(tls && { tls }),
    ...(metricsPort === undefined ? {} : { metricsPort }),
    settings,
    logger,
  }).catch((error) => {
    throw explainListenError(error, { host, port, metricsPort });
  });
  const stop = () => {
    logger.info('stopping');
    server.close().catch((error: unknown) => {
      logger.error({ err: error }, 'could not stop cleanly');
      process.exitCode = 1;
    });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  if (server.metricsPort !== undefined) logger.info(`metrics are at http://${host}:${server.metricsPort}/metrics`);
  // Logged last: a supervisor that reads this line may send a signal at once.
  logger.info(`listening on ${server.url}, data ${options.memory ? 'in memory' : `in ${options.data}`}`);
}

async function tlsOf({ tlsCert, tlsKey }: Options): Promise<Tls | undefined> {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) throw new Error('give --tls-cert and --tls-key together.');
  return readTlsFiles(tlsCert, tlsKey);
}

// An environment variable or a quoted YAML value yields the text 'null'.
function isFile(path: string | null): path is string {
  return path !== null && path !== 'null';
}

/** Checks a log file before pino opens it: pino's error would not name the setting. */
async function checkLog(name: string, path: string | null): Promise<void> {
  if (!isFile(path)) return;
  try {
    await makeDirectory(dirname(path));
    await (await open(path, 'a')).close();
  } catch (error) {
    throw new InvalidSetting(
      `'${name}' is ${path}, which cannot be written, because ${reasonOf(error)}: give a file that this user may write to.`,
    );
  }
}

function loggerOf(settings: Settings) {
  const level = settings.log_level?.toLowerCase() ?? 'info';
  const file = (path: string | null, descriptor: 1 | 2) => {
    const destination = pino.destination({ dest: isFile(path) ? path : descriptor, maxLength: MOST_UNWRITTEN_LOG });
    // The server keeps running when the disk is too full for logs.
    destination.on('error', () => {});
    return destination;
  };
  return pino(
    { level: level === 'none' ? 'silent' : level },
    pino.multistream(
      [
        { level: 'trace', stream: file(settings.info_log_path, 1) },
        { level: 'error', stream: file(settings.error_log_path, 2) },
      ],
      { dedupe: true },
    ),
  );
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('It must be a number from 0 to 65535.');
  return port;
}

function settingsHelp(): string {
  return SETTING_NAMES.flatMap((name) => {
    const { help, initial }: Definition = DEFINITIONS[name];
    if (help === undefined) return [];
    return [`  ${name} (${variableOf(name)}, default ${initial === '' ? '""' : initial})\n      ${help}`];
  }).join('\n');
}
