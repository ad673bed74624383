import { Command, Option } from 'commander';
import { bytes, count, milliseconds, port } from './cli/arguments.js';
import { DEFAULT_DATA, type ServeOptions, serve } from './cli/serve.js';

const program = new Command('faunadb-server')
  .description('A FaunaDB server in one process: FQL v4 over HTTP/1.1 and HTTP/2, durable.')
  .option('--port <number>', 'port to listen on, 0 for any free one', port, 8443)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--data <directory>', `where the data is kept (default: ./${DEFAULT_DATA})`)
  .option('--memory', 'keep nothing, all is in memory')
  .option('--root-key-file <file>', 'file of the secret that opens everything, made where there is none')
  .option('--tls-cert <file>', 'certificate chain, in PEM')
  .option('--tls-key <file>', 'private key of the certificate, in PEM')
  .addOption(
    new Option('--log-level <level>', 'what is logged on standard error')
      .choices(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'])
      .default('info'),
  )
  .option('--metrics-port <number>', 'port of /metrics for Prometheus', port)
  .option('--query-timeout <ms>', 'the longest that a query may take', milliseconds, 120_000)
  .option('--max-body-size <bytes>', 'the longest body of a request', bytes, 16 * 1024 * 1024)
  .option('--max-connections <number>', 'how many clients may be connected at once', count, 10_000)
  .addHelpText(
    'after',
    `
The root key is taken from the environment variable FAUNADB_ROOT_KEY, or from a file that only its owner may read:
the one of --root-key-file, else "root-key" in the data directory, generated on the first start.`,
  )
  .action((options: ServeOptions) => serve(options));

try {
  await program.parseAsync();
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 1;
}
