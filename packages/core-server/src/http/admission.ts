/** Maximum concurrent requests of one kind: enough to keep the disk and the signing threads busy. */
export const MAX_UNDER_WAY = 128;

const READS = /^[^?]*\/(?:hello|apiversion|recipe\/session\/verify)\/?(?:\?|$)/i;

/**
 * Whether a request reads or writes. Writes wait for the disk and for signatures and are queued under load; reads and health
 * checks are not.
 */
export function kindOf(method = 'GET', target = '/'): 'reads' | 'writes' {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS' || READS.test(target) ? 'reads' : 'writes';
}
