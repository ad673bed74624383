import type { SessionClientParts } from './token-source.js';
import type { FaunaClient, FaunaQuery } from './types.js';

/** A token to create. */
export interface NewToken<Q = FaunaQuery> {
  /** The query for the user's document. */
  readonly user: Q;
  /** The name of its collection, if known. */
  readonly collection: string | undefined;
  /** What to create a missing document with; undefined to refuse. */
  readonly createUser: object | undefined;
  readonly id: string;
  /** How long the token lives, in milliseconds of FaunaDB's clock. */
  readonly lifetime: number;
  /** The token document's data, by which a sweep recognises it. */
  readonly data: TokenData;
}

/** The data of a token's document. */
export interface TokenData {
  readonly supertokens: Readonly<Record<string, string | number>>;
}

/** The answer of {@link TokenQueries.mint} and {@link TokenQueries.rotate}. */
export type MintAnswer =
  | { readonly status: 'minted'; readonly secret: string; readonly expiry: number }
  | { readonly status: 'raced' | 'no user' | 'no collection' };

/** What {@link TokenQueries.rotate} does besides creating a token. */
export interface Rotation {
  /** Tokens to keep for the grace period, unless their ttl ends sooner. */
  readonly earlier: readonly string[];
  /** The grace period, in milliseconds. */
  readonly grace: number;
  /** Tokens to delete: refreshes have followed one another faster than the grace period. */
  readonly outlived: readonly string[];
  /** How old a token with the new id may be, in milliseconds, to count as created by a refresh that is still running. */
  readonly raceWindow: number;
}

/** The queries of a token's life. */
export interface TokenQueries {
  /** The document with an id. */
  user(collection: string, id: string): FaunaQuery;

  /** Creates a token if its user's document exists. FaunaDB itself does not check that. Answers {@link MintAnswer}. */
  mint(token: NewToken): FaunaQuery;

  /**
   * Replaces the token of a session. If the new id is taken, another process has created that token. If it did so moments ago,
   * it will record the token, and this query leaves it alone. Otherwise the token was never recorded: it gets a new secret, and
   * the lost one becomes invalid. Answers {@link MintAnswer}.
   */
  rotate(token: NewToken, rotation: Rotation): FaunaQuery;

  /** Deletes those tokens that exist and were last written at least `minimumAge` milliseconds ago. */
  remove(ids: readonly string[], minimumAge?: number): FaunaQuery;

  /** Limits the life of tokens to the grace period, in milliseconds. */
  retire(ids: readonly string[], grace: number): FaunaQuery;

  /**
   * Sets when a token's ttl ends, in milliseconds from now. Answers the time that it ends at, in milliseconds since the epoch;
   * null if the token does not exist.
   */
  setLifetime(id: string, lifetime: number): FaunaQuery;

  /** To be run with a token's own secret: FaunaDB answers 401 if the token is invalid. */
  readonly alive: FaunaQuery;
  /** To be run with a token's own secret: answers that token's id. */
  readonly ownId: FaunaQuery;
  /** To be run with a token's own secret: deletes that token. */
  readonly logout: FaunaQuery;
}

/** What `sweep` wants to know of a token. */
export interface SweptToken {
  readonly id: string;
  readonly old: boolean;
  readonly recipeUserId: string;
  readonly lineage: string;
  readonly generation: number;
}

/** A page of tokens; null for a token that is not ours, or that has expired meanwhile. */
export interface TokenPage {
  readonly tokens: readonly (SweptToken | null)[];
  /** Where the next page begins; undefined after the last. */
  readonly after: unknown;
}

/** What an application's queries name. */
export interface Names {
  readonly collections: readonly string[];
  readonly indexes: readonly string[];
  readonly functions: readonly string[];
}

/** The resource of a privilege: what its actions may be done to. */
export interface Resource {
  readonly kind: 'collection' | 'index' | 'function' | 'collections' | 'tokens';
  readonly name?: string;
}

/** The queries of `sweep`, `doctor` and `key`. `run` sends them with the key in question. */
export interface OperatorQueries {
  /** The number of tokens. */
  readonly countTokens: FaunaQuery;
  /** Reads a page of tokens. */
  tokenPage(run: Run, page: { size: number; after: unknown; minimumAge: number }): Promise<TokenPage>;
  /** A query that every key may run. */
  readonly ping: FaunaQuery;
  /** FaunaDB's time, in milliseconds since the epoch. */
  readonly now: FaunaQuery;
  collectionExists(name: string): FaunaQuery;
  /** Runs a query, and then aborts, so that nothing changes. */
  tried(query: FaunaQuery): FaunaQuery;
  /** Reads a document that does not exist. Fails as `forbidden` if the key may not read the collection. */
  readDocument(collection: string, id: string): FaunaQuery;
  readIndex(name: string): FaunaQuery;
  /** Evaluates an application's `userRef`. */
  evaluate(user: FaunaQuery): FaunaQuery;
  createUser(user: FaunaQuery, createUser: object): FaunaQuery;
  /** What a session's tokens need, each as a query: `[action, query]`. */
  tokenTrials(id: string, collection: string | undefined): [action: string, trial: FaunaQuery][];
  createRole(name: string): FaunaQuery;
  /** Whether a role has this collection in its membership. */
  isMember(collection: string): FaunaQuery;
  /** Finds out which names occur in queries, and in the parameters of documents. */
  namesIn(run: Run, parts: readonly object[]): Promise<Names>;
  /** The collections whose documents an index finds. Fails if there is no such index. */
  sourcesOf(run: Run, index: string): Promise<string[]>;
  /** Creates a role, or replaces the privileges of an existing one. */
  putRole(name: string, privileges: readonly { resource: Resource; actions: object }[]): FaunaQuery;
  /** Creates a key with a role of the database, and answers its secret. */
  createKey(role: string, name: string): FaunaQuery;
  /** Creates a key with the role `server`, and answers its secret. */
  readonly createServerKey: FaunaQuery;
}

/** Sends a query, and returns its value. */
export type Run = <T>(query: FaunaQuery) => Promise<T>;

/** How to send a query. */
export interface RunOptions {
  /** The secret to use; default: the client's own. */
  readonly secret?: string;
  /** How long FaunaDB may work on it, in milliseconds. */
  readonly timeout: number;
  /** Ends the request early, where the driver can. */
  readonly signal: AbortSignal;
}

/** One of FaunaDB's query languages, with the driver that speaks it. */
export interface Language {
  readonly name: string;
  /** Whether a value is a query of this language rather than of the other. */
  isQuery(value: unknown): boolean;
  /** Sends a query, and returns its value. */
  run(client: FaunaClient, query: FaunaQuery, options: RunOptions): Promise<unknown>;
  /** One query that runs these in order, as one transaction, and answers the list of their values. */
  together(queries: readonly FaunaQuery[]): FaunaQuery;
  /** The address that a client sends queries to. */
  endpointOf(client: FaunaClient): string;
  /** Closes a client, also one whose connection failed. */
  close(client: FaunaClient): Promise<void>;
  /** A client like the base, that queries as a session's user. */
  sessionClient(parts: SessionClientParts<FaunaClient>): FaunaClient;
  readonly tokens: TokenQueries;
  readonly operator: OperatorQueries;
}
