import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SingleBar } from 'cli-progress';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import faunadb from 'faunadb';
import supertokens from 'supertokens-node';
import Session from 'supertokens-node/recipe/session';
import { type FaunadbSessionOptions, settingsFrom } from '../backend/options.js';
import { type Environment, startDevelopment } from '../operations/dev.js';
import { doctor, type Finding } from '../operations/doctor.js';
import { makeKey } from '../operations/key.js';
import { sweepFaunadbTokens } from '../operations/sweep.js';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

interface Deployment {
  readonly supertokensUri: string;
  readonly supertokensApiKey?: string;
  readonly faunadbUrl: string;
  readonly faunadbSecret: string;
}

/** The command line: `supertokens-faunadb sweep`, `doctor`, `key` and `dev`. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('supertokens-faunadb')
    .description('Looks after FaunaDB tokens of SuperTokens sessions.')
    .version(version)
    .exitOverride();

  withDeployment(program.command('sweep'))
    .description('Deletes the tokens whose session is gone.')
    .option('--dry-run', 'count them, delete nothing')
    .option('--page-size <tokens>', 'tokens to look at in one query', wholeNumber(1, 100_000), 200)
    .option('--concurrency <requests>', 'requests to the Core at a time', wholeNumber(1), 4)
    .option('--pause <milliseconds>', 'rest between two pages', wholeNumber(0), 0)
    .option('--minimum-age <milliseconds>', 'leave younger tokens alone', wholeNumber(0), 60_000)
    .action(async (options: Deployment & SweepFlags) => {
      initialise(options);
      const { dryRun = false } = options;
      const bar = new SingleBar({
        format: '{bar} {value}/{total} tokens, {orphans} without a session',
        noTTYOutput: false,
      });
      const faunaDBClient = clientOf(options);
      let started = false;
      const { seen, ours, young, orphans } = await sweepFaunadbTokens({
        ...options,
        dryRun,
        faunaDBClient,
        onProgress: ({ total, seen, orphans }) => {
          if (!started) bar.start(total, 0, { orphans: 0 });
          started = true;
          bar.update(seen, { orphans });
        },
      })
        .catch(async (error: Error) => {
          throw await explain(error, options, faunaDBClient);
        })
        .finally(() => {
          bar.stop();
          return close(faunaDBClient);
        });
      const verb = dryRun ? 'to delete' : 'deleted';
      console.log(`${seen} tokens seen, ${ours} made for sessions, ${orphans} without a session ${verb}.`);
      if (young > 0) {
        console.log(
          `${young} were younger than ${options.minimumAge / 1_000} s and not looked up: a login or refresh may be about to record them (--minimum-age).`,
        );
      }
    });

  withDeployment(program.command('doctor'), ({ options }) => options === undefined)
    .description('Checks a deployment and says what is wrong.')
    .option(
      '--options <module>',
      "the application's own options: a module that exports them (default, or faunadbOptions)",
    )
    .option('--tenant <id>', 'the tenant to look at', 'public')
    .option('--collection <name>', 'the collection of the users, userCollectionName (default: that of --options)')
    .option('--api-url <url>', 'apiDomain with apiBasePath, to check CORS', httpAddress)
    .option('--website-domain <url>', 'websiteDomain, to check CORS (default: not checked)', httpAddress)
    .option('--json', 'write the findings as JSON')
    .action(async (flags: Deployment & DoctorFlags) => {
      const options = flags.options === undefined ? undefined : await readOptions(flags.options);
      const faunaDBClient = options === undefined || flags.faunadbSecret ? clientOf(flags) : undefined;
      const findings = await doctor({
        ...partsOf(flags),
        tenantId: flags.tenant,
        ...(faunaDBClient === undefined ? {} : { faunaDBClient }),
        ...(options === undefined ? {} : { options }),
        ...(flags.collection === undefined ? {} : { userCollectionName: flags.collection }),
        ...(flags.apiUrl === undefined ? {} : { apiURL: flags.apiUrl }),
        ...(flags.websiteDomain === undefined ? {} : { websiteDomain: flags.websiteDomain }),
      });
      if (flags.json) console.log(JSON.stringify({ ok: findings.every(({ ok }) => ok), findings }, null, 2));
      else {
        for (const finding of findings)
          console.log(`${finding.ok ? 'ok  ' : 'FAIL'}  ${finding.check}: ${told(finding)}`);
      }
      if (faunaDBClient !== undefined) await close(faunaDBClient);
      if (findings.some(({ ok }) => !ok)) process.exitCode = 1;
    });

  withDeployment(program.command('key'), () => false)
    .description('Makes a key that may do what the options need, and nothing else, and prints its secret.')
    .option(
      '--options <module>',
      "the application's own options: a module that exports them (default, or faunadbOptions)",
    )
    .option('--collection <name>', 'instead of options: userCollectionName')
    .option('--role <name>', 'the name of the role to make or to bring up to date', 'sessions')
    .option('--tenant <id>', "the tenant to ask the options' functions about", 'public')
    .option('--json', 'write the role, its privileges and the secret as JSON')
    .addHelpText('after', '\nFAUNADB_ADMIN_SECRET in the environment is a key of the database with the role "admin".')
    .action(async (flags: Deployment & KeyFlags) => {
      const adminSecret = process.env.FAUNADB_ADMIN_SECRET;
      if (!adminSecret) throw new Error('FAUNADB_ADMIN_SECRET is missing in the environment: set it to an admin key.');
      if (flags.options === undefined && flags.collection === undefined) {
        throw new Error('Give --options, the module with your options, or --collection.');
      }
      const options =
        flags.options === undefined ? { userCollectionName: flags.collection ?? '' } : await readOptions(flags.options);
      const adminClient = clientOf({ ...flags, faunadbSecret: adminSecret });
      const key = await makeKey({ adminClient, options, roleName: flags.role, tenantId: flags.tenant }).finally(() =>
        close(adminClient),
      );
      if (flags.json) return console.log(JSON.stringify(key, null, 2));
      // The secret alone goes where it can be piped from.
      console.error(`Role "${key.role}" may:`);
      for (const { resource, actions } of key.privileges) {
        console.error(`  ${Object.keys(actions).join(', ')}: ${resource.kind} ${resource.name ?? ''}`.trimEnd());
      }
      console.log(key.secret);
    });

  program
    .command('dev')
    .description('Starts both embedded servers for development, with data in a folder, until Ctrl-C.')
    .option('--data <folder>', 'the folder of the data', '.data')
    .option('--schema <script>', "the application's schema script, run at the start and whenever it changes")
    .option('--options <module>', "the application's own options, which the key in FAUNADB_SECRET is enough for")
    .option('--collection <name>', 'instead of options: userCollectionName')
    .option('--env-file <file>', 'the file to write the environment to', '.env')
    .option('--faunadb-port <port>', 'where FaunaDB answers', wholeNumber(0, 65_535), 8443)
    .option('--core-port <port>', 'where the Core answers', wholeNumber(0, 65_535), 3567)
    .action(async (flags: DevFlags) => {
      const { options: file, collection } = flags;
      const options =
        file === undefined
          ? collection === undefined
            ? undefined
            : async () => ({ userCollectionName: collection })
          : async (env: Environment) => {
              // What the module reads of it to make its client.
              Object.assign(process.env, { FAUNADB_SECRET: env.FAUNADB_ADMIN_SECRET, ...env });
              return readOptions(file);
            };
      const { env, stop } = await startDevelopment({
        data: flags.data,
        envFile: flags.envFile,
        faunaPort: flags.faunadbPort,
        corePort: flags.corePort,
        tell: (line) => console.log(line),
        ...(flags.schema === undefined ? {} : { schema: flags.schema }),
        ...(options === undefined ? {} : { options }),
      });
      for (const [name, value] of Object.entries(env)) console.log(`${name}=${value}`);
      console.log(
        `Ready. The environment is in ${flags.envFile}, the data in ${flags.data}. Ctrl-C stops both servers.`,
      );
      await new Promise<void>((stopped) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopped);
      });
      await stop();
    });

  try {
    await program.parseAsync(argv);
  } catch (error) {
    // What Commander throws it has told already, help among it.
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode;
      return;
    }
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}

interface SweepFlags {
  readonly dryRun?: true;
  readonly pageSize: number;
  readonly concurrency: number;
  readonly pause: number;
  readonly minimumAge: number;
}

interface DevFlags {
  readonly data: string;
  readonly schema?: string;
  readonly options?: string;
  readonly collection?: string;
  readonly envFile: string;
  readonly faunadbPort: number;
  readonly corePort: number;
}

interface KeyFlags {
  readonly options?: string;
  readonly collection?: string;
  readonly role: string;
  readonly tenant: string;
  readonly json?: true;
}

interface DoctorFlags {
  readonly options?: string;
  readonly tenant: string;
  readonly json?: true;
  readonly collection?: string;
  readonly apiUrl?: string;
  readonly websiteDomain?: string;
}

/**
 * Secrets come by the environment only: a command line can be read by everybody on the machine.
 *
 * @param needsSecret whether the command cannot do without FAUNADB_SECRET.
 */
function withDeployment(
  command: Command,
  needsSecret: (options: { options?: string }) => boolean = () => true,
): Command {
  return command
    .addOption(
      new Option('--supertokens-uri <url>', 'where the Core answers, as connectionURI: several are separated by ";"')
        .env('SUPERTOKENS_URI')
        .argParser(connectionURI)
        .default('http://localhost:3567'),
    )
    .addOption(
      new Option('--faunadb-url <url>', 'where FaunaDB answers')
        .env('FAUNADB_URL')
        .argParser(httpAddress)
        .default('http://localhost:8443'),
    )
    .addHelpText(
      'after',
      '\nSecrets are taken from the environment: FAUNADB_SECRET, a key of the database with the role "server", and\nSUPERTOKENS_API_KEY, where the Core wants one.',
    )
    .hook('preAction', (_, action) => {
      const { FAUNADB_SECRET: faunadbSecret, SUPERTOKENS_API_KEY: supertokensApiKey } = process.env;
      if (!faunadbSecret && needsSecret(action.opts()))
        throw new Error(
          'FAUNADB_SECRET is missing in the environment: set it to a key of the database with the role "server".',
        );
      action.setOptionValue('faunadbSecret', faunadbSecret ?? '');
      if (supertokensApiKey) action.setOptionValue('supertokensApiKey', supertokensApiKey);
    });
}

/** The application's own options, out of its module. */
async function readOptions(path: string): Promise<FaunadbSessionOptions> {
  const module: Record<string, unknown> = await import(pathToFileURL(resolve(path)).href).catch((error: Error) => {
    throw new Error(`The options in ${path} cannot be read: ${error.message.split('\n')[0]}`);
  });
  const found = module.faunadbOptions ?? module.default;
  // A CommonJS module has its exports under "default".
  const options = (found as { faunadbOptions?: unknown } | undefined)?.faunadbOptions ?? found;
  if (typeof options === 'object' && options !== null) {
    settingsFrom(options as FaunadbSessionOptions);
    return options as FaunadbSessionOptions;
  }
  throw new Error(`${path} exports no options: export them as "faunadbOptions", or as its default.`);
}

function clientOf({ faunadbUrl, faunadbSecret }: Deployment): faunadb.Client {
  return new faunadb.Client({ endpoint: faunadbUrl, secret: faunadbSecret });
}

/** A connection that failed would never close by itself, and nothing is under way any more. */
function close(client: faunadb.Client): Promise<void> {
  return client.close({ force: true });
}

/** The functions of the SDK that a sweep uses ask the Core only; the rest of the application does not matter to them. */
function initialise({ supertokensUri, supertokensApiKey }: Deployment): void {
  supertokens.init({
    supertokens: {
      connectionURI: supertokensUri,
      ...(supertokensApiKey === undefined ? {} : { apiKey: supertokensApiKey }),
    },
    appInfo: { appName: 'supertokens-faunadb', apiDomain: 'http://localhost', websiteDomain: 'http://localhost' },
    recipeList: [Session.init()],
    telemetry: false,
  });
}

/** The parts of a deployment that both commands know. */
function partsOf({ supertokensUri, supertokensApiKey, faunadbUrl }: Deployment) {
  return {
    connectionURI: supertokensUri,
    faunaURL: faunadbUrl,
    ...(supertokensApiKey === undefined ? {} : { apiKey: supertokensApiKey }),
  };
}

/** What has to be corrected where something is wrong. */
const SETTINGS: Readonly<Record<string, string>> = {
  'Core reachable': '--supertokens-uri or SUPERTOKENS_URI',
  'Core version': '--supertokens-uri or SUPERTOKENS_URI, and SUPERTOKENS_API_KEY',
  'FaunaDB key': '--faunadb-url or FAUNADB_URL, and FAUNADB_SECRET',
  'User collection': '--collection',
  'FaunaDB permissions': 'FAUNADB_SECRET',
  Options: '--options',
  'FaunaDB CORS': '--faunadb-url and --website-domain',
  'API CORS': '--api-url and --website-domain',
};

function told({ check, ok, message }: Finding): string {
  const settings = SETTINGS[check];
  return ok || settings === undefined ? message : `${message} (Set by ${settings}.)`;
}

/** The errors of driver and SDK do not say which setting is wrong: the doctor does. */
async function explain(error: Error, options: Deployment, faunaDBClient: faunadb.Client): Promise<Error> {
  const findings = await doctor({ ...partsOf(options), faunaDBClient });
  // Several Cores stand in for one another.
  const reachable = findings.some(({ check, ok }) => check === 'Core reachable' && ok);
  const wrong = findings.find(
    ({ check, ok }) => !ok && check in SETTINGS && !(check === 'Core reachable' && reachable),
  );
  if (wrong !== undefined) return new Error(told(wrong), { cause: error });
  if (error instanceof faunadb.errors.PermissionDenied) {
    return new Error('The key in FAUNADB_SECRET may not list, read and delete tokens: use one with the role "server".');
  }
  return new Error(`The sweep was broken off, though Core and FaunaDB answer: ${error.message}`, { cause: error });
}

function httpAddress(text: string): string {
  if (isHttp(text)) return text;
  throw new InvalidArgumentError('Expected an address that begins with http:// or https://.');
}

/** As the SDK takes it: several addresses, and those without a protocol. */
function connectionURI(text: string): string {
  const addresses = text.split(';').filter((address) => address.trim() !== '');
  const whole = addresses.map((address) => (address.includes('://') ? address.trim() : `http://${address.trim()}`));
  if (whole.length > 0 && whole.every(isHttp)) return text;
  throw new InvalidArgumentError('Expected an address that begins with http:// or https://, or several between ";".');
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range = most === Number.MAX_SAFE_INTEGER ? `, at least ${least}` : ` from ${least} to ${most}`;
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number${range}.`);
  };
}
