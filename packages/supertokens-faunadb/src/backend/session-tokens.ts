import type {
  SessionContainer as PlainSessionContainer,
  RecipeInterface,
  SessionInformation,
} from 'supertokens-node/recipe/session';
import type { UserContext } from 'supertokens-node/types';
import type { StreamTokens } from '../fauna/base/token-source.js';
import type { FaunaClient } from '../fauna/base/types.js';
import { languageOf } from '../fauna/languages.js';
import { logDebugMessage } from '../shared/debug.js';
import { FaunadbSessionError, OutcomeUnknown } from '../shared/errors.js';
import { mapLimited } from '../shared/map-limited.js';
import { Discards, LONGEST_EXPIRY } from './discards.js';
import { AccessTokenLifetimes, CLOCK_LAG } from './lifetimes.js';
import { NewestTokens } from './newest-tokens.js';
import type { SessionUser, Settings } from './options.js';
import {
  type ContainerPlace,
  isSessionEnded,
  type Place,
  placeOfContainer,
  placeOfHandle,
  recordOf,
  uncached,
  userOf,
  userOfInformation,
} from './place.js';
import { RecordCache } from './record-cache.js';
import { Rotations } from './rotations.js';
import { merge, newLineage, noRecord, type TokenRecord, tokenId, writeRecord } from './token-record.js';
import { TokenStore } from './token-store.js';

/** How long before its expiry a token counts as expired, in milliseconds: it must still be valid when the query arrives. */
const EXPIRY_MARGIN = 5_000;

/** How long before its expiry a kept token is extended, in milliseconds. */
const littleLeft = CLOCK_LAG + EXPIRY_MARGIN;

/** How many sessions to look up in the Core concurrently. */
const LOOKUPS_AT_A_TIME = 16;

/** Marks a payload that already has a token. A symbol, so the mark is not sent to the Core. */
const withToken = Symbol.for('supertokens-faunadb.with-token');

/** The input of the SDK's `createNewSession`. */
type NewSessionInput = Parameters<RecipeInterface['createNewSession']>[0];

/** Creates, replaces and deletes tokens as their sessions are created, refreshed and ended. */
export class SessionTokens {
  readonly #original: RecipeInterface;
  readonly #settings: Settings;
  readonly #store: TokenStore;
  readonly #discards: Discards;
  readonly #rotations: Rotations;
  readonly #lifetimes = new AccessTokenLifetimes();
  readonly #cache = new RecordCache();
  readonly #newestTokens = new NewestTokens((handle, checkAlive) =>
    this.tokenOfHandle(handle, checkAlive, {} as UserContext),
  );

  constructor(original: RecipeInterface, settings: Settings) {
    this.#original = original;
    this.#settings = settings;
    this.#store = new TokenStore(settings);
    this.#discards = new Discards(settings, this.#store);
    this.#rotations = new Rotations({
      original,
      settings,
      store: this.#store,
      discards: this.#discards,
      lifetimes: this.#lifetimes,
    });
  }

  /** Creates a token, then its session. A crash between the two leaves an orphaned token. */
  async create(input: NewSessionInput): Promise<PlainSessionContainer> {
    if (Object.hasOwn(Object(input.accessTokenPayload), withToken)) {
      throw new FaunadbSessionError(
        'CONFIG_INVALID',
        'supertokens-faunadb: the new session already has a token: install RecipeImplementation or the plugin only once.',
      );
    }
    const user = userOf(input.userId, input.recipeUserId.getAsString(), input.tenantId);
    const record = await this.#mint(user);
    let session: PlainSessionContainer;
    try {
      session = await this.#original.createNewSession(await this.#withRecord(input, record));
    } catch (error) {
      await this.#discards.discard(user, [record], []);
      throw error;
    }
    const payload = session.getAccessTokenPayload();
    this.#lifetimes.learn(user.tenantId, payload);
    const place = this.placeOf(session, input.userContext);
    place.remember(record);
    await this.#correctLifetime(place, record, payload);
    return session;
  }

  /** Replaces the token of a session that was just refreshed. The refresh succeeds even if FaunaDB fails. */
  async refreshed(session: PlainSessionContainer, refreshId: string, context: UserContext): Promise<void> {
    this.#lifetimes.learn(session.getTenantId(), session.getAccessTokenPayload());
    if (this.#settings.keepTokenOnRefresh) return;
    const place = this.placeOf(session, context);
    const record = await recordIn(place);
    // If another refresh with the same refresh token came just before, the session already has the token that it created.
    const { secret, expiry = 0 } = record;
    const wanted = Math.max(EXPIRY_MARGIN, this.#rotations.lifetimeOf(place) - CLOCK_LAG);
    if (secret !== undefined && record.refreshId === refreshId && expiry - Date.now() >= wanted) return;
    try {
      const underWay = this.#rotations.underWay(place, record);
      if (underWay === undefined) await this.#rotations.rotate(place, record, refreshId);
      else await place.save(await underWay);
      this.#newestTokens.changed(place.handle);
    } catch (error) {
      if (!(error instanceof FaunadbSessionError)) throw error;
      logDebugMessage(`session ${place.handle} was refreshed without a token: ${error.message}`);
      await this.#rotations.withoutToken(place, record);
    }
  }

  /** Returns a valid token of a session. */
  async token(place: Place, checkAlive: boolean): Promise<string> {
    const record = await recordIn(place);
    const secret = await this.#alive(place, record, checkAlive);
    if (secret !== undefined && !this.#mustExtend(place, record)) return secret;
    // Another request may already have replaced it: replacing it again would delete the session's current token.
    const newest = (await place.readFromCore()) ?? noToken(place.handle);
    const another = newest.secret === record.secret ? secret : await this.#alive(place, newest, checkAlive);
    if (another !== undefined) {
      if (newest.secret !== record.secret) await place.save(newest);
      if (!this.#mustExtend(place, newest) || (await this.#extend(place, newest))) return another;
    }
    try {
      return (await this.#rotations.rotate(place, newest, undefined)).secret;
    } catch (error) {
      if (error instanceof OutcomeUnknown) await this.#rotations.withoutToken(place, newest);
      throw error;
    }
  }

  /** Whether a kept token expires so soon that its ttl must be extended. */
  #mustExtend(place: Place, { generation, expiry }: TokenRecord): boolean {
    if (!this.#settings.keepTokenOnRefresh || generation < 0 || expiry === undefined) return false;
    const full = this.#rotations.lifetimeOf(place);
    return expiry - Date.now() < Math.min(littleLeft, full / 2);
  }

  /**
   * Extends a token's ttl, for a session that the Core has just returned. If the session has ended meanwhile, deletes the
   * token. Returns whether the token can be used: if FaunaDB is unavailable, the token is still valid.
   */
  async #extend(place: Place, record: TokenRecord): Promise<boolean> {
    const { lineage, generation } = record;
    try {
      const lifetime = this.#rotations.lifetimeOf(place);
      const expiry = await this.#store.setLifetime(place.user, tokenId(lineage, generation), lifetime);
      if (expiry === undefined) return false;
      await place.save({ ...record, expiry });
    } catch (error) {
      if (isSessionEnded(error)) {
        await this.#discards.discard(place.user, [record], [place.handle]);
        throw error;
      }
      // If only the answer was lost, the token lives longer than its record says, which does no harm.
      logDebugMessage(`the ttl of the token of session ${place.handle} could not be extended: ${String(error)}`);
    }
    return true;
  }

  /** Returns a record's token unless it is invalid. Asks FaunaDB if the record has no expiry or `checkAlive` is set. */
  async #alive({ user }: Place, { secret, expiry }: TokenRecord, checkAlive: boolean): Promise<string | undefined> {
    if (secret === undefined || (expiry !== undefined && Date.now() >= expiry - EXPIRY_MARGIN)) return undefined;
    const unsure = checkAlive || expiry === undefined;
    return !unsure || (await this.#store.isAlive(user, secret)) ? secret : undefined;
  }

  /** Returns a valid token of any session; undefined if there is no such session. */
  async tokenOfHandle(handle: string, checkAlive: boolean, context: UserContext): Promise<string | undefined> {
    const place = await placeOfHandle(this.#original, this.#settings, handle, context);
    return place === undefined ? undefined : this.token(place, checkAlive);
  }

  /** Returns a client that queries as the user of any session; undefined if there is no such session. */
  async clientOfHandle(handle: string, context: UserContext): Promise<FaunaClient | undefined> {
    const place = await placeOfHandle(this.#original, this.#settings, handle, context);
    return place && this.client(place);
  }

  /** Returns a client that queries as the session's user. */
  async client(place: Place): Promise<FaunaClient> {
    const base = await this.#settings.clientFor(place.user);
    const source = { current: () => this.token(place, false), renewed: () => this.token(place, true) };
    // A stream outlives the request, so it asks the Core for the session's current token.
    const newest = (checkAlive: boolean) => this.#newestTokens.of(place.handle, checkAlive);
    const streams: StreamTokens = {
      current: () => newest(false),
      renewed: () => newest(true),
      watch: (changed) => this.#newestTokens.watch(place.handle, changed),
    };
    const language = await languageOf(base);
    return language.sessionClient({ base, sourceOfQuery: () => source, sourceOfStream: () => streams });
  }

  placeOf(session: PlainSessionContainer, context: UserContext): ContainerPlace {
    return placeOfContainer(this.#original, this.#settings, this.#cache, session, context);
  }

  /** Reads the sessions that still exist from the Core. */
  async sessions(handles: readonly string[], context: UserContext): Promise<SessionInformation[]> {
    const found = await mapLimited(handles, LOOKUPS_AT_A_TIME, (sessionHandle) =>
      this.#original.getSessionInformation({ sessionHandle, userContext: uncached(context) }),
    );
    return found.filter((information) => information !== undefined);
  }

  /** Does work that may make the Core end sessions of a user, then deletes the tokens of the sessions that ended. */
  async whileEnding<T>(
    { userId, linked }: { readonly userId: string; readonly linked: boolean },
    context: UserContext,
    work: () => Promise<T>,
  ): Promise<T> {
    const handles = await this.#original.getAllSessionHandlesForUser({
      userId,
      fetchSessionsForAllLinkedAccounts: linked,
      tenantId: 'public',
      fetchAcrossAllTenants: true,
      userContext: uncached(context),
    });
    const known = await this.sessions(handles, context);
    try {
      return await work();
    } finally {
      await this.maybeEnded(known);
    }
  }

  /** Deletes the tokens of sessions that have ended, from what the Core returned before. One query per user. */
  async ended(sessions: readonly SessionInformation[]): Promise<void> {
    for (const handle of handlesOf(sessions)) this.#changed(handle);
    await Promise.all(
      byUser(sessions).map(async ([user, ofUser]) => {
        const { sealingKeys } = this.#settings;
        const records = await Promise.all(
          ofUser.map(async (session) => (await recordOf(session, sealingKeys)) ?? noToken(session.sessionHandle)),
        );
        await this.#discards.discard(user, records, handlesOf(ofUser));
      }),
    );
  }

  /** The same for sessions that may have ended: asks the Core which of them did. */
  async maybeEnded(sessions: readonly SessionInformation[]): Promise<void> {
    for (const handle of handlesOf(sessions)) this.#changed(handle);
    await Promise.all(
      byUser(sessions).map(([user, ofUser]) =>
        this.#discards.deletions.delete({
          user,
          sessionHandles: handlesOf(ofUser),
          expiry: Date.now() + LONGEST_EXPIRY,
          attempt: async () => {
            const open = handlesOf(await this.sessions(handlesOf(ofUser), {} as UserContext));
            await this.ended(ofUser.filter(({ sessionHandle }) => !open.includes(sessionHandle)));
          },
        }),
      ),
    );
  }

  /** Drops what this process has cached about a session. */
  #changed(handle: string): void {
    this.#cache.delete(handle);
    this.#newestTokens.changed(handle);
  }

  async #mint(user: SessionUser): Promise<TokenRecord> {
    const record = { lineage: newLineage(), generation: 0 };
    const lifetime = this.#rotations.lifetimeOf({ user, remainingLifetime: undefined });
    try {
      return await this.#store.mint(user, record, lifetime);
    } catch (error) {
      if (error instanceof OutcomeUnknown) {
        // FaunaDB may have created the token although the answer was lost, or may still create it.
        const discard = () => void this.#discards.discard(user, [record], []);
        discard();
        this.#store.afterRaces(discard);
      }
      throw error;
    }
  }

  /** Corrects a new token's ttl. Only the first login after a start needs this: it assumes the Core's default lifetime. */
  async #correctLifetime(place: Place, record: TokenRecord, payload: { readonly exp?: unknown }): Promise<void> {
    const { lineage, generation, expiry } = record;
    if (this.#settings.tokenLifetime !== undefined || typeof payload.exp !== 'number' || expiry === undefined) return;
    const wanted = payload.exp * 1_000 + CLOCK_LAG;
    if (Math.abs(wanted - expiry) < CLOCK_LAG / 2) return;
    try {
      const corrected = await this.#store.setLifetime(place.user, tokenId(lineage, generation), wanted - Date.now());
      if (corrected !== undefined) await place.save({ ...record, expiry: corrected });
    } catch (error) {
      logDebugMessage(`the ttl of a new token could not be corrected: ${String(error)}`);
    }
  }

  async #withRecord(input: NewSessionInput, record: TokenRecord): Promise<NewSessionInput> {
    const { place, sealingKeys } = this.#settings;
    const update = await writeRecord(record, place, sealingKeys);
    // An application may create a session from the payload or data of another: do not copy that session's token.
    const [inPayload, inData] = place === 'database' ? [noRecord, update] : [update, noRecord];
    return {
      ...input,
      accessTokenPayload: { ...merge(input.accessTokenPayload, inPayload), [withToken]: true },
      sessionDataInDatabase: merge(input.sessionDataInDatabase, inData),
    };
  }
}

async function recordIn(place: Place): Promise<TokenRecord> {
  return (await place.read()) ?? noToken(place.handle);
}

/** The start of a lineage for a session without a token. */
function noToken(sessionHandle: string): TokenRecord {
  return { lineage: sessionHandle, generation: -1 };
}

function byUser(sessions: readonly SessionInformation[]): [SessionUser, SessionInformation[]][] {
  const groups = new Map<string, [SessionUser, SessionInformation[]]>();
  for (const session of sessions) {
    const user = userOfInformation(session);
    const key = JSON.stringify(user);
    const [, group] = groups.get(key) ?? [];
    if (group === undefined) groups.set(key, [user, [session]]);
    else group.push(session);
  }
  return [...groups.values()];
}

function handlesOf(sessions: readonly SessionInformation[]): string[] {
  return sessions.map(({ sessionHandle }) => sessionHandle);
}
