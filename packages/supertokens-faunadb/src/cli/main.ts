import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SingleBar } from 'cli-progress';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import supertokens from 'supertokens-node';
import Session from 'supertokens-node/recipe/session';
import { type FaunadbSessionOptions, settingsFrom } from '../backend/options.js';
import { failureOf } from '../fauna/base/failure.js';
import type { FaunaClient } from '../fauna/base/types.js';
import { languageOf } from '../fauna/languages.js';
import { type DriverName, openClient } from '../fauna/open-client.js';
import { type Environment, startDevelopment } from '../operations/dev.js';
import { doctor, type Finding } from '../operations/doctor.js';
import { driverOfOptions } from '../operations/driver-of-options.js';
import { makeKey } from '../operations/key.js';
import { sweepFaunadbTokens } from '../operations/sweep.js';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

interface Deployment {
  readonly supertokensUri: string;
  readonly supertokensApiKey?: string;
  readonly faunadbUrl: string;
  readonly faunadbSecret: string;
  readonly driver?: DriverName;
}

/** The command line: `supertokens-faunadb sweep`, `doctor`, `key` and `dev`. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('supertokens-faunadb')
    .description('Manages the FaunaDB tokens of SuperTokens sessions.')
    .version(version)
    .exitOverride();

  withDeployment(program.command('sweep'))
    .description('Deletes orphaned tokens: those whose session no longer exists.')
    .option('--dry-run', 'count orphaned tokens without deleting them')
    .option('--page-size <tokens>', 'tokens to read in one query', wholeNumber(1, 100_000), 200)
    .option('--concurrency <requests>', 'concurrent requests to the Core', wholeNumber(1), 4)
    .option('--pause <milliseconds>', 'pause between two pages', wholeNumber(0), 0)
    .option('--minimum-age <milliseconds>', 'skip younger tokens', wholeNumber(0), 60_000)
    .action(async (options: Deployment & SweepFlags) => {
      initialise(options);
      const { dryRun = false } = options;
      const bar = new SingleBar({
        format: '{bar} {value}/{total} tokens, {orphans} without a session',
        noTTYOutput: false,
      });
      const faunaDBClient = await clientOf(options);
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
    .description('Checks a deployment and reports what is wrong.')
    .option(
      '--options <module>',
      "the application's own options: a module that exports them (default, or faunadbOptions)",
    )
    .option('--tenant <id>', 'the tenant to check', 'public')
    .option('--collection <name>', 'the collection of the users, userCollectionName (default: from --options)')
    .option('--api-url <url>', 'apiDomain with apiBasePath, to check CORS', httpAddress)
    .option('--website-domain <url>', 'websiteDomain, to check CORS (default: not checked)', httpAddress)
    .option('--json', 'write the findings as JSON')
    .action(async (flags: Deployment & DoctorFlags) => {
      const options = flags.options === undefined ? undefined : await readOptions(flags.options);
      const faunaDBClient =
        options === undefined || flags.faunadbSecret ? await clientOf(flags, options, flags.tenant) : undefined;
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
          console.log(`${finding.ok ? 'ok  ' : 'FAIL'}  ${finding.check}: ${messageOf(finding)}`);
      }
      if (faunaDBClient !== undefined) await close(faunaDBClient);
      if (findings.some(({ ok }) => !ok)) process.exitCode = 1;
    });

  withDeployment(program.command('key'), () => false)
    .description('Creates a key with only the permissions that the options need, and prints its secret.')
    .option(
      '--options <module>',
      "the application's own options: a module that exports them (default, or faunadbOptions)",
    )
    .option('--collection <name>', 'userCollectionName, in place of --options')
    .option('--role <name>', 'the name of the role to create or update', 'sessions')
    .option('--tenant <id>', "the tenant to pass to the options' functions", 'public')
    .option('--json', 'write the role, its privileges and the secret as JSON')
    .addHelpText(
      'after',
      '\nSet FAUNADB_ADMIN_SECRET in the environment to a key of the database with the role "admin".',
    )
    .action(async (flags: Deployment & KeyFlags) => {
      const adminSecret = process.env.FAUNADB_ADMIN_SECRET;
      if (!adminSecret) throw new Error('FAUNADB_ADMIN_SECRET is not set in the environment: set it to an admin key.');
      if (flags.options === undefined && flags.collection === undefined) {
        throw new Error('Pass --options (the module with your options) or --collection.');
      }
      const options =
        flags.options === undefined ? { userCollectionName: flags.collection ?? '' } : await readOptions(flags.options);
      const adminClient = await clientOf({ ...flags, faunadbSecret: adminSecret }, options, flags.tenant);
      const key = await makeKey({ adminClient, options, roleName: flags.role, tenantId: flags.tenant }).finally(() =>
        close(adminClient),
      );
      if (flags.json) return console.log(JSON.stringify(key, null, 2));
      // Only the secret goes to standard output, so that it can be piped.
      console.error(`Role "${key.role}" may:`);
      for (const { resource, actions } of key.privileges) {
        console.error(`  ${Object.keys(actions).join(', ')}: ${resource.kind} ${resource.name ?? ''}`.trimEnd());
      }
      console.log(key.secret);
    });

  program
    .command('dev')
    .description('Starts both embedded servers for development, and runs them until Ctrl-C.')
    .option('--data <folder>', 'the data folder', '.data')
    .option('--schema <script>', "the application's schema script, run at the start and whenever it changes")
    .option('--options <module>', "the application's own options: FAUNADB_SECRET gets the permissions they need")
    .option('--collection <name>', 'userCollectionName, in place of --options')
    .option('--env-file <file>', 'the file to write the environment to', '.env')
    .option('--faunadb-port <port>', 'the port of FaunaDB', wholeNumber(0, 65_535), 8443)
    .option('--core-port <port>', 'the port of the Core', wholeNumber(0, 65_535), 3567)
    .action(async (flags: DevFlags) => {
      const { options: file, collection } = flags;
      const options =
        file === undefined
          ? collection === undefined
            ? undefined
            : async () => ({ userCollectionName: collection })
          : async (env: Environment) => {
              // The module reads these variables to create its client.
              Object.assign(process.env, { FAUNADB_SECRET: env.FAUNADB_ADMIN_SECRET, ...env });
              return readOptions(file);
            };
      const { env, stop } = await startDevelopment({
        data: flags.data,
        envFile: flags.envFile,
        faunaPort: flags.faunadbPort,
        corePort: flags.corePort,
        log: (line) => console.log(line),
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
    // Commander has already printed its errors, and the help.
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
 * Adds the options of a deployment. Secrets come from the environment only: every user of the machine can read command
 * lines.
 *
 * @param needsSecret whether the command requires FAUNADB_SECRET.
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
    .addOption(
      new Option('--driver <name>', 'the driver to use (default: that of --options, or the installed one)').choices([
        'faunadb',
        'fauna',
      ]),
    )
    .addHelpText(
      'after',
      '\nSecrets are read from the environment: FAUNADB_SECRET, a key of the database with the role "server", and\nSUPERTOKENS_API_KEY, if the Core requires one.',
    )
    .hook('preAction', (_, action) => {
      const { FAUNADB_SECRET: faunadbSecret, SUPERTOKENS_API_KEY: supertokensApiKey } = process.env;
      if (!faunadbSecret && needsSecret(action.opts()))
        throw new Error(
          'FAUNADB_SECRET is not set in the environment: set it to a key of the database with the role "server".',
        );
      action.setOptionValue('faunadbSecret', faunadbSecret ?? '');
      if (supertokensApiKey) action.setOptionValue('supertokensApiKey', supertokensApiKey);
    });
}

/** Reads the application's own options from its module. */
async function readOptions(path: string): Promise<FaunadbSessionOptions> {
  const module: Record<string, unknown> = await import(pathToFileURL(resolve(path)).href).catch((error: Error) => {
    throw new Error(`The options in ${path} cannot be read: ${error.message.split('\n')[0]}`);
  });
  const found = module.faunadbOptions ?? module.default;
  // Node puts the exports of a CommonJS module under "default".
  const options = (found as { faunadbOptions?: unknown } | undefined)?.faunadbOptions ?? found;
  if (typeof options === 'object' && options !== null) {
    settingsFrom(options as FaunadbSessionOptions);
    return options as FaunadbSessionOptions;
  }
  throw new Error(`${path} exports no options: export them as "faunadbOptions" or as the default export.`);
}

/** A client of the driver that the flags name, or else of the one that the application's options use. */
async function clientOf(
  { faunadbUrl, faunadbSecret, driver }: Deployment,
  options?: object,
  tenantId?: string,
): Promise<FaunaClient> {
  return openClient(faunadbUrl, faunadbSecret, driver ?? (await driverOfOptions(options, tenantId)));
}

/** Forces the connection closed: one that failed would never close by itself, and no query is running any more. */
async function close(client: FaunaClient): Promise<void> {
  await (await languageOf(client)).close(client);
}

/** Initialises the SDK for a sweep, which only asks the Core: the other settings do not matter. */
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

/** The deployment as options of {@link doctor}. */
function partsOf({ supertokensUri, supertokensApiKey, faunadbUrl }: Deployment) {
  return {
    connectionURI: supertokensUri,
    faunaURL: faunadbUrl,
    ...(supertokensApiKey === undefined ? {} : { apiKey: supertokensApiKey }),
  };
}

/** The settings to correct when a check fails, by check. */
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

function messageOf({ check, ok, message }: Finding): string {
  const settings = SETTINGS[check];
  return ok || settings === undefined ? message : `${message} (Set by ${settings}.)`;
}

/** Runs the doctor to find out which setting is wrong: errors of the driver and the SDK do not say so. */
async function explain(error: Error, options: Deployment, faunaDBClient: FaunaClient): Promise<Error> {
  const findings = await doctor({ ...partsOf(options), faunaDBClient });
  // One reachable Core is enough.
  const reachable = findings.some(({ check, ok }) => check === 'Core reachable' && ok);
  const wrong = findings.find(
    ({ check, ok }) => !ok && check in SETTINGS && !(check === 'Core reachable' && reachable),
  );
  if (wrong !== undefined) return new Error(messageOf(wrong), { cause: error });
  if (failureOf(error)?.kind === 'forbidden') {
    return new Error('The key in FAUNADB_SECRET may not list, read and delete tokens: use one with the role "server".');
  }
  return new Error(`The sweep failed, although the Core and FaunaDB answer: ${error.message}`, { cause: error });
}

function httpAddress(text: string): string {
  if (isHttp(text)) return text;
  throw new InvalidArgumentError('Expected an address that begins with http:// or https://.');
}

/** Accepts what the SDK accepts: several addresses, with or without a protocol. */
function connectionURI(text: string): string {
  const addresses = text.split(';').filter((address) => address.trim() !== '');
  const whole = addresses.map((address) => (address.includes('://') ? address.trim() : `http://${address.trim()}`));
  if (whole.length > 0 && whole.every(isHttp)) return text;
  throw new InvalidArgumentError(
    'Expected an address that begins with http:// or https://, or several separated by ";".',
  );
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
