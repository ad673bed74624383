import type { Client, Expr } from 'faunadb';
import faunadb from 'faunadb';
import { FaunadbSessionError, type FaunadbSessionErrorCode, OutcomeUnknown } from '../shared/errors.js';
import type { SessionUser, Settings } from './options.js';
import {
  aliveQuery,
  logoutQuery,
  type MintAnswer,
  mintQuery,
  type NewToken,
  removeQuery,
  retireBySecretQuery,
  retireQuery,
  rotateQuery,
  setLifetimeQuery,
} from './queries.js';
import { MAX_TOKENS_CREATED, QueryBatches } from './query-batches.js';
import { outlivedTokenIds, type TokenRecord, tokenId, tokenIds } from './token-record.js';
import { withinTime } from './within-time.js';

/** The tokens in FaunaDB. Every call ends within the settings' time limit, and fails with a {@link FaunadbSessionError}. */
export class TokenStore {
  readonly #settings: Settings;
  readonly #batches: QueryBatches;
  readonly #creations: QueryBatches;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#batches = new QueryBatches(settings.queryTimeout);
    this.#creations = new QueryBatches(settings.queryTimeout, MAX_TOKENS_CREATED);
  }

  /** How long a token can exist before it is recorded, in milliseconds: its creator waits for FaunaDB no longer. */
  get raceWindow(): number {
    return this.#settings.queryTimeout;
  }

  /** Does work once no client waits for a query sent now, and again once FaunaDB itself must have finished that query. */
  afterRaces(work: () => void): void {
    for (const windows of [1, 5]) setTimeout(work, windows * this.raceWindow).unref();
  }

  /** Creates the first token of a lineage. */
  async mint(user: SessionUser, record: TokenRecord, lifetime: number): Promise<TokenRecord> {
    const query = () => mintQuery(this.#newToken(user, record, lifetime));
    const answer = await this.#query<MintAnswer>(user, query, this.#creations);
    if (answer.status !== 'minted') throw this.#notMinted(user, answer);
    return { ...record, secret: answer.secret, expiry: answer.expiry };
  }

  /** Replaces a lineage's tokens by the next one; undefined if another process is creating it. */
  async rotate(
    user: SessionUser,
    record: TokenRecord,
    next: TokenRecord,
    lifetime: number,
  ): Promise<(TokenRecord & { secret: string }) | undefined> {
    const { lineage, generation, secret } = record;
    // The replaced token is retired later, by {@link retire}, so that its streams can move. The token before it is retired
    // now. So is the replaced one if the record has no token: its creation may have succeeded without an answer.
    const mayWait = secret !== undefined && this.#settings.handover > 0;
    const earlier = mayWait ? [generation - 1] : [generation - 1, generation];
    const rotation = {
      earlier: tokenIds(lineage, earlier),
      grace: this.#settings.refreshGracePeriod,
      outlived: outlivedTokenIds(record),
      raceWindow: this.raceWindow,
    };
    const query = () => rotateQuery(this.#newToken(user, next, lifetime), rotation);
    const answer = await this.#query<MintAnswer>(user, query, this.#creations);
    if (answer.status === 'raced') return undefined;
    if (answer.status !== 'minted') throw this.#notMinted(user, answer);
    return { ...next, secret: answer.secret, expiry: answer.expiry };
  }

  /** Limits the life of a replaced token to the rest of the grace period. */
  async retire(user: SessionUser, id: string): Promise<void> {
    const { refreshGracePeriod, handover } = this.#settings;
    await this.#query(user, () => retireQuery([id], refreshGracePeriod - handover));
  }

  /** Deletes tokens by their ids. */
  async remove(user: SessionUser, ids: readonly string[]): Promise<void> {
    await this.#query(user, () => removeQuery(ids));
  }

  /** Deletes those tokens that are too old for a process to be still about to record them. */
  async removeUnfinished(user: SessionUser, ids: readonly string[]): Promise<void> {
    await this.#query(user, () => removeQuery(ids, this.raceWindow));
  }

  /** Deletes a token by its secret. */
  async removeBySecret(user: SessionUser, secret: string): Promise<void> {
    await this.#unlessDead(this.#query(user, () => logoutQuery, secret));
  }

  /** Limits the life of a token, of which only the secret is known, to the grace period. */
  async retireBySecret(user: SessionUser, secret: string): Promise<void> {
    await this.#unlessDead(this.#query(user, () => retireBySecretQuery(secret, this.#settings.refreshGracePeriod)));
  }

  /** Sets a token's lifetime, in milliseconds from now. Returns its new expiry; undefined if the token does not exist. */
  async setLifetime(user: SessionUser, id: string, lifetime: number): Promise<number | undefined> {
    return (await this.#query<number | null>(user, () => setLifetimeQuery(id, lifetime))) ?? undefined;
  }

  /** Whether FaunaDB accepts a token now. */
  async isAlive(user: SessionUser, secret: string): Promise<boolean> {
    return this.#unlessDead(this.#query<boolean>(user, () => aliveQuery, secret));
  }

  #newToken(user: SessionUser, { lineage, generation }: TokenRecord, lifetime: number): NewToken {
    const { collectionName, userRef, createUser } = this.#settings;
    const q = faunadb.query;
    return {
      user: userRef === undefined ? q.Ref(q.Collection(collectionName ?? ''), user.userId) : userRef(user),
      collection: userRef === undefined ? collectionName : undefined,
      createUser: createUser?.(user),
      id: tokenId(lineage, generation),
      lifetime,
      data: { supertokens: { ...user, lineage, generation } },
    };
  }

  async #unlessDead(answer: Promise<unknown>): Promise<boolean> {
    try {
      await answer;
      return true;
    } catch (error) {
      if (error instanceof DeadToken) return false;
      throw error;
    }
  }

  /** Runs one query, with the server key in a batch, or with a token's secret. */
  async #query<T>(user: SessionUser, expression: () => Expr, by: QueryBatches | string = this.#batches): Promise<T> {
    let client: Client;
    let query: Expr;
    try {
      client = await this.#settings.clientFor(user);
      query = expression();
    } catch (error) {
      // The application's own functions: faunaDBClient, userRef, createUser.
      throw new FaunadbSessionError('CONFIG_INVALID', `${this.#subject(user)}: an option threw: ${reason(error)}`);
    }
    try {
      if (typeof by !== 'string') return (await by.query(client, query)) as T;
      return await withinTime<T>(client, query, this.#settings.queryTimeout, by);
    } catch (error) {
      throw this.#described(error, user, typeof by === 'string');
    }
  }

  #notMinted(user: SessionUser, { status }: MintAnswer): FaunadbSessionError {
    if (status !== 'no collection') return this.#noUser(user);
    return new FaunadbSessionError(
      'USER_COLLECTION_NOT_FOUND',
      `${this.#subject(user)}: FaunaDB has no such collection, or hides it from this key.`,
    );
  }

  #noUser(user: SessionUser): FaunadbSessionError {
    return new FaunadbSessionError('USER_NOT_FOUND', `${this.#subject(user)}: FaunaDB has no document for this user.`);
  }

  #subject({ userId, tenantId }: SessionUser): string {
    const { collectionName, userRef } = this.#settings;
    const where = userRef === undefined ? ` in collection "${collectionName}"` : ', found by userRef';
    return `User "${userId}"${where} (tenant "${tenantId}")`;
  }

  /** Converts a failure to our own error. Drops the driver's error: it holds the query, which contains secrets. */
  #described(error: unknown, user: SessionUser, asToken: boolean): Error {
    const about = (code: FaunadbSessionErrorCode, said: string) =>
      new FaunadbSessionError(code, `${this.#subject(user)}: ${said}`);
    const unknown = (said: string) => new OutcomeUnknown(`${this.#subject(user)}: ${said}`);
    if (!(error instanceof faunadb.errors.FaunaHTTPError)) {
      const why = reason(error);
      if (why === 'ECONNREFUSED') return about('FAUNADB_UNAVAILABLE', `FaunaDB cannot be reached: ${why}.`);
      return unknown(`FaunaDB cannot be reached: ${why}.`);
    }
    const { statusCode } = error.requestResult;
    const first = failuresIn(error)[0] ?? { code: 'unknown', description: 'no description' };
    if (statusCode === 401) {
      if (asToken) return new DeadToken();
      return about('FAUNADB_UNAUTHORIZED', 'FaunaDB does not accept the secret of faunaDBClient.');
    }
    if (statusCode === 403) {
      return about('FAUNADB_UNAUTHORIZED', 'the key of faunaDBClient may not do this: it must be a server key.');
    }
    if (statusCode >= 500 || statusCode === 429 || statusCode === 410 || statusCode === 408) {
      return unknown(`FaunaDB answered ${statusCode} (${first.code}).`);
    }
    if (/key found for secret/i.test(first.description)) return new DeadToken();
    if (first.code === 'instance not found') return this.#noUser(user);
    if (first.code === 'invalid ref' && /undefined collection/i.test(first.description)) {
      return this.#notMinted(user, { status: 'no collection' });
    }
    return about('FAUNADB_REFUSED', `FaunaDB refused: ${first.code}: ${first.description}`);
  }
}

/** FaunaDB no longer accepts the token's own secret. */
class DeadToken extends Error {}

interface FaunaFailure {
  readonly code: string;
  readonly description: string;
}

function failuresIn(error: InstanceType<typeof faunadb.errors.FaunaHTTPError>): FaunaFailure[] {
  const content: unknown = error.requestResult.responseContent;
  const errors = typeof content === 'object' && content !== null && 'errors' in content ? content.errors : undefined;
  return Array.isArray(errors) ? errors : [];
}

/** The code of a network failure, or its message. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const { code } = (error.cause ?? error) as { code?: unknown };
  return typeof code === 'string' ? code : error.message;
}
