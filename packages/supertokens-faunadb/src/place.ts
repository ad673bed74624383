import {
  type SessionContainer as PlainSessionContainer,
  type RecipeInterface,
  Error as SessionError,
  type SessionInformation,
} from 'supertokens-node/recipe/session';
import type { JSONObject, UserContext } from 'supertokens-node/types';
import type { SessionUser, Settings } from './options.js';
import { merge, noRecord, ownPart, readRecord, type TokenRecord, writeRecord } from './token-record.js';

/** Where one session keeps its record: its access token's payload, or its data in the Core. */
export interface Place {
  readonly handle: string;
  readonly user: SessionUser;
  /** For how long the access token is still valid, in milliseconds; undefined where only the session's handle is known. */
  readonly remainingLifetime: number | undefined;
  /** The record that came with the request; the Core is asked where the payload has none, once. */
  read(): Promise<TokenRecord | undefined>;
  /** The record as the Core has it at this moment. */
  readFromCore(): Promise<TokenRecord | undefined>;
  /** Keeps a record, in the place that the settings name. */
  save(record: TokenRecord): Promise<void>;
}

/** The place of a session that a request has verified, made or refreshed. */
export function placeOfContainer(
  original: RecipeInterface,
  settings: Settings,
  session: PlainSessionContainer,
  context: UserContext,
): Place {
  const handle = session.getHandle();
  const core = new CoreRecord(original, settings, handle, context);
  const payload = (): JSONObject => session.getAccessTokenPayload(context);
  const { exp } = payload();
  return {
    handle,
    user: userOf(
      session.getUserId(context),
      session.getRecipeUserId(context).getAsString(),
      session.getTenantId(context),
    ),
    remainingLifetime: typeof exp === 'number' ? exp * 1_000 - Date.now() : undefined,
    read: async () => (await readRecord(payload(), handle, settings.sealingKeys)) ?? core.read(),
    readFromCore: () => core.readAnew(),
    async save(record) {
      if (settings.place === 'database') {
        await core.saveInData(record);
        if (Object.keys(ownPart(payload())).length > 0) await session.mergeIntoAccessTokenPayload(noRecord, context);
        return;
      }
      const update = await writeRecord(record, settings.place, settings.sealingKeys);
      await session.mergeIntoAccessTokenPayload(update, context);
      await core.removeFromData();
    },
  };
}

/** The place of a session of which only the handle is known; undefined where there is no such session. */
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
      if (settings.place === 'database') return core.saveInData(record);
      const accessTokenPayloadUpdate = await writeRecord(record, settings.place, settings.sealingKeys);
      const input = { sessionHandle: handle, accessTokenPayloadUpdate, userContext: uncached(context) };
      if (!(await original.mergeIntoAccessTokenPayload(input))) throw sessionEnded();
      await core.removeFromData();
    },
  };
}

/** A session's record as the Core has it: the payload that the next access token will have, and the session's data. */
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

  /** Sessions that began under other settings, or before this integration, may have their record in the data. */
  async removeFromData(): Promise<void> {
    if (Object.keys(ownPart(this.#information?.sessionDataInDatabase)).length > 0) await this.#mergeIntoData(noRecord);
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

/** The record in what the Core knows of a session; the payload's counts before the data's. */
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

/** The same context without the answers of the Core that the SDK keeps in it for the rest of the request. */
export function uncached(context: UserContext): UserContext {
  const { _default: defaults, ...rest } = context;
  return { ...rest, _default: { ...defaults, coreCallCache: {} } } as unknown as UserContext;
}

/** The SDK's own error for a session that has ended meanwhile. */
function sessionEnded(): Error {
  return new SessionError({ message: 'Session does not exist anymore', type: SessionError.UNAUTHORISED });
}
