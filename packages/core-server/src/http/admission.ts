/** How many requests of one kind may be under way at once: so many that the disk and the signing threads always have something to do. */
export const MAX_UNDER_WAY = 128;

const READS = /^[^?]*\/(?:hello|apiversion|recipe\/session\/verify)\/?(?:\?|$)/i;

/**
 * Whether a request changes something. Changes wait for the disk and for signatures, and when there are many they wait for each
 * other; what only reads, and who only asks whether the Core is there, goes ahead.
 */
export function kindOf(method = 'GET', target = '/'): 'reads' | 'writes' {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS' || READS.test(target) ? 'reads' : 'writes';
}
