import { randomUUID } from 'node:crypto';
import { BadRequest } from '../http/errors.js';
import { PUBLIC } from '../http/router.js';
import { tenantNamed } from '../tenants/identifiers.js';

/** A new handle; one of another tenant than the public one carries its id. */
export function createSessionHandle(tenant: string): string {
  return tenant === PUBLIC ? randomUUID() : `${randomUUID()}_${tenant}`;
}

/** The tenant that a handle names. @throws BadRequest when it consists of nothing but underscores */
export function tenantOfHandle(handle: string): string {
  if (/^_+$/.test(handle)) throw new BadRequest('Session handle is invalid: it has no id before its tenant');
  return tenantNamed(handle.split('_')[1]);
}
