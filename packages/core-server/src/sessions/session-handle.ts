import { randomBytes } from 'node:crypto';
import { BadRequest } from '../http/errors.js';
import { PUBLIC } from '../http/router.js';
import { tenantNamed } from '../tenants/identifiers.js';

/** A new handle; one of another tenant than the public one carries its id. */
export function createSessionHandle(tenant: string): string {
  const id = timeOrderedUuid();
  return tenant === PUBLIC ? id : `${id}_${tenant}`;
}

// A UUID of version 7. New sessions lie side by side in the store, so that making one touches few pages however many there are.
// https://www.rfc-editor.org/rfc/rfc9562#section-5.7
function timeOrderedUuid(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The tenant that a handle names. @throws BadRequest when it consists of nothing but underscores */
export function tenantOfHandle(handle: string): string {
  if (/^_+$/.test(handle)) throw new BadRequest('Session handle is invalid: it has no id before its tenant');
  return tenantNamed(handle.split('_')[1]);
}
