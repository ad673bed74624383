import { createRequire } from 'node:module';
import { backupDirectory, restoreBackup } from '@supertokens-faunadb/store';
import { Command, Option } from 'commander';
import { bytes, count, DEFAULT_DATA, milliseconds, port, secretFrom, serverUrl } from './cli/arguments.js';
import type { ServeOptions } from './cli/serve.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

// Each command loads what it needs: a wrong option is told at once.

const program = new Command('faunadb-server')
  .enablePositionalOptions()
  .description('A FaunaDB server in one process: FQL v4 and v10 over HTTP/1.1 and HTTP/2, durable.')
  .version(version)
  .option('--port <number>', 'port to listen on, 0 for any free one', port, 8443)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--data <directory>', `where the data is kept, made where it is missing (default: ./${DEFAULT_DATA})`)
  .option('--memory', 'keep the data in memory only, until the process ends')
  .option('--root-key-file <file>', 'file of the secret that opens everything, made where there is none')
  .option('--tls-cert <file>', 'certificate chain for TLS, in PEM (default: no TLS)')
  .option('--tls-key <file>', 'private key of the certificate, in PEM, without a passphrase')
  .addOption(
    new Option('--log-level <level>', 'what is logged on standard error')
      .choices(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'])
      .default('info'),
  )
  .option('--metrics-port <number>', 'port of /metrics for Prometheus, 0 for any free one (default: none)', port)
  .option('--query-timeout <ms>', 'the longest that a query may take', milliseconds, 120_000)
  .option('--max-body-size <bytes>', 'the longest body of a request', bytes, 8 * 1024 * 1024)
  .option('--max-connections <number>', 'how many clients may be connected at once', count, 10_000)
  .addHelpText(
    'after',
    `
The root key is taken from the environment variable FAUNADB_ROOT_KEY, or from a file that only its owner may read:
the one of --root-key-file, else "root-key" in the data directory, generated on the first start.`,
  )
  // Else a misspelt command would be told to be an argument too many.
  .allowExcessArguments()
  .action(async (options: ServeOptions, { args: [unknown] }: Command) => {
    if (unknown !== undefined) {
      throw new Error(
        `There is no command "${unknown}": expected backup, restore, check, export, import, or options alone.`,
      );
    }
    const { serve } = await import('./cli/serve.js');
    await serve(options);
  });

program
  .command('backup <file>')
  .description('copy the data into a new file, while a server may be serving it')
  .option('--data <directory>', 'where the data is kept', DEFAULT_DATA)
  .action(async (file: string, { data }: { data: string }) => {
    await backupDirectory(data, file);
    console.log(`${data} is backed up in ${file}.`);
  });

program
  .command('restore <file>')
  .description('put a backup into a data directory that is empty')
  .option('--data <directory>', 'where the data is kept', DEFAULT_DATA)
  .action(async (file: string, { data }: { data: string }) => {
    await restoreBackup(file, data);
    console.log(`${file} is restored into ${data}.`);
  });

program
  .command('check')
  .description('read everything in a data directory that no server uses, and list what is damaged')
  .option('--data <directory>', 'where the data is kept', DEFAULT_DATA)
  .action(async ({ data }: { data: string }) => {
    const { checkData } = await import('./server/check.js');
    const damages = await checkData(data);
    for (const damage of damages) console.log(damage);
    if (damages.length > 0) throw new Error(`${data} is damaged: restore it from a backup into another directory.`);
    console.log(`${data} is whole.`);
  });

interface RemoteOptions {
  readonly url: string;
  readonly secretFile?: string;
}

const remoteCommand = (name: string, description: string): Command =>
  program
    .command(`${name} [file]`)
    .description(description)
    .option('--url <address>', 'any FaunaDB server', serverUrl, 'http://127.0.0.1:8443')
    .option('--secret-file <file>', 'file of an admin secret (default: FAUNADB_SECRET in the environment)');

const remoteOf = async ({ url, secretFile }: RemoteOptions) => {
  const { Remote } = await import('./cli/remote.js');
  return new Remote(url, secretFrom(secretFile));
};

remoteCommand(
  'export',
  "write a database's schema and documents as JSON Lines, on standard output or into a file",
).action(async (file: string | undefined, options: RemoteOptions) => {
  const { exportDatabase } = await import('./cli/export.js');
  await exportDatabase(await remoteOf(options), file);
});

remoteCommand('import', 'take an export in, from standard input or a file; repeating it does no harm').action(
  async (file: string | undefined, options: RemoteOptions) => {
    const { importDatabase } = await import('./cli/import.js');
    await importDatabase(await remoteOf(options), file);
  },
);

try {
  await program.parseAsync();
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 1;
}
