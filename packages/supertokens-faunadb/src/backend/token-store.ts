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
import { QueryBatches } from './query-batches.js';
import { outlivedTokenIds, type TokenRecord, tokenId, tokenIds } from './token-record.js';
import { withinTime } from './within-time.js';

/** The tokens in FaunaDB. Every failure is a {@link FaunadbSessionError}, within the time limit of the settings. */
export class TokenStore {
  readonly #settings: Settings;
  readonly #batches: QueryBatches;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#batches = new QueryBatches(settings.queryTimeout);
  }

  /** For how long a token may be made but not yet recorded: whoever makes it gives up waiting for FaunaDB by then. */
  get raceWindow(): number {
    return this.#settings.queryTimeout;
  }

  /** Does something when nobody waits for a query of now any more, and again when FaunaDB must be done with it too. */
  afterRaces(work: () => void): void {
    for (const windows of [1, 5]) setTimeout(work, windows * this.raceWindow).unref();
  }

  /** Makes the first token of a line. */
  async mint(user: SessionUser, record: TokenRecord, lifetime: number): Promise<TokenRecord> {
    const answer = await this.#query<MintAnswer>(user, () => mintQuery(this.#newToken(user, record, lifetime)));
    if (answer.status !== 'minted') throw this.#notMinted(user, answer);
    return { ...record, secret: answer.secret, expiry: answer.expiry };
  }

  /** Makes the next token of a line in place of those before it; undefined where another process is making it. */
  async rotate(
    user: SessionUser,
    record: TokenRecord,
    next: TokenRecord,
    lifetime: number,
  ): Promise<(TokenRecord & { secret: string }) | undefined> {
    const { lineage, generation, secret } = record;
    // The one it replaces is retired a moment later, by {@link retire}. That of the refresh before has had its moment, and a
    // record without a token may stand for one whose making got no answer.
    const mayWait = secret !== undefined && this.#settings.handover > 0;
    const earlier = mayWait ? [generation - 1] : [generation - 1, generation];
    const rotation = {
      earlier: tokenIds(lineage, earlier),
      grace: this.#settings.refreshGracePeriod,
      outlived: outlivedTokenIds(record),
      raceWindow: this.raceWindow,
    };
    const query = () => rotateQuery(this.#newToken(user, next, lifetime), rotation);
    const answer = await this.#query<MintAnswer>(user, query);
    if (answer.status === 'raced') return undefined;
    if (answer.status !== 'minted') throw this.#notMinted(user, answer);
    return { ...next, secret: answer.secret, expiry: answer.expiry };
  }

  /** Lets a token that has been replaced live for what is left of the grace. */
  async retire(user: SessionUser, id: string): Promise<void> {
    const { refreshGracePeriod, handover } = this.#settings;
    await this.#query(user, () => retireQuery([id], refreshGracePeriod - handover));
  }

  /** Deletes tokens by their ids. */
  async remove(user: SessionUser, ids: readonly string[]): Promise<void> {
    await this.#query(user, () => removeQuery(ids));
  }

  /** Deletes those of the tokens that nobody can be about to record any more. */
  async removeUnfinished(user: SessionUser, ids: readonly string[]): Promise<void> {
    await this.#query(user, () => removeQuery(ids, this.raceWindow));
  }

  /** Deletes a token by its secret. */
  async removeBySecret(user: SessionUser, secret: string): Promise<void> {
    await this.#unlessDead(this.#query(user, () => logoutQuery, secret));
  }

  /** Leaves a token of which only the secret is known no longer than the grace. */
  async retireBySecret(user: SessionUser, secret: string): Promise<void> {
    await this.#unlessDead(this.#query(user, () => retireBySecretQuery(secret, this.#settings.refreshGracePeriod)));
  }

  /** Lets a token live for so many milliseconds from now. Gives its new expiry; undefined where it is no more. */
  async setLifetime(user: SessionUser, id: string, lifetime: number): Promise<number | undefined> {
    return (await this.#query<number | null>(user, () => setLifetimeQuery(id, lifetime))) ?? undefined;
  }

  /** Whether a token opens the database at this moment. */
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

  /** One query, with the server key or with a token's secret. */
  async #query<T>(user: SessionUser, expression: () => Expr, secret?: string): Promise<T> {
    let client: Client;
    let query: Expr;
    try {
      client = await this.#settings.clientFor(user);
      query = expression();
    } catch (error) {
      // The application's own functions: faunaDBClient, userRef, createUser.
      throw new FaunadbSessionError('CONFIG_INVALID', `${this.#subject(user)}: an option failed: ${reason(error)}`);
    }
    try {
      if (secret === undefined) return (await this.#batches.query(client, query)) as T;
      return await withinTime<T>(client, query, this.#settings.queryTimeout, secret);
    } catch (error) {
      throw this.#described(error, user, secret !== undefined);
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

  /** FaunaDB's failure in our words. The driver's error is not kept: it holds the query, and with it secrets. */
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

/** A token's own secret no longer opens the database. */
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

/** A network failure's code, or its message. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure';
  const { code } = (error.cause ?? error) as { code?: unknown };
  return typeof code === 'string' ? code : error.message;
}
