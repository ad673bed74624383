import { trim } from '@supertokens-faunadb/java/text';
import { BadRequest } from './errors.js';

/** The default tenant and the default app, which always exist. */
export const PUBLIC = 'public';

/** Reserved tenant ids, because paths begin with them. */
export const INVALID_TENANT_IDS: ReadonlySet<string> = new Set(['recipe', 'config', 'users', 'hello']);

/** The id of a new app, in lower case. @throws BadRequest when it is invalid */
export function normaliseAppId(given: string): string {
  return normalise(given, 'appId');
}

/** The id of a new tenant, in lower case. @throws BadRequest when it is invalid */
export function normaliseTenantId(given: string): string {
  return normalise(given, 'tenantId');
}

function normalise(given: string, field: 'appId' | 'tenantId'): string {
  const id = trim(given).toLowerCase();
  if (id === '') throw new BadRequest(`${field} should not be an empty String`);
  if (field === 'tenantId' && INVALID_TENANT_IDS.has(id)) throw new BadRequest(`Cannot use '${id}' as a tenantId`);
  if (id.startsWith('appid-')) throw new BadRequest(`${field} must not start with 'appid-'`);
  if (!/^[a-z0-9-]+$/.test(id)) throw new BadRequest(`${field} can only contain letters, numbers and hyphens`);
  return id;
}

/** A tenant's name inside tokens and handles: empty for the public tenant. */
export function tenantNamed(name: string | null | undefined): string {
  return trim(name ?? '').toLowerCase() || PUBLIC;
}
