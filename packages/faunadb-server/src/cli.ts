import { createRequire } from 'node:module';
import { backupDirectory, restoreBackup } from '@supertokens-faunadb/store';
import { Command, Option } from 'commander';
import { bytes, count, DEFAULT_DATA, milliseconds, port, secretFrom, serverUrl } from './cli/arguments.js';
import type { ServeOptions } from './cli/serve.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

// Each command loads only what it needs, so that a wrong option is reported at once.

const program = new Command('faunadb-server')
  .enablePositionalOptions()
  .description('A FaunaDB server in one process: FQL v4 and v10 over HTTP/1.1 and HTTP/2, durable.')
  .version(version)
  .option('--port <number>', 'port to listen on, 0 for any free port', port, 8443)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--data <directory>', `data directory, created if it does not exist (default: ./${DEFAULT_DATA})`)
  .option('--memory', 'keep all data in memory, and lose it when the process ends')
  .option('--root-key-file <file>', 'file that holds the root key, created if it does not exist')
  .option('--tls-cert <file>', 'certificate chain for TLS, in PEM (default: no TLS)')
  .option('--tls-key <file>', 'private key of the certificate, in PEM, without a passphrase')
  .addOption(
    new Option('--log-level <level>', 'how much to log to standard error')
      .choices(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'])
      .default('info'),
  )
  .option('--metrics-port <number>', 'port of /metrics for Prometheus, 0 for any free port (default: no metrics)', port)
  .option('--query-timeout <ms>', 'longest time that a query may take', milliseconds, 120_000)
  .option('--max-body-size <bytes>', 'longest request body', bytes, 8 * 1024 * 1024)
  .option('--max-connections <number>', 'how many clients may be connected at once', count, 10_000)
  .option('--schema <directory>', 'make the schema of the root database what the .fsl files in a directory say')
  .option('--watch', 'push the schema again whenever its files change')
  .addHelpText(
    'after',
    `
The root key is the secret that opens the root database. It comes from the environment variable FAUNADB_ROOT_KEY,
or from a file that only its owner may read: --root-key-file, or else "root-key" in the data directory. The file is
created with a new key on the first start.`,
  )
  // Otherwise a misspelt command would be reported as an excess argument.
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
  .description('copy the data into a new file, even while a server is running')
  .option('--data <directory>', 'data directory', DEFAULT_DATA)
  .action(async (file: string, { data }: { data: string }) => {
    await backupDirectory(data, file);
    console.log(`${data} is backed up in ${file}.`);
  });

program
  .command('restore <file>')
  .description('restore a backup into an empty data directory')
  .option('--data <directory>', 'data directory', DEFAULT_DATA)
  .action(async (file: string, { data }: { data: string }) => {
    await restoreBackup(file, data);
    console.log(`${file} is restored into ${data}.`);
  });

program
  .command('check')
  .description('read everything in a data directory that no server is using, and list the damage')
  .option('--data <directory>', 'data directory', DEFAULT_DATA)
  .action(async ({ data }: { data: string }) => {
    const { checkData } = await import('./server/check-data.js');
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
    .option('--url <address>', 'address of any FaunaDB server', serverUrl, 'http://127.0.0.1:8443')
    .option('--secret-file <file>', 'file that holds an admin secret (default: FAUNADB_SECRET in the environment)');

const remoteOf = async ({ url, secretFile }: RemoteOptions) => {
  const { Remote } = await import('./cli/remote.js');
  return new Remote(url, secretFrom(secretFile));
};

remoteCommand('export', "write a database's schema and documents as JSON Lines to standard output or a file").action(
  async (file: string | undefined, options: RemoteOptions) => {
    const { exportDatabase } = await import('./cli/export.js');
    await exportDatabase(await remoteOf(options), file);
  },
);

remoteCommand('import', 'import an export from standard input or a file; it is safe to repeat').action(
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
