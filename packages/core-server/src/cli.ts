import { createRequire } from 'node:module';
import { Command, InvalidArgumentError } from 'commander';
import { pino } from 'pino';
import { createCoreServer } from './server.js';
import { DEFINITIONS, type Definition, SETTING_NAMES, type Settings, variableOf } from './settings/definitions.js';
import { resolveSettings } from './settings/settings.js';
import { settingsFromEnvironment, settingsFromFile } from './settings/sources.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

interface Options {
  readonly port?: number;
  readonly host?: string;
  readonly data?: string;
  readonly memory?: true;
  readonly config?: string;
}

const program = new Command('core-server')
  .description('A SuperTokens Core in one process: the core driver interface for sessions, durable.')
  .version(version)
  .option('--port <number>', 'port to listen on, 0 for any that is free (default: the setting port, 3567)', portOf)
  .option('--host <address>', 'address to listen on (default: the setting host, localhost)')
  .option('--data <folder>', 'folder for the data, made where it is missing', '.data/core')
  .option('--memory', 'keep the data in memory only, for tests')
  .option('--config <file>', "settings, in the form of the real Core's config.yaml")
  .addHelpText('after', `\nSettings, in the file or as environment variables, which come first:\n${settingsHelp()}`)
  .action(run);

await program.parseAsync();

async function run(options: Options): Promise<void> {
  try {
    await start(options);
  } catch (error) {
    process.stderr.write(`core-server: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

async function start(options: Options): Promise<void> {
  const fromFile = options.config === undefined ? {} : await settingsFromFile(options.config);
  const settings = resolveSettings(settingsFromEnvironment(process.env), fromFile);
  const logger = loggerOf(settings);
  const server = await createCoreServer({
    host: options.host ?? settings.host ?? 'localhost',
    port: options.port ?? settings.port,
    ...(options.memory ? {} : { dataDirectory: options.data ?? '.data/core' }),
    settings,
    logger,
  });
  const stop = async () => {
    logger.info('stopping');
    await server.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  // Who reads this may send a signal at once.
  logger.info(`listening on ${server.url}, data ${options.memory ? 'in memory' : `in ${options.data}`}`);
}

function loggerOf(settings: Settings) {
  const level = settings.log_level?.toLowerCase() ?? 'info';
  const file = (path: string | null, descriptor: 1 | 2) =>
    path === null || path === 'null' ? pino.destination(descriptor) : pino.destination({ dest: path, mkdir: true });
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
