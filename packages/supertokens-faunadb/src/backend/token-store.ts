import { type Failure, failureOf, networkCode } from '../fauna/base/failure.js';
import type { Language, MintAnswer, NewToken } from '../fauna/base/language.js';
import type { FaunaClient, FaunaQuery } from '../fauna/base/types.js';
import { isFaunaClient, languageOf } from '../fauna/languages.js';
import { FaunadbSessionError, type FaunadbSessionErrorCode, OutcomeUnknown } from '../shared/errors.js';
import type { SessionUser, Settings } from './options.js';
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
    const mint = (language: Language) => language.tokens.mint(this.#newToken(language, user, record, lifetime));
    const answer = await this.#query<MintAnswer>(user, mint, this.#creations);
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
    const rotate = (language: Language) =>
      language.tokens.rotate(this.#newToken(language, user, next, lifetime), rotation);
    const answer = await this.#query<MintAnswer>(user, rotate, this.#creations);
    if (answer.status === 'raced') return undefined;
    if (answer.status !== 'minted') throw this.#notMinted(user, answer);
    return { ...next, secret: answer.secret, expiry: answer.expiry };
  }

  /** Limits the life of a replaced token to the rest of the grace period. */
  async retire(user: SessionUser, id: string): Promise<void> {
    const { refreshGracePeriod, handover } = this.#settings;
    await this.#query(user, ({ tokens }) => tokens.retire([id], refreshGracePeriod - handover));
  }

  /** Deletes tokens by their ids. */
  async remove(user: SessionUser, ids: readonly string[]): Promise<void> {
    await this.#query(user, ({ tokens }) => tokens.remove(ids));
  }

  /** Deletes those tokens that are too old for a process to be still about to record them. */
  async removeUnfinished(user: SessionUser, ids: readonly string[]): Promise<void> {
    await this.#query(user, ({ tokens }) => tokens.remove(ids, this.raceWindow));
  }

  /** Deletes a token by its secret. */
  async removeBySecret(user: SessionUser, secret: string): Promise<void> {
    await this.#unlessDead(this.#query(user, ({ tokens }) => tokens.logout, secret));
  }

  /** Limits the life of a token, of which only the secret is known, to the grace period. */
  async retireBySecret(user: SessionUser, secret: string): Promise<void> {
    const retire = async () => {
      const id = await this.#query<string>(user, ({ tokens }) => tokens.ownId, secret);
      await this.#query(user, ({ tokens }) => tokens.retire([id], this.#settings.refreshGracePeriod));
    };
    await this.#unlessDead(retire());
  }

  /** Sets a token's lifetime, in milliseconds from now. Returns its new expiry; undefined if the token does not exist. */
  async setLifetime(user: SessionUser, id: string, lifetime: number): Promise<number | undefined> {
    return (await this.#query<number | null>(user, ({ tokens }) => tokens.setLifetime(id, lifetime))) ?? undefined;
  }

  /** Whether FaunaDB accepts a token now. */
  async isAlive(user: SessionUser, secret: string): Promise<boolean> {
    return this.#unlessDead(this.#query(user, ({ tokens }) => tokens.alive, secret));
  }

  #newToken(
    { name, tokens, isQuery }: Language,
    user: SessionUser,
    { lineage, generation }: TokenRecord,
    lifetime: number,
  ): NewToken {
    const { collectionName, userRef, createUser } = this.#settings;
    const ref = userRef === undefined ? tokens.user(collectionName ?? '', user.userId) : userRef(user);
    if (!isQuery(ref)) throw new Error(`userRef must return a query of ${name}, the language of faunaDBClient`);
    return {
      user: ref,
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
  async #query<T>(
    user: SessionUser,
    queryIn: (language: Language) => FaunaQuery,
    by: QueryBatches | string = this.#batches,
  ): Promise<T> {
    let client: FaunaClient;
    let query: FaunaQuery;
    try {
      client = await this.#settings.clientFor(user);
      if (!isFaunaClient(client)) throw new Error('faunaDBClient returned no client');
      query = queryIn(await languageOf(client));
    } catch (error) {
      // The application's own functions: faunaDBClient, userRef, createUser.
      throw new FaunadbSessionError('CONFIG_INVALID', `${this.#subject(user)}: an option threw: ${messageOf(error)}`);
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
    const failure = failureOf(error);
    if (failure === undefined) {
      const why = reason(error);
      if (why === 'ECONNREFUSED') return about('FAUNADB_UNAVAILABLE', `FaunaDB cannot be reached: ${why}.`);
      return unknown(`FaunaDB cannot be reached: ${why}.`);
    }
    if (failure.kind === 'failed') return unknown(`FaunaDB answered ${failure.status} (${failure.code}).`);
    if (failure.kind === 'unauthorized' && asToken) return new DeadToken();
    return this.#refused(user, failure);
  }

  #refused(user: SessionUser, { kind, code, description }: Failure): FaunadbSessionError {
    const about = (code: FaunadbSessionErrorCode, said: string) =>
      new FaunadbSessionError(code, `${this.#subject(user)}: ${said}`);
    switch (kind) {
      case 'unauthorized':
        return about('FAUNADB_UNAUTHORIZED', 'FaunaDB does not accept the secret of faunaDBClient.');
      case 'forbidden':
        return about('FAUNADB_UNAUTHORIZED', 'the key of faunaDBClient may not do this: it must be a server key.');
      case 'missing':
        return this.#noUser(user);
      case 'no collection':
        return this.#notMinted(user, { status: 'no collection' });
      default:
        return about('FAUNADB_REFUSED', `FaunaDB refused: ${code}: ${description}`);
    }
  }
}

/** FaunaDB no longer accepts the token's own secret. */
class DeadToken extends Error {}

/** The code of a network failure, or a message. */
function reason(error: unknown): string {
  return networkCode(error) ?? messageOf(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}
