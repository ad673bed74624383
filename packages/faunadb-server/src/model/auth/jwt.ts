import { NATIVE } from '../../values/ids.js';
import { JsonError, parseJson } from '../../values/json.js';
import { Lambda, ObjectValue, type Value } from '../../values/values.js';
import type { Auth, ModelContext } from '../base/context.js';
import type { Databases } from '../base/databases.js';
import { scopeOfGlobalId } from '../refs/database-lookups.js';

import { roleId } from './as-role.js';
import { NONE } from './builtin-permissions.js';
import { privilegesOf } from './compiled-roles.js';
import { isKnownToBeSigned, isSignedByKeysAt } from './jwks.js';
import { knownRoles } from './known-roles.js';
import { holds } from './predicate.js';
import { RolePermissions } from './role-permissions.js';

/** The prefix of a JWT's audience; the database's `global_id` follows. */
export const AUDIENCE = 'https://db.fauna.com/db/';

/** Whether a secret is a JWT. No other secret starts like JSON in base64. */
export function isJwt(secret: string): boolean {
  return secret.startsWith('ey') && secret.includes('.');
}

/**
 * Authenticates a JWT by an access provider that its database trusts.
 *
 * @returns `undefined` if the token opens nothing
 * @throws {Suspension} if its signature must be checked first
 */
export function authenticateJwt(
  view: Databases,
  token: string,
  acting: (auth: Auth) => ModelContext,
): Auth | undefined {
  const payload = payloadOf(token);
  if (!payload || !isTimely(payload, view.keys.time)) return undefined;
  const scope = scopeOfAudience(view, payload.fields.get('aud'));
  if (scope === undefined || !view.schema(scope).exists) return undefined;
  const provider = providerOf(view, scope, payload.fields.get('iss'));
  if (!provider) return undefined;
  const auth: Auth = { scope, permissions: NONE, source: { kind: 'jwt', payload }, identity: undefined };
  const context = acting(auth);
  if (!isSigned(context, provider.fields.get('jwks_uri') as string, token)) return undefined;
  const roles = knownRoles(context) ?? rolesOf(context, provider.fields.get('roles'), payload);
  if (roles.length === 0) return undefined;
  return { ...auth, permissions: new RolePermissions(privilegesOf(view, scope, roles)) };
}

/** A stream opened by a token asks again at every event, and uses the answer from its beginning. */
function isSigned({ deferred }: ModelContext, uri: string, token: string): boolean {
  const key = `signature ${uri} ${token}`;
  if (isKnownToBeSigned(uri, token)) {
    deferred.note(key, true);
    return true;
  }
  return deferred.require(key, () => isSignedByKeysAt(uri, token));
}

function payloadOf(token: string): ObjectValue | undefined {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  try {
    const payload = parseJson(Buffer.from(parts[1]!, 'base64url').toString());
    return payload instanceof ObjectValue ? payload : undefined;
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

/** Whether a token is valid at `time`, in µs. It must have an expiry. */
function isTimely({ fields }: ObjectValue, time: bigint): boolean {
  const now = Number(time / 1000n) / 1000;
  const expires = fields.get('exp');
  const begins = fields.get('nbf') ?? 0n;
  return isNumber(expires) && isNumber(begins) && Number(expires) > now && Number(begins) <= now;
}

const isNumber = (value: Value | undefined) => typeof value === 'bigint' || typeof value === 'number';

/** The database that a token is for; it must be exactly one. */
function scopeOfAudience(view: Databases, audience: Value | undefined): number | undefined {
  const all = Array.isArray(audience) ? (audience as readonly Value[]) : [audience];
  const databases = all.filter((a) => typeof a === 'string').filter((a) => a.startsWith(AUDIENCE));
  return databases.length === 1 ? scopeOfGlobalId(view, databases[0]!.slice(AUDIENCE.length)) : undefined;
}

/** The access provider of an issuer; a database has at most one. */
export function providerOf(
  view: Databases,
  scope: number,
  issuer: Value | undefined,
): { readonly id: bigint; readonly fields: ReadonlyMap<string, Value> } | undefined {
  if (typeof issuer !== 'string') return undefined;
  const schema = view.schema(scope);
  for (const [{ id }] of view.documents.scan(scope, NATIVE.access_providers)) {
    const fields = schema.definition(NATIVE.access_providers, id)?.fields;
    if (fields?.get('issuer') === issuer) return { id, fields };
  }
  return undefined;
}

/** The roles that an access provider gives to a token: each a ref or a name, alone or with a predicate. */
function rolesOf(context: ModelContext, roles: Value | undefined, payload: ObjectValue): bigint[] {
  const { model, auth } = context;
  const list = Array.isArray(roles) ? (roles as readonly Value[]) : [roles];
  return list.flatMap((entry) => {
    if (!(entry instanceof ObjectValue)) return roleId(model, auth.scope, entry ?? null);
    const predicate = entry.fields.get('predicate');
    if (predicate instanceof Lambda && !holds(context, predicate, payload)) return [];
    return roleId(model, auth.scope, entry.fields.get('role') ?? null);
  });
}
