/** Up to this many entries, a map of the real server keeps them in insertion order. */
export const MAX_ORDERED = 4;

const BITS = 5;
const MASK = 31;
const HASH_BITS = 32;

/**
 * Names in the iteration order of a Scala hash map with these keys, as the real server has it: at each node of a trie over
 * five bits of the hash, first the single names, then the subtrees. The order is visible where such a map becomes a list:
 * of errors, or of an object's fields.
 */
export function hashOrder(names: readonly string[]): readonly string[] {
  const hashes = names.map((name) => spread(hashOf(name)));
  const ordered: string[] = [];
  const visit = (members: Iterable<number>, shift: number): void => {
    const branches: number[][] = [];
    for (const i of members) {
      const branch = (hashes[i]! >>> shift) & MASK;
      const others = branches[branch];
      if (others) others.push(i);
      else branches[branch] = [i];
    }
    // A sparse array, whose holes forEach skips: most branches of most nodes are empty.
    branches.forEach((branch) => {
      if (branch.length === 1) ordered.push(names[branch[0]!]!);
    });
    branches.forEach((branch) => {
      if (branch.length === 1) return;
      if (shift + BITS < HASH_BITS) visit(branch, shift + BITS);
      else for (const i of branch) ordered.push(names[i]!);
    });
  };
  visit(hashes.keys(), 0);
  return ordered;
}

/**
 * Texts in the iteration order of a Java `HashSet` of them: that of its hash table.
 *
 * @see https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/lang/String.html#hashCode()
 */
export function hashSetOrder(texts: readonly string[]): string[] {
  let size = 16;
  while (size * 0.75 < texts.length) size *= 2;
  const place = (text: string) => {
    const hash = hashOf(text);
    return (hash ^ (hash >>> 16)) & (size - 1);
  };
  return [...texts].sort((one, other) => place(one) - place(other));
}

/** Names in the iteration order of a Scala `mutable.HashMap` that was created with so many keys. */
export function mutableMapOrder(names: readonly string[], size: number): string[] {
  let table = 8;
  while (table < Math.trunc((size + 1) / 0.75)) table *= 2;
  const keyed = names.map((name) => {
    const hash = hashOf(name);
    const mixed = hash ^ (hash >>> 16);
    return { name, mixed, place: mixed & (table - 1) };
  });
  return keyed.sort((one, other) => one.place - other.place || one.mixed - other.mixed).map(({ name }) => name);
}

/** Java's hash of a string. */
function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0;
  return hash;
}

/** Mixes all bits of a hash into the lower ones, as Scala 2.13 does. */
function spread(hash: number): number {
  let h = (hash + ~(hash << 9)) | 0;
  h ^= h >>> 14;
  h = (h + (h << 4)) | 0;
  return h ^ (h >>> 10);
}
