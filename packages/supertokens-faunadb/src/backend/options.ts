import type { Client, Expr } from 'faunadb';
import { FaunadbSessionError } from '../shared/errors.js';
import type { TokenDeletionReport } from './deletions.js';
import { decodeSealingKey } from './seal.js';

/** Whom a token is made for, in SuperTokens' terms. */
export interface SessionUser {
  /** The user's id: the primary one where accounts are linked. */
  readonly userId: string;
  /** The id of the login method the session was made with. It equals `userId` where no accounts are linked. */
  readonly recipeUserId: string;
  /** The tenant of the session; `public` where the application has no tenants. */
  readonly tenantId: string;
}

/** A `faunadb.Client`, or the way to the one of a tenant. */
export type FaunaDBClientOption = Client | ((user: SessionUser) => Client | Promise<Client>);

/** What {@link RecipeImplementation} takes. */
export interface FaunadbSessionOptions {
  /**
   * A client with a server key of the database that holds the users: the key needs to read the users' documents and to
   * create, update and delete tokens. A function chooses one for each tenant (say, a child database each).
   */
  readonly faunaDBClient: FaunaDBClientOption;
  /** The collection whose documents are the users. Their ids are SuperTokens' user ids, unless `userRef` says otherwise. */
  readonly userCollectionName?: string;
  /**
   * Puts the token into the access token's payload, under `faunadbToken`, where the frontend reads it. Otherwise it
   * stays in the session's data in the Core. Default: false.
   */
  readonly accessFaunadbTokenFromFrontend?: boolean;
  /**
   * The FQL expression for a user's document, for users whose ids are not FaunaDB ids. It is evaluated in the query that
   * makes the token, and may fail or name a document that does not exist: then no token is made.
   *
   * @example
   * ```ts
   * userRef: ({ userId }) => q.Select('ref', q.Get(q.Match(q.Index('users_by_auth0_id'), userId)))
   * ```
   */
  readonly userRef?: (user: SessionUser) => Expr;
  /**
   * What to create the user's document with, in the same query, where it does not exist: the parameters of FQL's
   * `Create`. The reference must name a document, not search for one. Each token asks for it: end the sessions of a user
   * whose document is to stay deleted.
   *
   * @example
   * ```ts
   * createUser: ({ userId, tenantId }) => ({ data: { userId, tenantId } })
   * ```
   */
  readonly createUser?: (user: SessionUser) => object;
  /**
   * How long a token lives, in milliseconds, at least 6,000. Default: as long as the access token it came with, and 30 s more for clocks
   * that differ. A token that has run out before its session is made anew on its next use.
   */
  readonly tokenLifetime?: number;
  /**
   * How long a token still opens the database after a refresh has replaced it, in milliseconds; of more than two such
   * tokens the older ones end at once. Default: 10,000.
   */
  readonly refreshGracePeriod?: number;
  /**
   * Keeps the token when the session is refreshed, instead of replacing it: a refresh then costs what one without a token
   * does, and the token's ttl is extended on a use when little of it is left. Only for tokens that stay on the backend. A
   * token that leaks opens the database until its session ends, not only until the next refresh. Default: false.
   */
  readonly keepTokenOnRefresh?: boolean;
  /** The longest a call waits for one answer of FaunaDB, in milliseconds. Default: 5,000. */
  readonly queryTimeout?: number;
  /**
   * One or more 256-bit keys, in base64url. With them the token travels in the access token's payload encrypted (JWE,
   * `dir` with `A256GCM`): the backend reads it without asking the Core, the frontend cannot. The first key seals, all
   * of them open, so a key is replaced by putting the new one in front, once every process has it behind the old one.
   * Not together with `accessFaunadbTokenFromFrontend`.
   */
  readonly sealingKey?: string | readonly string[];
  /** Told of each deletion of a token that did not succeed at its first try, and of how it ended. */
  readonly onTokenDeletion?: (report: TokenDeletionReport) => void;
}

/** It must not be long: until then the old token's end is nowhere but in the memory of the process. */
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
  readonly clientFor: (user: SessionUser) => Promise<Client>;
  readonly collectionName: string | undefined;
  readonly userRef: ((user: SessionUser) => Expr) | undefined;
  readonly createUser: ((user: SessionUser) => object) | undefined;
  readonly place: TokenPlace;
  readonly tokenLifetime: number | undefined;
  readonly refreshGracePeriod: number;
  /**
   * For how long after a refresh the old token is left untouched, in milliseconds: any write to it ends the streams that
   * are open with it, which go on with the new one by then.
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
 * @throws FaunadbSessionError `CONFIG_INVALID`, one sentence about the first thing that is wrong.
 */
export function settingsFrom(options: FaunadbSessionOptions): Settings {
  if (typeof options !== 'object' || options === null) throw invalid('the options must be an object');
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(optionNames, name));
  if (unknown !== undefined) {
    throw invalid(`unknown option "${unknown}": the options are ${Object.keys(optionNames).join(', ')}`);
  }

  const { faunaDBClient, userCollectionName, userRef, createUser, onTokenDeletion } = options;
  if (faunaDBClient === undefined) throw invalid('faunaDBClient is missing: pass new faunadb.Client({ secret })');
  if (typeof faunaDBClient !== 'function' && typeof faunaDBClient?.query !== 'function') {
    throw invalid('faunaDBClient must be a faunadb.Client, or a function that returns one');
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
  // An empty list would keep tokens in the session data, unsealed.
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
