import type { Client } from 'faunadb';
import {
  type SessionContainer as PlainSessionContainer,
  type RecipeInterface,
  Error as SessionError,
  type SessionInformation,
} from 'supertokens-node/recipe/session';
import type { UserContext } from 'supertokens-node/types';
import { logDebugMessage } from './debug.js';
import { Deletions } from './deletions.js';
import { FaunadbSessionError, OutcomeUnknown } from './errors.js';
import { AccessTokenLifetimes, clockLag } from './lifetimes.js';
import type { SessionUser, Settings } from './options.js';
import { type Place, placeOfContainer, placeOfHandle, recordOf, userOf, userOfInformation } from './place.js';
import { sessionClient } from './session-client.js';
import { merge, newLineage, possibleTokenIds, type TokenRecord, tokenId, writeRecord } from './token-record.js';
import { TokenStore } from './token-store.js';

/** How soon before its end a token counts as run out, in milliseconds: it must still open the database on arrival. */
const expiryMargin = 5_000;

/** For how long to try to delete a token of which nobody recorded the end, in milliseconds. */
const longestExpiry = 86_400_000;

/** The input of the SDK's `createNewSession`. */
type NewSessionInput = Parameters<RecipeInterface['createNewSession']>[0];

/** The life of the tokens, as the events of their sessions drive it. */
export class SessionTokens {
  readonly #original: RecipeInterface;
  readonly #settings: Settings;
  readonly #store: TokenStore;
  readonly #deletions: Deletions;
  readonly #lifetimes = new AccessTokenLifetimes();
  /** The rotations under way in this process, by the token they replace: requests at the same time share one. */
  readonly #rotations = new Map<string, Promise<TokenRecord>>();

  constructor(original: RecipeInterface, settings: Settings) {
    this.#original = original;
    this.#settings = settings;
    this.#store = new TokenStore(settings);
    this.#deletions = new Deletions(settings.onTokenDeletion);
  }

  /** Makes a session and, before it, its token: a crash between the two leaves a token that nobody knows. */
  async create(input: NewSessionInput): Promise<PlainSessionContainer> {
    const user = userOf(input.userId, input.recipeUserId.getAsString(), input.tenantId);
    const record = await this.#mint(user);
    let session: PlainSessionContainer;
    try {
      session = await this.#original.createNewSession(await this.#withRecord(input, record));
    } catch (error) {
      await this.#discard(user, [record], []);
      throw error;
    }
    const payload = session.getAccessTokenPayload();
    this.#lifetimes.learn(user.tenantId, payload);
    await this.#correctLifetime(user, record, payload);
    return session;
  }

  /** Gives a session just refreshed its new token. The session stays refreshed whatever happens to FaunaDB. */
  async refreshed(session: PlainSessionContainer, refreshId: string, context: UserContext): Promise<void> {
    this.#lifetimes.learn(session.getTenantId(), session.getAccessTokenPayload());
    const place = this.placeOf(session, context);
    const record = await this.#recordIn(place);
    // Another refresh with the same refresh token came first, and this access token already carries what it made.
    if (record.secret !== undefined && record.refreshId === refreshId) return;
    try {
      const made = this.#rotations.get(rotationKey(place, record));
      if (made === undefined) await this.#rotate(place, record, refreshId);
      else await place.save(await made);
    } catch (error) {
      if (!(error instanceof FaunadbSessionError)) throw error;
      logDebugMessage(`session ${place.handle} was refreshed without a token: ${error.message}`);
      await this.#saveWithoutToken(place, record);
    }
  }

  /** The token of a session, alive. */
  async token(place: Place, checkAlive: boolean): Promise<string> {
    const record = await this.#recordIn(place);
    const { secret, expiry } = record;
    if (secret !== undefined && (expiry === undefined || Date.now() < expiry - expiryMargin)) {
      const unsure = checkAlive || expiry === undefined;
      if (!unsure || (await this.#store.isAlive(place.user, secret))) return secret;
    }
    try {
      return await this.#rotate(place, record, undefined);
    } catch (error) {
      if (error instanceof OutcomeUnknown) await this.#saveWithoutToken(place, record);
      throw error;
    }
  }

  /** The token of any session; undefined where there is no such session. */
  async tokenOfHandle(handle: string, checkAlive: boolean, context: UserContext): Promise<string | undefined> {
    const place = await placeOfHandle(this.#original, this.#settings, handle, context);
    return place === undefined ? undefined : this.token(place, checkAlive);
  }

  /** A client that queries as the session's user. */
  async client(place: Place): Promise<Client> {
    const base = await this.#settings.clientFor(place.user);
    const source = { current: () => this.token(place, false), renewed: () => this.token(place, true) };
    return sessionClient(base, source, Object.assign(noStream, { document: noStream }));
  }

  placeOf(session: PlainSessionContainer, context: UserContext): Place {
    return placeOfContainer(this.#original, this.#settings, session, context);
  }

  /**
   * Deletes the tokens of sessions that have ended, given what the Core knew of them before: one query a user. Where it
   * is not certain that they have ended, because the Core's answer was lost, it asks the Core first.
   */
  async ended(sessions: readonly SessionInformation[], certain = true): Promise<void> {
    const byUser = new Map<string, SessionInformation[]>();
    for (const session of sessions) {
      const key = JSON.stringify(userOfInformation(session));
      byUser.set(key, [...(byUser.get(key) ?? []), session]);
    }
    await Promise.all([...byUser.values()].map((ofUser) => this.#endedOfUser(ofUser, certain)));
  }

  async #endedOfUser(sessions: readonly SessionInformation[], certain: boolean): Promise<void> {
    const [first] = sessions;
    if (first === undefined) return;
    const discard = async (ended: readonly SessionInformation[]) => {
      const records = await Promise.all(ended.map((session) => this.#recordOf(session)));
      await this.#discard(
        userOfInformation(first),
        records,
        ended.map(({ sessionHandle }) => sessionHandle),
      );
    };
    if (certain) return discard(sessions);
    await this.#deletions.delete({
      user: userOfInformation(first),
      sessionHandles: sessions.map(({ sessionHandle }) => sessionHandle),
      expiry: Date.now() + longestExpiry,
      attempt: async () => {
        const userContext = {} as UserContext;
        const still = await Promise.all(
          sessions.map(({ sessionHandle }) => this.#original.getSessionInformation({ sessionHandle, userContext })),
        );
        await discard(sessions.filter((_, index) => still[index] === undefined));
      },
    });
  }

  async #recordOf(session: SessionInformation): Promise<TokenRecord> {
    return (await recordOf(session, this.#settings.sealingKeys)) ?? noToken(session.sessionHandle);
  }

  async #mint(user: SessionUser): Promise<TokenRecord> {
    const record = { lineage: newLineage(), generation: 0 };
    const lifetime = this.#settings.tokenLifetime ?? this.#lifetimes.expected(user.tenantId) + clockLag;
    try {
      return await this.#store.mint(user, record, lifetime);
    } catch (error) {
      if (error instanceof OutcomeUnknown) {
        // FaunaDB may have made it all the same, when only its answer was lost; or may be about to.
        void this.#discard(user, [record], []);
        setTimeout(() => void this.#discard(user, [record], []), this.#store.raceWindow).unref();
      }
      throw error;
    }
  }

  async #recordIn(place: Place): Promise<TokenRecord> {
    return (await place.read()) ?? noToken(place.handle);
  }

  /** Replaces a token and records the new one, or takes the one that another request or process is making. */
  async #rotate(place: Place, record: TokenRecord, refreshId: string | undefined): Promise<string> {
    const key = rotationKey(place, record);
    let rotation = this.#rotations.get(key);
    if (rotation === undefined) {
      rotation = this.#rotateAlone(place, record, refreshId).finally(() => this.#rotations.delete(key));
      this.#rotations.set(key, rotation);
    }
    const { secret } = await rotation;
    if (secret === undefined) throw new Error('a rotation without a secret');
    return secret;
  }

  async #rotateAlone(place: Place, record: TokenRecord, refreshId: string | undefined): Promise<TokenRecord> {
    const { user } = place;
    const { lineage, generation, secret } = record;
    const lifetime =
      this.#settings.tokenLifetime ??
      Math.max(0, place.remainingLifetime ?? this.#lifetimes.expected(user.tenantId)) + clockLag;
    for (;;) {
      const next: TokenRecord = { lineage, generation: generation + 1, refreshId };
      const made = await this.#store.rotate(user, record, next, lifetime);
      if (made !== undefined) {
        await this.#record(place, made);
        if (generation < 0 && secret !== undefined) await this.#store.retireBySecret(user, secret);
        return made;
      }
      const theirs = await this.#awaitTheirs(place, generation);
      if (theirs !== undefined) {
        await place.save(theirs);
        return theirs;
      }
    }
  }

  /** Records a token just made; where the session has ended meanwhile, the token ends too. */
  async #record(place: Place, made: TokenRecord): Promise<void> {
    try {
      await place.save(made);
    } catch (error) {
      if (SessionError.isErrorFromSuperTokens(error)) await this.#discard(place.user, [made], [place.handle]);
      // Where only the Core's answer was lost, the token is recorded all the same.
      else this.#reconcileLater(place, made);
      throw error;
    }
  }

  /** Waits until the token that another process is making appears in the Core; undefined where it does not. */
  async #awaitTheirs(place: Place, generation: number): Promise<TokenRecord | undefined> {
    const deadline = Date.now() + this.#store.raceWindow;
    for (let pause = 20; Date.now() < deadline; pause = Math.min(pause * 2, 250)) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      const theirs = await place.readFromCore();
      if (theirs?.secret !== undefined && theirs.generation > generation) return theirs;
    }
    return undefined;
  }

  /** Takes the old token out of a session whose new one could not be made: no token is better than a dying one. */
  async #saveWithoutToken(place: Place, { lineage, generation }: TokenRecord): Promise<void> {
    // The next generation's id may be taken, where only the answer was lost: this session never uses it again.
    const skipped: TokenRecord = { lineage, generation: generation + 1 };
    this.#reconcileLater(place, skipped);
    try {
      const theirs = await place.readFromCore();
      await place.save(theirs?.secret !== undefined && theirs.generation > generation ? theirs : skipped);
    } catch (error) {
      if (SessionError.isErrorFromSuperTokens(error)) throw error;
      logDebugMessage(`session ${place.handle} keeps a token that has been replaced: ${String(error)}`);
    }
  }

  /** Comes back to a rotation of which nobody knows how far it got, when all who may be at work on it are done. */
  #reconcileLater({ user, handle }: Place, { lineage, generation }: TokenRecord): void {
    const deletion = {
      user,
      sessionHandles: [handle],
      expiry: Date.now() + longestExpiry,
      attempt: async () => {
        const place = await placeOfHandle(this.#original, this.#settings, handle, {} as UserContext);
        const carried = await place?.read();
        // Whoever ended the session has deleted its tokens.
        if (place === undefined || carried === undefined) return;
        if (carried.generation < generation) await place.save({ lineage, generation });
        const kept = carried.secret === undefined ? undefined : carried.generation;
        const left = [generation - 1, generation].filter((n) => n >= 0 && (n < generation || n !== kept));
        await this.#store.removeUnfinished(
          user,
          left.map((n) => tokenId(lineage, n)),
        );
      },
    };
    setTimeout(() => void this.#deletions.delete(deletion), this.#store.raceWindow).unref();
  }

  /** Deletes whatever tokens these records can stand for. */
  async #discard(user: SessionUser, records: readonly TokenRecord[], sessionHandles: readonly string[]): Promise<void> {
    const ids = records.flatMap(possibleTokenIds);
    const strangers = records.flatMap(({ generation, secret }) => (generation < 0 && secret ? [secret] : []));
    await this.#deletions.delete({
      user,
      sessionHandles,
      expiry: Math.max(...records.map(({ expiry }) => expiry ?? Date.now() + longestExpiry)),
      attempt: async () => {
        await this.#store.remove(user, ids);
        for (const secret of strangers) await this.#store.removeBySecret(user, secret);
      },
    });
  }

  /** Only the first login after a start needs it: that one assumes the Core's default lifetime of access tokens. */
  async #correctLifetime(user: SessionUser, record: TokenRecord, payload: { readonly exp?: unknown }): Promise<void> {
    const { lineage, generation, expiry } = record;
    if (this.#settings.tokenLifetime !== undefined || typeof payload.exp !== 'number' || expiry === undefined) return;
    const wanted = payload.exp * 1_000 + clockLag;
    if (Math.abs(wanted - expiry) < clockLag / 2) return;
    try {
      await this.#store.setLifetime(user, tokenId(lineage, generation), wanted - Date.now());
    } catch (error) {
      logDebugMessage(`the ttl of a new token could not be corrected: ${String(error)}`);
    }
  }

  async #withRecord(input: NewSessionInput, record: TokenRecord): Promise<NewSessionInput> {
    const { place, sealingKeys } = this.#settings;
    const update = await writeRecord(record, place, sealingKeys);
    return place === 'database'
      ? { ...input, sessionDataInDatabase: merge(input.sessionDataInDatabase, update) }
      : { ...input, accessTokenPayload: merge(input.accessTokenPayload, update) };
  }
}

/** The beginning of a line for a session that has no token. */
function noToken(sessionHandle: string): TokenRecord {
  return { lineage: sessionHandle, generation: -1 };
}

function rotationKey({ handle }: Place, { generation }: TokenRecord): string {
  return `${handle} ${generation}`;
}

function noStream(): never {
  throw new FaunadbSessionError('STREAM_UNSUPPORTED', 'A stream outlives its token: open it with a client of its own.');
}
