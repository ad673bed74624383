import { createHash, randomBytes } from 'node:crypto';
import type { JSONObject } from 'supertokens-node/types';
import type { TokenPlace } from './options.js';
import { seal, unseal } from './seal.js';

/**
 * What a session stores about its token.
 *
 * The tokens of one session are a lineage: each refresh creates the next generation. A token's id in FaunaDB is a hash of
 * the lineage and the generation. So the ids of earlier and later tokens can be computed from the session, which finds
 * tokens that a process created but did not record before it died. And two processes that rotate the same token compute
 * the same id, so only one of them can create it.
 */
export interface TokenRecord {
  /** Identifies the lineage: random, or the session's handle if the session was created without a token. */
  readonly lineage: string;
  /** The token's position in the lineage, from 0. It is -1 for a legacy token, and for no token yet. */
  readonly generation: number;
  /** The token; undefined if the last one could not be created. */
  readonly secret?: string | undefined;
  /** When the token's ttl ends, in milliseconds since the epoch; undefined if not recorded. */
  readonly expiry?: number | undefined;
  /** The refresh that created it: see {@link refreshId}. */
  readonly refreshId?: string | undefined;
}

/** The keys of a record in a payload or in session data. */
export const TOKEN_KEY = 'faunadbToken';
const SEALED_TOKEN_KEY = 'faunadbSealedToken';
const INFO_KEY = 'faunadbTokenInfo';

/** Returns a random identifier for a new lineage. */
export function newLineage(): string {
  return randomBytes(16).toString('base64url');
}

/** The id of a token in FaunaDB: 62 bits of a hash, so that the sign bit stays clear. */
export function tokenId(lineage: string, generation: number): string {
  const hash = createHash('sha256').update(`supertokens-faunadb\0${lineage}\0${generation}`).digest();
  return (hash.readBigUInt64BE() >> 2n).toString();
}

/** The ids of these generations of a lineage, without negative generations. */
export function tokenIds(lineage: string, generations: readonly number[]): string[] {
  return generations.filter((generation) => generation >= 0).map((generation) => tokenId(lineage, generation));
}

/**
 * The ids that a session's valid tokens can have: its current token, the one or two before it, which a refresh has retired
 * or orphaned, and those that another process is creating at this moment.
 */
export function possibleTokenIds({ lineage, generation }: TokenRecord): string[] {
  return tokenIds(
    lineage,
    [-2, -1, 0, 1, 2].map((distance) => generation + distance),
  );
}

/** The token of a lineage that {@link possibleTokenIds} no longer includes once the next generation exists. */
export function outlivedTokenIds({ lineage, generation }: TokenRecord): string[] {
  return tokenIds(lineage, [generation - 2]);
}

/** Identifies a refresh. Concurrent refreshes and retries with the same refresh token have the same id. */
export function refreshId(refreshToken: string): string {
  return createHash('sha256').update(refreshToken).digest('base64url').slice(0, 16);
}

/** Reads the record in a payload or in session data; undefined if there is none. */
export async function readRecord(
  holder: unknown,
  sessionHandle: string,
  sealingKeys: readonly Uint8Array[],
): Promise<TokenRecord | undefined> {
  if (!isObject(holder)) return undefined;
  const { [TOKEN_KEY]: plain, [SEALED_TOKEN_KEY]: sealed, [INFO_KEY]: info } = holder;
  const secret =
    typeof plain === 'string' ? plain : typeof sealed === 'string' ? await unseal(sealed, sealingKeys) : undefined;
  if (!isObject(info)) return secret === undefined ? undefined : { lineage: sessionHandle, generation: -1, secret };
  const { lineage, generation, expiry, refreshId } = info;
  if (typeof lineage !== 'string' || !Number.isSafeInteger(generation)) return undefined;
  return {
    lineage,
    generation: Number(generation),
    secret,
    expiry: typeof expiry === 'number' ? expiry : undefined,
    refreshId: typeof refreshId === 'string' ? refreshId : undefined,
  };
}

/** Returns the record in the form that {@link readRecord} reads. Null removes a key in SuperTokens' merges. */
export async function writeRecord(
  record: TokenRecord,
  place: TokenPlace,
  sealingKeys: readonly Uint8Array[],
): Promise<JSONObject> {
  const { secret, ...info } = record;
  const key = sealingKeys[0];
  return {
    [TOKEN_KEY]: place === 'sealed' ? null : (secret ?? null),
    [SEALED_TOKEN_KEY]: place === 'sealed' && secret !== undefined && key ? await seal(secret, key) : null,
    [INFO_KEY]: JSON.parse(JSON.stringify(info)),
  };
}

/** The merge that removes a record. */
export const noRecord: JSONObject = { [TOKEN_KEY]: null, [SEALED_TOKEN_KEY]: null, [INFO_KEY]: null };

/** Merges as SuperTokens does: null removes a key. */
export function merge(target: unknown, update: JSONObject): JSONObject {
  const merged: JSONObject = { ...(isObject(target) ? (target as JSONObject) : {}), ...update };
  for (const key of Object.keys(update)) if (update[key] === null) delete merged[key];
  return merged;
}

/** Our part of session data, which an application's own write must keep. */
export function ownPart(sessionData: unknown): JSONObject {
  if (!isObject(sessionData)) return {};
  const own = [TOKEN_KEY, SEALED_TOKEN_KEY, INFO_KEY].filter((key) => sessionData[key] !== undefined);
  return Object.fromEntries(own.map((key) => [key, sessionData[key]])) as JSONObject;
}

/** An update without our part: an application that writes back an old payload must not restore an old token. */
export function othersPart(update: JSONObject): JSONObject {
  const { [TOKEN_KEY]: _token, [SEALED_TOKEN_KEY]: _sealed, [INFO_KEY]: _info, ...others } = update;
  return others;
}

/** Whether a payload or session data contain any part of a record. */
export function hasRecord(holder: unknown): boolean {
  return Object.keys(ownPart(holder)).length > 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
