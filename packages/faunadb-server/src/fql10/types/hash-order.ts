// The order in which a hash map of Scala's library gives its keys. The real server's checker walks such maps where the order
// decides what it reports, and in some programs whether it accepts them.

const rotated = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
const mixedLast = (hash: number, data: number): number =>
  hash ^ Math.imul(rotated(Math.imul(data, 0xcc9e2d51), 15), 0x1b873593);

export const mix = (hash: number, data: number): number => (Math.imul(rotated(mixedLast(hash, data), 13), 5) + 0xe6546b64) | 0;

export function finish(hash: number, length: number): number {
  let h = hash ^ length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

export function hashOfText(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

const PRODUCT_SEED = 0xcafebabe | 0;
/** The hash of a case class. */
export function hashOfProduct(name: string, parts: readonly number[]): number {
  let hash = mix(PRODUCT_SEED, hashOfText(name));
  for (const part of parts) hash = mix(hash, part);
  return finish(hash, parts.length);
}

/** Keys in the order of a mutable hash map that they were put into one after the other. */
export function inHashOrder<T>(keys: readonly T[], hashOf: (key: T) => number): readonly T[] {
  if (keys.length < 2) return keys;
  let size = 16;
  while (keys.length >= size * 0.75) size *= 2;
  const placed = keys.map((key, i) => {
    const hash = hashOf(key);
    const improved = hash ^ (hash >>> 16);
    return { key, i, improved, slot: improved & (size - 1) };
  });
  placed.sort((a, b) => a.slot - b.slot || a.improved - b.improved || a.i - b.i);
  return placed.map(({ key }) => key);
}
