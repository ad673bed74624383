import type { Client } from 'faunadb';
import type {
  SessionContainer as PlainSessionContainer,
  RecipeInterface,
  SessionInformation,
} from 'supertokens-node/recipe/session';
import type { UserContext } from 'supertokens-node/types';
import { clientWith } from '../shared/client-with.js';
import { logDebugMessage } from '../shared/debug.js';
import { FaunadbSessionError, OutcomeUnknown } from '../shared/errors.js';
import { mapLimited } from '../shared/map-limited.js';
import { sessionClient } from '../shared/session-client.js';
import type { StreamTokens } from '../shared/session-stream.js';
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

/** How soon before its end a token counts as run out, in milliseconds: it must still open the database on arrival. */
const EXPIRY_MARGIN = 5_000;

/** How soon before its end a token that is kept across refreshes is extended, in milliseconds. */
const littleLeft = CLOCK_LAG + EXPIRY_MARGIN;

/** How many sessions are looked up in the Core at a time. */
const LOOKUPS_AT_A_TIME = 16;

/** Marks a payload that has its token, on its way to the Core, which does not see symbols. */
const withToken = Symbol.for('supertokens-faunadb.with-token');

/** The input of the SDK's `createNewSession`. */
type NewSessionInput = Parameters<RecipeInterface['createNewSession']>[0];

/** The life of the tokens, as the events of their sessions drive it. */
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

  /** Makes a session and, before it, its token: a crash between the two leaves a token that nobody knows. */
  async create(input: NewSessionInput): Promise<PlainSessionContainer> {
    if (Object.hasOwn(Object(input.accessTokenPayload), withToken)) {
      throw new FaunadbSessionError(
        'CONFIG_INVALID',
        'supertokens-faunadb: the new session has a token already: use RecipeImplementation or the plugin, once.',
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

  /** Gives a session just refreshed its new token. The session stays refreshed whatever happens to FaunaDB. */
  async refreshed(session: PlainSessionContainer, refreshId: string, context: UserContext): Promise<void> {
    this.#lifetimes.learn(session.getTenantId(), session.getAccessTokenPayload());
    if (this.#settings.keepTokenOnRefresh) return;
    const place = this.placeOf(session, context);
    const record = await recordIn(place);
    // Another refresh with the same refresh token came just before, and this access token carries what it made.
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

  /** The token of a session, alive. */
  async token(place: Place, checkAlive: boolean): Promise<string> {
    const record = await recordIn(place);
    const secret = await this.#alive(place, record, checkAlive);
    if (secret !== undefined && !this.#isRunningOut(place, record)) return secret;
    // Another request may have replaced it long ago: to replace it once more would kill the token that the session has.
    const newest = (await place.readFromCore()) ?? noToken(place.handle);
    const another = newest.secret === record.secret ? secret : await this.#alive(place, newest, checkAlive);
    if (another !== undefined) {
      if (newest.secret !== record.secret) await place.save(newest);
      if (!this.#isRunningOut(place, newest) || (await this.#extend(place, newest))) return another;
    }
    try {
      return (await this.#rotations.rotate(place, newest, undefined)).secret;
    } catch (error) {
      if (error instanceof OutcomeUnknown) await this.#rotations.withoutToken(place, newest);
      throw error;
    }
  }

  /** Whether a token that is kept across refreshes has so little left that its ttl must be extended. */
  #isRunningOut(place: Place, { generation, expiry }: TokenRecord): boolean {
    if (!this.#settings.keepTokenOnRefresh || generation < 0 || expiry === undefined) return false;
    const full = this.#rotations.lifetimeOf(place);
    return expiry - Date.now() < Math.min(littleLeft, full / 2);
  }

  /**
   * Extends a token's ttl, for a session that the Core has just told of. Where the session has ended meanwhile, the token ends
   * with it. Whether the token can be given: it is still alive where FaunaDB cannot be asked.
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
      // Where only an answer was lost, the token may live longer than its record says, which harms nobody.
      logDebugMessage(`the ttl of the token of session ${place.handle} could not be extended: ${String(error)}`);
    }
    return true;
  }

  /** The token of a record, unless it has run out or FaunaDB refuses it, which is asked where the record cannot tell. */
  async #alive({ user }: Place, { secret, expiry }: TokenRecord, checkAlive: boolean): Promise<string | undefined> {
    if (secret === undefined || (expiry !== undefined && Date.now() >= expiry - EXPIRY_MARGIN)) return undefined;
    const unsure = checkAlive || expiry === undefined;
    return !unsure || (await this.#store.isAlive(user, secret)) ? secret : undefined;
  }

  /** The token of any session; undefined where there is no such session. */
  async tokenOfHandle(handle: string, checkAlive: boolean, context: UserContext): Promise<string | undefined> {
    const place = await placeOfHandle(this.#original, this.#settings, handle, context);
    return place === undefined ? undefined : this.token(place, checkAlive);
  }

  /** A client that queries as the user of any session; undefined where there is no such session. */
  async clientOfHandle(handle: string, context: UserContext): Promise<Client | undefined> {
    const place = await placeOfHandle(this.#original, this.#settings, handle, context);
    return place && this.client(place);
  }

  /** A client that queries as the session's user. */
  async client(place: Place): Promise<Client> {
    const base = await this.#settings.clientFor(place.user);
    const source = { current: () => this.token(place, false), renewed: () => this.token(place, true) };
    // A stream outlives the request: it asks the Core what token the session has by now.
    const newest = (checkAlive: boolean) => this.#newestTokens.of(place.handle, checkAlive);
    const streams: StreamTokens = {
      current: () => newest(false),
      renewed: () => newest(true),
      clientWith: (secret) => clientWith(base, secret),
      watch: (changed) => this.#newestTokens.watch(place.handle, changed),
    };
    return sessionClient({ base, sourceOfQuery: () => source, sourceOfStream: () => streams });
  }

  placeOf(session: PlainSessionContainer, context: UserContext): ContainerPlace {
    return placeOfContainer(this.#original, this.#settings, this.#cache, session, context);
  }

  /** What the Core knows of sessions, which it forgets when they end. */
  async sessions(handles: readonly string[], context: UserContext): Promise<SessionInformation[]> {
    const found = await mapLimited(handles, LOOKUPS_AT_A_TIME, (sessionHandle) =>
      this.#original.getSessionInformation({ sessionHandle, userContext: uncached(context) }),
    );
    return found.filter((information) => information !== undefined);
  }

  /** Does something by which the Core may end sessions of a user, and deletes the tokens of those that it has ended. */
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

  /** Deletes the tokens of sessions that have ended, given what the Core knew of them before: one query a user. */
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

  /** The same for sessions of which nobody knows whether they have ended: asks the Core first. */
  async maybeEnded(sessions: readonly SessionInformation[]): Promise<void> {
    for (const handle of handlesOf(sessions)) this.#changed(handle);
    await Promise.all(
      byUser(sessions).map(([user, ofUser]) =>
        this.#discards.deletions.delete({
          user,
          sessionHandles: handlesOf(ofUser),
          expiry: Date.now() + LONGEST_EXPIRY,
          attempt: async () => {
            const left = handlesOf(await this.sessions(handlesOf(ofUser), {} as UserContext));
            await this.ended(ofUser.filter(({ sessionHandle }) => !left.includes(sessionHandle)));
          },
        }),
      ),
    );
  }

  /** What this process knew of a session may hold no longer. */
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
        // FaunaDB may have made it all the same, when only its answer was lost; or may be about to.
        const discard = () => void this.#discards.discard(user, [record], []);
        discard();
        this.#store.afterRaces(discard);
      }
      throw error;
    }
  }

  /** Only the first login after a start needs it: that one assumes the Core's default lifetime of access tokens. */
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
    // An application may begin a session with what another one holds: its token stays there.
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

/** The beginning of a line for a session that has no token. */
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
