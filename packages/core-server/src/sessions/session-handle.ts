import { randomBytes } from 'node:crypto';
import { BadRequest } from '../common/errors.js';
import { PUBLIC, tenantNamed } from '../common/tenant-names.js';
import { bytesOfUuid, uuidOf } from '../storage/id.js';

const UUID_LENGTH = 36;

/** The handle of a session; it contains the tenant's id, except for the public tenant. */
export function handleOf(id: Uint8Array, tenant: string): string {
  return uuidOf(id) + suffixOf(tenant);
}

/** The id of the session that a handle names; `undefined` when no session of the tenant can have it. */
export function idOfHandle(handle: string, tenant: string): Uint8Array | undefined {
  return handle.slice(UUID_LENGTH) === suffixOf(tenant) ? bytesOfUuid(handle.slice(0, UUID_LENGTH)) : undefined;
}

function suffixOf(tenant: string): string {
  return tenant === PUBLIC ? '' : `_${tenant}`;
}

let lastTime = 0;
let counter = 0;

/**
 * A new session's id: a UUID of version 7, greater than the one before. New sessions lie side by side in the store, so that
 * making one touches few pages however many there are, and the pages get full. Ids of one millisecond differ by a
 * counter in front of their 62 random bits.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9562#section-6.2
 */
export function createSessionId(): Uint8Array {
  const bytes = randomBytes(16);
  const now = Date.now();
  // It begins in the lower half, so that there is room to count.
  counter = now === lastTime ? counter + 1 : bytes.readUInt16BE(6) & 0x7ff;
  lastTime = now;
  bytes.writeUIntBE(now, 0, 6);
  bytes.writeUInt16BE(0x7000 | (counter & 0xfff), 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes;
}

/** The tenant that a handle names. @throws BadRequest when it consists of nothing but underscores */
export function tenantOfHandle(handle: string): string {
  if (/^_+$/.test(handle)) throw new BadRequest('Session handle is invalid: it has no id before its tenant');
  return tenantNamed(handle.split('_')[1]);
}
