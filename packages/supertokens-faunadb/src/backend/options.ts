import type { FaunaClient, FaunaQuery } from '../fauna/base/types.js';
import { isFaunaClient } from '../fauna/languages.js';
import { FaunadbSessionError } from '../shared/errors.js';
import type { TokenDeletionReport } from './deletions.js';
import { decodeSealingKey } from './seal.js';

/** The user that a token is made for, in SuperTokens' terms. */
export interface SessionUser {
  /** The user's id: the primary one where accounts are linked. */
  readonly userId: string;
  /** The id of the login method that created the session. It equals `userId` unless accounts are linked. */
  readonly recipeUserId: string;
  /** The tenant of the session; `public` where the application has no tenants. */
  readonly tenantId: string;
}

/**
 * A client of the driver `faunadb` (FQL v4) or of `fauna` (FQL v10), or a function that returns the client for a user's tenant.
 */
export type FaunaDBClientOption = FaunaClient | ((user: SessionUser) => FaunaClient | Promise<FaunaClient>);

/** The options of {@link RecipeImplementation}. */
export interface FaunadbSessionOptions {
  /**
   * A client of `faunadb` (FQL v4) or of `fauna` (FQL v10), with a server key of the users' database. The key must be able to
   * read the users' documents and to create, update and delete tokens. Pass a function to use a different client for each
   * tenant. All of the integration's queries are in the language of this client.
   */
  readonly faunaDBClient: FaunaDBClientOption;
  /** The collection of the users' documents. A document's id is the SuperTokens user id, unless `userRef` is given. */
  readonly userCollectionName?: string;
  /**
   * Puts the token into the access token's payload, under `faunadbToken`, where the frontend can read it. Otherwise the
   * token stays in the session's data in the Core. Default: false.
   */
  readonly accessFaunadbTokenFromFrontend?: boolean;
  /**
   * Returns the query for a user's document, in the language of `faunaDBClient`, for users whose ids are not FaunaDB ids. The
   * query that creates the token evaluates it. If it fails, or the document does not exist, no token is created.
   *
   * @example
   * ```ts
   * userRef: ({ userId }) => q.Select('ref', q.Get(q.Match(q.Index('users_by_auth0_id'), userId)))   // FQL v4
   * userRef: ({ userId }) => fql`users.byAuth0Id(${userId}).first()`                                 // FQL v10
   * ```
   */
  readonly userRef?: (user: SessionUser) => FaunaQuery;
  /**
   * Returns the parameters to create a user's document with that does not exist yet; the query that creates the token then
   * creates the document too. In FQL v4 they are those of `Create`, in FQL v10 the fields of the document. `userRef` must name
   * a document, not search for one. Every new token recreates a
   * missing document, so revoke the sessions of a user whose document must stay deleted.
   *
   * @example
   * ```ts
   * createUser: ({ userId, tenantId }) => ({ data: { userId, tenantId } })   // FQL v4
   * createUser: ({ userId, tenantId }) => ({ userId, tenantId })             // FQL v10
   * ```
   */
  readonly createUser?: (user: SessionUser) => object;
  /**
   * How long a token lives, in milliseconds, at least 6,000. Default: the lifetime of its access token plus 30 s, to
   * allow for clock differences. If a token expires before its session does, the next use creates a new one.
   */
  readonly tokenLifetime?: number;
  /**
   * The grace period: how long a token stays valid after a refresh has replaced it, in milliseconds. A session has at
   * most two such tokens; older ones are deleted at once. Default: 10,000.
   */
  readonly refreshGracePeriod?: number;
  /**
   * Keeps the token when the session is refreshed, instead of replacing it. A refresh then costs no more than that of a
   * plain session, and the token's ttl is extended when the token is used shortly before it expires. Only for tokens
   * that stay on the backend. A leaked token is valid until its session ends, not only until the next refresh. Default: false.
   */
  readonly keepTokenOnRefresh?: boolean;
  /** How long to wait for FaunaDB to answer one query, in milliseconds. Default: 5,000. */
  readonly queryTimeout?: number;
  /**
   * One or more 256-bit keys, in base64url. They encrypt the token in the access token's payload (JWE, `dir` with
   * `A256GCM`): the backend reads it without asking the Core, and the frontend cannot read it. The first key encrypts;
   * all keys decrypt. To replace a key, first add the new one at the end in every process, then move it to the front.
   * Cannot be combined with `accessFaunadbTokenFromFrontend`.
   */
  readonly sealingKey?: string | readonly string[];
  /** Called when a token deletion fails on its first try, after each failed retry, and when the deletion ends. */
  readonly onTokenDeletion?: (report: TokenDeletionReport) => void;
}

/** Keep this short, in milliseconds: until it has passed, only this process knows that the old token must be retired. */
const LONGEST_HANDOVER = 3_000;

const optionNames = {
  faunaDBClient: true,
  userCollectionName: true,
  accessFaunadbTokenFromFrontend: true,
  userRef: true,
  createUser: true,
  tokenLifetime: true,
  refreshGracePeriod: true,
  keepTokenOnRefresh: true,
  queryTimeout: true,
  sealingKey: true,
  onTokenDeletion: true,
} satisfies Record<keyof FaunadbSessionOptions, true>;

/** Where a session's token travels: readable in the payload, encrypted in the payload, or in the session's data. */
export type TokenPlace = 'payload' | 'sealed' | 'database';

/** {@link FaunadbSessionOptions} with every default filled in. */
export interface Settings {
  readonly clientFor: (user: SessionUser) => Promise<FaunaClient>;
  readonly collectionName: string | undefined;
  readonly userRef: ((user: SessionUser) => FaunaQuery) | undefined;
  readonly createUser: ((user: SessionUser) => object) | undefined;
  readonly place: TokenPlace;
  readonly tokenLifetime: number | undefined;
  readonly refreshGracePeriod: number;
  /**
   * How long after a refresh the old token is left untouched, in milliseconds. Any write to it ends the streams that
   * are open with it, so they need this time to move to the new token.
   */
  readonly handover: number;
  readonly keepTokenOnRefresh: boolean;
  readonly queryTimeout: number;
  readonly sealingKeys: readonly Uint8Array[];
  readonly onTokenDeletion: ((report: TokenDeletionReport) => void) | undefined;
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws FaunadbSessionError `CONFIG_INVALID`, with one sentence about the first invalid option.
 */
export function settingsFrom(options: FaunadbSessionOptions): Settings {
  if (typeof options !== 'object' || options === null) throw invalid('the options must be an object');
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(optionNames, name));
  if (unknown !== undefined) {
    throw invalid(`unknown option "${unknown}": the options are ${Object.keys(optionNames).join(', ')}`);
  }

  const { faunaDBClient, userCollectionName, userRef, createUser, onTokenDeletion } = options;
  if (faunaDBClient === undefined) {
    throw invalid('faunaDBClient is missing: pass a Client of the driver faunadb or fauna, with a secret');
  }
  if (typeof faunaDBClient !== 'function' && !isFaunaClient(faunaDBClient)) {
    throw invalid('faunaDBClient must be a Client of the driver faunadb or fauna, or a function that returns one');
  }
  if (userCollectionName === undefined && userRef === undefined) {
    throw invalid('userCollectionName is missing: name the collection of the users, or give userRef');
  }
  if (userCollectionName !== undefined && (typeof userCollectionName !== 'string' || userCollectionName === '')) {
    throw invalid('userCollectionName must be the name of a collection');
  }
  for (const [name, value] of Object.entries({ userRef, createUser, onTokenDeletion })) {
    if (value !== undefined && typeof value !== 'function') throw invalid(`${name} must be a function`);
  }

  const frontend = options.accessFaunadbTokenFromFrontend ?? false;
  if (typeof frontend !== 'boolean') throw invalid('accessFaunadbTokenFromFrontend must be true or false');
  const sealingKeys = options.sealingKey === undefined ? [] : sealingKeysFrom(options.sealingKey);
  if (frontend && sealingKeys.length > 0) {
    throw invalid('sealingKey hides the token from the frontend, accessFaunadbTokenFromFrontend shows it: choose one');
  }

  const keepTokenOnRefresh = options.keepTokenOnRefresh ?? false;
  if (typeof keepTokenOnRefresh !== 'boolean') throw invalid('keepTokenOnRefresh must be true or false');
  if (keepTokenOnRefresh && frontend) {
    throw invalid(
      'keepTokenOnRefresh is for tokens that stay on the backend: leave out accessFaunadbTokenFromFrontend',
    );
  }

  const refreshGracePeriod = milliseconds(options, 'refreshGracePeriod', 0) ?? 10_000;
  return {
    clientFor: async (user) => (typeof faunaDBClient === 'function' ? faunaDBClient(user) : faunaDBClient),
    collectionName: userCollectionName,
    userRef,
    createUser,
    place: frontend ? 'payload' : sealingKeys.length > 0 ? 'sealed' : 'database',
    tokenLifetime: options.tokenLifetime === undefined ? undefined : milliseconds(options, 'tokenLifetime', 6_000),
    refreshGracePeriod,
    handover: Math.min(LONGEST_HANDOVER, Math.floor(refreshGracePeriod / 2)),
    keepTokenOnRefresh,
    queryTimeout: milliseconds(options, 'queryTimeout', 1) ?? 5_000,
    sealingKeys,
    onTokenDeletion,
  };
}

function milliseconds(options: FaunadbSessionOptions, name: keyof FaunadbSessionOptions, least: number) {
  const value: unknown = options[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) {
    throw invalid(`${name} must be a whole number of milliseconds, at least ${least}`);
  }
  return value;
}

function sealingKeysFrom(texts: unknown): Uint8Array[] {
  const keys = [texts].flat().map((text) => (typeof text === 'string' ? decodeSealingKey(text) : undefined));
  // An empty list would store tokens unencrypted in the session data.
  if (keys.length === 0 || keys.includes(undefined)) {
    throw invalid(
      'sealingKey must be 32 random bytes in base64url, say by `openssl rand -base64 32 | tr +/ -_ | tr -d =`',
    );
  }
  return keys as Uint8Array[];
}

function invalid(message: string): FaunadbSessionError {
  return new FaunadbSessionError('CONFIG_INVALID', `supertokens-faunadb: ${message}.`);
}
