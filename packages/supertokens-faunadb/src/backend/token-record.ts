import { createHash, randomBytes } from 'node:crypto';
import type { JSONObject } from 'supertokens-node/types';
import type { TokenPlace } from './options.js';
import { seal, unseal } from './seal.js';

/**
 * What a session knows of its token.
 *
 * The tokens of one session are a line: each refresh makes the next generation. A token's id in FaunaDB is a hash of
 * the line and the generation. So whoever knows the session knows the ids of the tokens before and after the one it
 * carries, and finds those that a process made and could not record before it died; and two processes that rotate the
 * same token make the same id, which only one of them can create.
 */
export interface TokenRecord {
  /** Names the line of tokens: random, or the session's handle for a session that began without one. */
  readonly lineage: string;
  /** Counts the tokens of the line, from 0. It is -1 where the token is none of the line's: the old integration's. */
  readonly generation: number;
  /** The token; undefined where the last one could not be made. */
  readonly secret?: string | undefined;
  /** When the token's ttl ends, in milliseconds since the epoch; undefined where nobody recorded it. */
  readonly expiry?: number | undefined;
  /** Which refresh made it: see {@link refreshId}. */
  readonly refreshId?: string | undefined;
}

/** The keys under which a record is kept in a payload or in session data. */
export const TOKEN_KEY = 'faunadbToken';
const SEALED_TOKEN_KEY = 'faunadbSealedToken';
const INFO_KEY = 'faunadbTokenInfo';

/** A name for a new line of tokens. */
export function newLineage(): string {
  return randomBytes(16).toString('base64url');
}

/** The id in FaunaDB of a token: 62 bits, which stay clear of the sign bit, by a one-way function. */
export function tokenId(lineage: string, generation: number): string {
  const hash = createHash('sha256').update(`supertokens-faunadb\0${lineage}\0${generation}`).digest();
  return (hash.readBigUInt64BE() >> 2n).toString();
}

/** The ids of a line's tokens, but for generations before its first. */
export function tokenIds(lineage: string, generations: readonly number[]): string[] {
  return generations.filter((generation) => generation >= 0).map((generation) => tokenId(lineage, generation));
}

/**
 * The ids a session's live tokens can have: the one it carries, one or two that a refresh has retired or left behind,
 * and those that a refresh is making in another process at this moment.
 */
export function possibleTokenIds({ lineage, generation }: TokenRecord): string[] {
  return tokenIds(
    lineage,
    [-2, -1, 0, 1, 2].map((distance) => generation + distance),
  );
}

/** The one of a line's tokens that {@link possibleTokenIds} will no longer know when a refresh has made the next. */
export function outlivedTokenIds({ lineage, generation }: TokenRecord): string[] {
  return tokenIds(lineage, [generation - 2]);
}

/** Tells refreshes apart: the same for all that presented the same refresh token, which races and retries do. */
export function refreshId(refreshToken: string): string {
  return createHash('sha256').update(refreshToken).digest('base64url').slice(0, 16);
}

/** The record in a payload or in session data; undefined where there is none. */
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

/** The record in the form {@link readRecord} reads. A key that must go is null, as SuperTokens' merges want it. */
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

/** The part of session data that is ours, which an application's own write must not lose. */
export function ownPart(sessionData: unknown): JSONObject {
  if (!isObject(sessionData)) return {};
  const own = [TOKEN_KEY, SEALED_TOKEN_KEY, INFO_KEY].filter((key) => sessionData[key] !== undefined);
  return Object.fromEntries(own.map((key) => [key, sessionData[key]])) as JSONObject;
}

/** The rest of it: what an application writes back of what it has read must not bring back a token. */
export function othersPart(update: JSONObject): JSONObject {
  const { [TOKEN_KEY]: _token, [SEALED_TOKEN_KEY]: _sealed, [INFO_KEY]: _info, ...others } = update;
  return others;
}

/** Whether a payload or session data hold anything of ours. */
export function hasRecord(holder: unknown): boolean {
  return Object.keys(ownPart(holder)).length > 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
