import { failureOf } from '../fauna/base/failure.js';
import type { Language, Resource, Run } from '../fauna/base/language.js';
import type { FaunaClient, FaunaQuery } from '../fauna/base/types.js';
import { languageOf } from '../fauna/languages.js';
import { FaunadbSessionError } from '../shared/errors.js';
import { type NeedsOptions, needsOf } from './needs.js';

/** How long FaunaDB may work on one query, in milliseconds. */
const QUERY_TIMEOUT = 60_000;

/** The options of {@link makeKey}. */
export interface MakeKeyOptions {
  /** A client with an `admin` key of the users' database, for the language of the options. */
  readonly adminClient: FaunaClient;
  /** The application's own options. The key gets only the permissions that they need. */
  readonly options: NeedsOptions;
  /** The name of the role. An existing role is updated. Default: `sessions`. */
  readonly roleName?: string;
  /** The tenant to pass to the options' functions. Default: `public`. */
  readonly tenantId?: string;
}

/** One privilege of a role: the actions that its keys may do on a resource. */
export interface Privilege {
  /** What the privilege is about. */
  readonly resource: {
    /** A collection, an index, a function, or all collections or tokens of the database. */
    readonly kind: 'collection' | 'index' | 'function' | 'collections' | 'tokens';
    /** The name of the collection, index or function. */
    readonly name?: string;
  };
  /** The actions that are allowed, as in FaunaDB's roles: `{ read: true }`. */
  readonly actions: Readonly<Record<string, true>>;
}

/** The result of {@link makeKey}. */
export interface MadeKey {
  /** The key's secret. FaunaDB does not return it again. */
  readonly secret: string;
  /** The name of the key's role. */
  readonly role: string;
  /** What the role allows. */
  readonly privileges: readonly Privilege[];
}

/**
 * Creates a role with exactly the permissions that `faunaDBClient` needs for these options (and for `sweep` and `doctor`),
 * and a key with this role.
 *
 * @throws FaunadbSessionError `FAUNADB_UNAUTHORIZED` if the client's key is not an admin key, `CONFIG_INVALID` if an index
 * that `userRef` searches does not exist.
 *
 * @example
 * ```ts
 * const { secret } = await makeKey({ adminClient, options: { userCollectionName: 'users' } });
 * ```
 */
export async function makeKey(options: MakeKeyOptions): Promise<MadeKey> {
  const { role, privileges } = await updateRole(options);
  const { language, run } = await connectionOf(options.adminClient);
  const secret = await run<string>(language.operator.createKey(role, 'supertokens-faunadb'));
  return { secret, role, privileges };
}

/** Creates a key with the role "server". */
export async function makeServerKey(adminClient: FaunaClient): Promise<string> {
  const { language, run } = await connectionOf(adminClient);
  return run<string>(language.operator.createServerKey);
}

/** Creates or updates the role. An update also applies to the keys that already have the role. */
export async function updateRole({
  adminClient,
  options,
  roleName = 'sessions',
  tenantId,
}: MakeKeyOptions): Promise<Omit<MadeKey, 'secret'>> {
  const { language, run } = await connectionOf(adminClient);
  const privileges = await privilegesFor(language, run, options, tenantId);
  await run(language.operator.putRole(roleName, privileges));
  return { role: roleName, privileges };
}

/** The minimal privileges for these options. */
async function privilegesFor(
  language: Language,
  run: Run,
  options: NeedsOptions,
  tenantId?: string,
): Promise<readonly Privilege[]> {
  const { collections, indexes, functions, createsUsers } = await needsOf(options, language, run, tenantId);
  const sources = await Promise.all(indexes.map((name) => sourcesOf(language, run, name)));
  const users = [...new Set([...collections, ...sources.flat()])];
  return [
    // For `Exists` of the users' collection, and because FaunaDB lists tokens only for a key that may list collections.
    privilege('collections', undefined, 'read'),
    ...users.map((name) =>
      privilege('collection', name, 'read', ...(createsUsers ? (['create', 'create_with_id'] as const) : [])),
    ),
    ...indexes.map((name) => privilege('index', name, 'read')),
    ...functions.map((name) => privilege('function', name, 'call')),
    privilege('tokens', undefined, 'read', 'write', 'create', 'create_with_id', 'delete'),
  ];
}

function privilege(kind: Resource['kind'], name: string | undefined, ...actions: string[]): Privilege {
  return {
    resource: name === undefined ? { kind } : { kind, name },
    actions: Object.fromEntries(actions.map((action) => [action, true])) as Record<string, true>,
  };
}

/** The source collections of an index: the key must be able to read the documents that the index finds. */
async function sourcesOf(language: Language, run: Run, index: string): Promise<string[]> {
  try {
    return await language.operator.sourcesOf(run, index);
  } catch (error) {
    const kind = failureOf(error)?.kind;
    if (kind !== 'missing' && kind !== 'refused') throw error;
    throw new FaunadbSessionError('CONFIG_INVALID', `userRef searches the index "${index}", which does not exist.`);
  }
}

/** The client's language, and what sends queries to it. */
async function connectionOf(client: FaunaClient): Promise<{ language: Language; run: Run }> {
  const language = await languageOf(client);
  const run: Run = async <T>(query: FaunaQuery) => {
    try {
      return (await language.run(client, query, {
        timeout: QUERY_TIMEOUT,
        signal: AbortSignal.timeout(QUERY_TIMEOUT),
      })) as T;
    } catch (error) {
      throw described(error);
    }
  };
  return { language, run };
}

function described(error: unknown): Error {
  const kind = failureOf(error)?.kind;
  if (kind === 'unauthorized' || kind === 'forbidden') {
    return new FaunadbSessionError(
      'FAUNADB_UNAUTHORIZED',
      'Creating a role and a key needs a key with the role "admin".',
    );
  }
  // Safe to return: the driver's errors hold the query and the answer, and neither has a secret here.
  return error instanceof Error ? error : new Error(String(error));
}
