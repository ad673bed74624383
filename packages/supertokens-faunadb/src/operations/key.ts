import type { Client, Expr } from 'faunadb';
import faunadb from 'faunadb';
import { FaunadbSessionError } from '../shared/errors.js';
import { type NeedsOptions, needsOf } from './needs.js';

const q = faunadb.query;

/** The options of {@link makeKey}. */
export interface MakeKeyOptions {
  /** A client with an `admin` key of the users' database. */
  readonly adminClient: Client;
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
  try {
    const parameters = { role: q.Role(role), data: { name: 'supertokens-faunadb' } };
    const { secret } = await options.adminClient.query<{ secret: string }>(q.CreateKey(parameters));
    return { secret, role, privileges };
  } catch (error) {
    throw described(error);
  }
}

/** Creates or updates the role. An update also applies to the keys that already have the role. */
export async function updateRole({
  adminClient,
  options,
  roleName = 'sessions',
  tenantId,
}: MakeKeyOptions): Promise<Omit<MadeKey, 'secret'>> {
  const privileges = await privilegesFor(adminClient, options, tenantId);
  const parameters = {
    name: roleName,
    privileges: privileges.map(({ resource, actions }) => ({ resource: refOf(resource), actions })),
  };
  const role = q.Role(roleName);
  try {
    await adminClient.query(q.If(q.Exists(role), q.Update(role, parameters), q.CreateRole(parameters)));
    return { role: roleName, privileges };
  } catch (error) {
    throw described(error);
  }
}

/** The minimal privileges for these options. */
async function privilegesFor(
  adminClient: Client,
  options: NeedsOptions,
  tenantId?: string,
): Promise<readonly Privilege[]> {
  const { collections, indexes, functions, createsUsers } = needsOf(options, tenantId);
  const sources = await Promise.all(indexes.map((name) => sourcesOf(adminClient, name)));
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

function privilege(kind: Privilege['resource']['kind'], name: string | undefined, ...actions: string[]): Privilege {
  return {
    resource: name === undefined ? { kind } : { kind, name },
    actions: Object.fromEntries(actions.map((action) => [action, true])) as Record<string, true>,
  };
}

function refOf({ kind, name = '' }: Privilege['resource']): Expr {
  if (kind === 'collections') return q.Collections();
  if (kind === 'tokens') return q.Tokens();
  if (kind === 'index') return q.Index(name);
  return kind === 'function' ? q.Function(name) : q.Collection(name);
}

/** The source collections of an index: the key must be able to read the documents that the index finds. */
async function sourcesOf(adminClient: Client, index: string): Promise<string[]> {
  const all = q.Select('source', q.Get(q.Index(index)));
  const list = q.If(q.IsArray(all), all, [all]);
  const collectionOf = (source: Expr) => q.If(q.IsObject(source), q.Select('collection', source), source);
  const name = q.Lambda(
    'source',
    q.Let(
      { collection: collectionOf(q.Var('source')) },
      q.If(q.IsRef(q.Var('collection')), q.Select('id', q.Var('collection')), null),
    ),
  );
  try {
    const names = await adminClient.query<(string | null)[]>(q.Map(list, name));
    return names.filter((one) => one !== null);
  } catch (error) {
    if (error instanceof faunadb.errors.NotFound || error instanceof faunadb.errors.BadRequest) {
      throw new FaunadbSessionError('CONFIG_INVALID', `userRef searches the index "${index}", which does not exist.`);
    }
    throw described(error);
  }
}

function described(error: unknown): Error {
  if (error instanceof faunadb.errors.Unauthorized || error instanceof faunadb.errors.PermissionDenied) {
    return new FaunadbSessionError(
      'FAUNADB_UNAUTHORIZED',
      'Creating a role and a key needs a key with the role "admin".',
    );
  }
  // Safe to return: the driver's errors hold the query and the answer, and neither has a secret here.
  return error instanceof Error ? error : new Error(String(error));
}
