import { isDeepStrictEqual } from 'node:util';
import {
  type SessionContainer as PlainSessionContainer,
  type RecipeInterface,
  Error as SessionError,
  type SessionInformation,
} from 'supertokens-node/recipe/session';
import type { JSONObject, UserContext } from 'supertokens-node/types';
import type { SessionUser, Settings } from './options.js';
import type { RecordCache } from './record-cache.js';
import { hasRecord, merge, noRecord, ownPart, readRecord, type TokenRecord, writeRecord } from './token-record.js';

/** Where a session keeps its record: in its access token's payload, or in its data in the Core. */
export interface Place {
  readonly handle: string;
  readonly user: SessionUser;
  /** How long the access token is still valid, in milliseconds; undefined if only the session's handle is known. */
  readonly remainingLifetime: number | undefined;
  /** Reads the record that came with the request. If the payload has none, asks the Core, once. */
  read(): Promise<TokenRecord | undefined>;
  /** Reads the current record from the Core. */
  readFromCore(): Promise<TokenRecord | undefined>;
  /** Saves a record in the place that the settings name. */
  save(record: TokenRecord): Promise<void>;
}

/** The place of a session whose payload a request may change. */
export interface ContainerPlace extends Place {
  /** The SDK's `mergeIntoAccessTokenPayload`, but keeping the record that the payload in the Core has. */
  readonly mergeIntoPayload: PlainSessionContainer['mergeIntoAccessTokenPayload'];
  /** Caches the record that the session was created with. */
  remember(record: TokenRecord): void;
}

/** The place of a session that a request has verified, created or refreshed. */
export function placeOfContainer(
  original: RecipeInterface,
  settings: Settings,
  cache: RecordCache,
  session: PlainSessionContainer,
  context: UserContext,
): ContainerPlace {
  const handle = session.getHandle();
  const core = new CoreRecord(original, settings, handle, context);
  const payload = (): JSONObject => session.getAccessTokenPayload(context);
  const { exp } = payload();
  const writePayload = session.mergeIntoAccessTokenPayload.bind(session);
  const mergeIntoPayload: typeof writePayload = async (update, userContext) => {
    await writePayload(update, userContext);
    core.claimsAre(payload());
  };
  /** Caches a record from the session data, so that the Core is asked only once per access token. */
  const remember = (record: TokenRecord | undefined) => {
    if (settings.place !== 'database') return;
    const { exp: expiry } = payload();
    if (record === undefined || typeof expiry !== 'number') cache.delete(handle);
    else cache.set(handle, session.getAccessToken(), record, expiry * 1_000);
  };
  const readAndRemember = async (read: () => Promise<TokenRecord | undefined>) => {
    const record = await read();
    remember(record);
    return record;
  };
  // The SDK writes the whole payload as this request knows it, so concurrent writes would undo each other.
  let writing: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(write: () => Promise<T>): Promise<T> => {
    const turn = writing.then(write);
    writing = turn.catch(() => {});
    return turn;
  };
  // The request's payload may be older than the Core's: do not restore a claim that has changed meanwhile.
  const save = (update: JSONObject) => mergeIntoPayload({ ...core.claimsChangedSince(payload()), ...update }, context);
  return {
    handle,
    user: userOf(
      session.getUserId(context),
      session.getRecipeUserId(context).getAsString(),
      session.getTenantId(context),
    ),
    remainingLifetime: typeof exp === 'number' ? exp * 1_000 - Date.now() : undefined,
    read: async () =>
      (await readRecord(payload(), handle, settings.sealingKeys)) ??
      cache.get(handle, session.getAccessToken()) ??
      readAndRemember(() => core.read()),
    readFromCore: () => inTurn(() => readAndRemember(() => core.readAnew())),
    remember,
    save: (record) =>
      inTurn(async () => {
        if (settings.place === 'database') {
          await core.saveInData(record);
          if (hasRecord(payload()) || core.isInPayload()) await save(noRecord);
          remember(record);
          return;
        }
        await save(await writeRecord(record, settings.place, settings.sealingKeys));
        await core.removeFromData();
      }),
    mergeIntoPayload: (update, userContext) =>
      inTurn(async () => mergeIntoPayload({ ...update, ...(await core.partInPayload()) }, userContext)),
  };
}

/** The place of a session of which only the handle is known; undefined if there is no such session. */
export async function placeOfHandle(
  original: RecipeInterface,
  settings: Settings,
  handle: string,
  context: UserContext,
): Promise<Place | undefined> {
  const core = new CoreRecord(original, settings, handle, context);
  const information = await core.information();
  if (information === undefined) return undefined;
  return {
    handle,
    user: userOfInformation(information),
    remainingLifetime: undefined,
    read: () => core.read(),
    readFromCore: () => core.readAnew(),
    async save(record) {
      const saveInPayload = async (accessTokenPayloadUpdate: JSONObject) => {
        const input = { sessionHandle: handle, accessTokenPayloadUpdate, userContext: uncached(context) };
        if (!(await original.mergeIntoAccessTokenPayload(input))) throw sessionEnded();
      };
      if (settings.place === 'database') {
        await core.saveInData(record);
        if (core.isInPayload()) await saveInPayload(noRecord);
        return;
      }
      await saveInPayload(await writeRecord(record, settings.place, settings.sealingKeys));
      await core.removeFromData();
    },
  };
}

/** A session's record in the Core: in the payload of the next access token, or in the session's data. */
class CoreRecord {
  readonly #original: RecipeInterface;
  readonly #settings: Settings;
  readonly #handle: string;
  readonly #context: UserContext;
  #information: SessionInformation | undefined;

  constructor(original: RecipeInterface, settings: Settings, handle: string, context: UserContext) {
    this.#original = original;
    this.#settings = settings;
    this.#handle = handle;
    this.#context = context;
  }

  async information(): Promise<SessionInformation | undefined> {
    this.#information ??= await this.#original.getSessionInformation({
      sessionHandle: this.#handle,
      userContext: uncached(this.#context),
    });
    return this.#information;
  }

  async read(): Promise<TokenRecord | undefined> {
    const information = await this.information();
    if (information === undefined) throw sessionEnded();
    return recordOf(information, this.#settings.sealingKeys);
  }

  async readAnew(): Promise<TokenRecord | undefined> {
    this.#information = undefined;
    return this.read();
  }

  async saveInData(record: TokenRecord): Promise<void> {
    const { place, sealingKeys } = this.#settings;
    await this.#mergeIntoData(await writeRecord(record, place, sealingKeys));
  }

  /** Sessions created with other settings, or by the old integration, may have a record in the data. */
  async removeFromData(): Promise<void> {
    if (hasRecord(this.#information?.sessionDataInDatabase)) await this.#mergeIntoData(noRecord);
  }

  /** The same for the payload, whose record takes precedence over that in the data. */
  isInPayload(): boolean {
    return hasRecord(this.#information?.customClaimsInAccessTokenPayload);
  }

  async partInPayload(): Promise<JSONObject> {
    this.#information = undefined;
    return { ...noRecord, ...ownPart((await this.information())?.customClaimsInAccessTokenPayload) };
  }

  /** Records the payload that this request has written. */
  claimsAre(customClaimsInAccessTokenPayload: JSONObject): void {
    if (this.#information) this.#information = { ...this.#information, customClaimsInAccessTokenPayload };
  }

  /** Returns the merge that turns a payload into the Core's, if that has been read. */
  claimsChangedSince(payload: JSONObject): JSONObject {
    if (this.#information === undefined) return {};
    const claims: JSONObject = this.#information.customClaimsInAccessTokenPayload;
    const gone = Object.keys(payload).filter((key) => claims[key] === undefined);
    const changed = Object.entries(claims).filter(([key, value]) => !isDeepStrictEqual(payload[key], value));
    // The SDK keeps what is not a claim, like `exp`, out of merges.
    return Object.fromEntries([...gone.map((key) => [key, null]), ...changed]) as JSONObject;
  }

  async #mergeIntoData(update: JSONObject): Promise<void> {
    const information = await this.information();
    if (information === undefined) throw sessionEnded();
    const newSessionData = merge(information.sessionDataInDatabase, update);
    const input = { sessionHandle: this.#handle, newSessionData, userContext: this.#context };
    if (!(await this.#original.updateSessionDataInDatabase(input))) throw sessionEnded();
    this.#information = { ...information, sessionDataInDatabase: newSessionData };
  }
}

/** Reads the record of a session from the Core's information; the payload takes precedence over the data. */
export async function recordOf(
  { customClaimsInAccessTokenPayload, sessionDataInDatabase, sessionHandle }: SessionInformation,
  sealingKeys: readonly Uint8Array[],
): Promise<TokenRecord | undefined> {
  return (
    (await readRecord(customClaimsInAccessTokenPayload, sessionHandle, sealingKeys)) ??
    (await readRecord(sessionDataInDatabase, sessionHandle, sealingKeys))
  );
}

export function userOfInformation({ userId, recipeUserId, tenantId }: SessionInformation): SessionUser {
  return userOf(userId, recipeUserId.getAsString(), tenantId);
}

export function userOf(userId: string, recipeUserId: string, tenantId: string): SessionUser {
  return { userId, recipeUserId, tenantId };
}

/** The same context without the Core's answers that the SDK caches in it during a request. */
export function uncached(context: UserContext): UserContext {
  const { _default: defaults, ...rest } = context;
  return { ...rest, _default: { ...defaults, coreCallCache: {} } } as unknown as UserContext;
}

/** Whether this is the SDK's error for a session that no longer exists. */
export function isSessionEnded(error: unknown): boolean {
  return SessionError.isErrorFromSuperTokens(error) && error.type === SessionError.UNAUTHORISED;
}

/** The SDK's error for a session that has ended meanwhile. */
function sessionEnded(): Error {
  return new SessionError({ message: 'Session does not exist anymore', type: SessionError.UNAUTHORISED });
}
