import type { Literal } from '../parse/ast.js';
import type { Term } from './terms.js';

// The iteration order of a Scala hash map. The real server's checker iterates over such maps where the order decides which
// error it reports, and for some programs whether it accepts them.

const rotated = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
const mixedLast = (hash: number, data: number): number =>
  hash ^ Math.imul(rotated(Math.imul(data, 0xcc9e2d51), 15), 0x1b873593);

export const mix = (hash: number, data: number): number =>
  (Math.imul(rotated(mixedLast(hash, data), 13), 5) + 0xe6546b64) | 0;

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
/** The hash of a case class, or of a tuple. */
export function hashOfProduct(parts: readonly number[], name?: string): number {
  let hash = name === undefined ? PRODUCT_SEED : mix(PRODUCT_SEED, hashOfText(name));
  for (const part of parts) hash = mix(hash, part);
  return finish(hash, parts.length);
}

const SEQUENCE_SEED = hashOfText('Seq');
/** The hash of a sequence. A sequence with evenly increasing hashes is hashed as a range. */
export function hashOfPath(hashes: readonly number[]): number {
  const [first, second] = hashes;
  if (first === undefined) return finish(SEQUENCE_SEED, 0);
  const initial = mix(SEQUENCE_SEED, first);
  if (second === undefined) return finish(initial, 1);
  const step = (second - first) | 0;
  let hash = initial;
  let previous = second;
  for (let i = 2; i < hashes.length; i++) {
    hash = mix(hash, previous);
    const next = hashes[i] as number;
    if (step !== ((next - previous) | 0) || step === 0) {
      for (const rest of hashes.slice(i)) hash = mix(hash, rest);
      return finish(hash, hashes.length);
    }
    previous = next;
  }
  return finish(mix(mix(initial, step), previous), 0);
}

const objectsHash = (hashes: readonly number[]): number => {
  let hash = 1;
  for (const each of hashes) hash = (Math.imul(hash, 31) + each) | 0;
  return hash;
};

function hashOfLiteral(literal: Literal): number {
  switch (literal.kind) {
    case 'null':
      return hashOfText('Null');
    case 'boolean':
      return hashOfText(literal.value ? 'True' : 'False');
    case 'string':
      return hashOfProduct([hashOfText(literal.value)]);
    case 'integer':
      return hashOfProduct([hashOfInteger(literal.value)]);
    case 'double':
      return hashOfProduct([hashOfText(literal.text)]);
  }
}
function hashOfInteger(value: bigint): number {
  const int = BigInt.asIntN(32, value);
  if (int === value) return Number(int);
  return Number(BigInt.asIntN(32, value ^ (value >> 32n)));
}

/** The hash of a term; an approximation for rarer kinds. */
export function hashOfTerm(term: Term): number {
  switch (term.k) {
    case 'var':
      return term.id;
    case 'skolem':
      return hashOfText(term.name);
    case 'lit':
    case 'singleton':
      return hashOfLiteral(term.literal);
    case 'named':
      return objectsHash([hashOfText(term.name), hashOfPath(term.arguments.map(hashOfTerm))]);
    case 'tup':
    case 'tuple':
      return hashOfPath(term.elements.map(hashOfTerm));
    case 'union':
    case 'intersection':
      return hashOfPath(term.variants.map(hashOfTerm));
    default:
      return 0;
  }
}

/** Keys in the order of a mutable hash map, inserted one after the other. */
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
