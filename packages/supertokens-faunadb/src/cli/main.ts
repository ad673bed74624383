import { SingleBar } from 'cli-progress';
import { Command, Option } from 'commander';
import faunadb from 'faunadb';
import supertokens from 'supertokens-node';
import Session from 'supertokens-node/recipe/session';
import { doctor } from '../doctor.js';
import { sweepFaunadbTokens } from '../sweep.js';

interface Deployment {
  readonly supertokensUri: string;
  readonly supertokensApiKey?: string;
  readonly faunadbUrl: string;
  readonly faunadbSecret: string;
}

/** The command line: `supertokens-faunadb sweep` and `supertokens-faunadb doctor`. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('supertokens-faunadb').description('Looks after FaunaDB tokens of SuperTokens sessions.');

  withDeployment(program.command('sweep'))
    .description('Deletes the tokens whose session is gone.')
    .option('--dry-run', 'count them, delete nothing', false)
    .option('--page-size <tokens>', 'tokens to look at a query', wholeNumber, 200)
    .option('--concurrency <requests>', 'requests to the Core at a time', wholeNumber, 4)
    .option('--pause <milliseconds>', 'rest between two pages', wholeNumber, 0)
    .option('--minimum-age <milliseconds>', 'leave younger tokens alone', wholeNumber, 60_000)
    .action(async (options: Deployment & SweepFlags) => {
      initialise(options);
      const bar = new SingleBar({
        format: '{bar} {value}/{total} tokens, {orphans} without a session',
        noTTYOutput: false,
      });
      const faunaDBClient = clientOf(options);
      let started = false;
      const { seen, ours, orphans } = await sweepFaunadbTokens({
        ...options,
        faunaDBClient,
        onProgress: ({ total, seen, orphans }) => {
          if (!started) bar.start(total, 0, { orphans: 0 });
          started = true;
          bar.update(seen, { orphans });
        },
      }).finally(() => bar.stop());
      const verb = options.dryRun ? 'to delete' : 'deleted';
      console.log(`${seen} tokens seen, ${ours} made for sessions, ${orphans} without a session ${verb}.`);
      await faunaDBClient.close();
    });

  withDeployment(program.command('doctor'))
    .description('Checks a deployment and says what is wrong.')
    .option('--collection <name>', 'userCollectionName')
    .option('--api-url <url>', 'apiDomain with apiBasePath, for the check of CORS')
    .option('--website-domain <url>', 'websiteDomain, for the check of CORS')
    .action(async (options: Deployment & DoctorFlags) => {
      const faunaDBClient = clientOf(options);
      const findings = await doctor({
        connectionURI: options.supertokensUri,
        ...(options.supertokensApiKey === undefined ? {} : { apiKey: options.supertokensApiKey }),
        faunaDBClient,
        faunaURL: options.faunadbUrl,
        ...(options.collection === undefined ? {} : { userCollectionName: options.collection }),
        ...(options.apiUrl === undefined ? {} : { apiURL: options.apiUrl }),
        ...(options.websiteDomain === undefined ? {} : { websiteDomain: options.websiteDomain }),
      });
      for (const { ok, check, message } of findings) console.log(`${ok ? 'ok  ' : 'FAIL'}  ${check}: ${message}`);
      await faunaDBClient.close();
      if (findings.some(({ ok }) => !ok)) process.exitCode = 1;
    });

  try {
    await program.parseAsync(argv);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

interface SweepFlags {
  readonly dryRun: boolean;
  readonly pageSize: number;
  readonly concurrency: number;
  readonly pause: number;
  readonly minimumAge: number;
}

interface DoctorFlags {
  readonly collection?: string;
  readonly apiUrl?: string;
  readonly websiteDomain?: string;
}

/** Secrets come by the environment only: a command line can be read by everybody on the machine. */
function withDeployment(command: Command): Command {
  return command
    .addOption(new Option('--supertokens-uri <url>').env('SUPERTOKENS_URI').default('http://localhost:3567'))
    .addOption(new Option('--faunadb-url <url>').env('FAUNADB_URL').default('http://localhost:8443'))
    .addHelpText('after', '\nSecrets: FAUNADB_SECRET (a server key) and SUPERTOKENS_API_KEY, in the environment.')
    .hook('preAction', (_, action) => {
      const { FAUNADB_SECRET: faunadbSecret, SUPERTOKENS_API_KEY: supertokensApiKey } = process.env;
      if (faunadbSecret === undefined) throw new Error('FAUNADB_SECRET is missing in the environment: a server key.');
      action.setOptionValue('faunadbSecret', faunadbSecret);
      if (supertokensApiKey !== undefined) action.setOptionValue('supertokensApiKey', supertokensApiKey);
    });
}

function clientOf({ faunadbUrl, faunadbSecret }: Deployment): faunadb.Client {
  return new faunadb.Client({ endpoint: faunadbUrl, secret: faunadbSecret });
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

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`"${text}" is not a whole number.`);
  return value;
}
