import type { Literal } from '../parse/ast.js';
import { NULL_SPAN, type Span } from '../parse/span.js';
import type { Func, FunctionType, Parameter, Term } from './terms.js';

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
export function hashOfProduct(name: string, parts: readonly number[]): number {
  let hash = mix(PRODUCT_SEED, hashOfText(name));
  for (const part of parts) hash = mix(hash, part);
  return finish(hash, parts.length);
}
export const hashOfPair = (a: number, b: number): number => hashOfProduct('Tuple2', [a, b]);
const hashOfOption = (hash: number | undefined): number =>
  hash === undefined ? hashOfText('None') : hashOfProduct('Some', [hash]);

const MAP_SEED = hashOfText('Map');
/** The hash of a map, whose order does not matter. */
function hashOfMap(entries: Iterable<readonly [number, number]>): number {
  let [sum, xor, product, count] = [0, 0, 1, 0];
  for (const [key, value] of entries) {
    const hash = hashOfPair(key, value);
    sum = (sum + hash) | 0;
    xor ^= hash;
    product = Math.imul(product, hash | 1);
    count++;
  }
  return finish(mixedLast(mix(mix(MAP_SEED, sum), xor), product), count);
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
      return hashOfProduct('Str', [hashOfText(literal.value)]);
    case 'integer':
      return hashOfProduct('Int', [hashOfInteger(literal.value)]);
    case 'double':
      return hashOfProduct('Float', [hashOfDecimal(literal.text)]);
  }
}

function hashOfInteger(value: bigint): number {
  if (BigInt.asIntN(32, value) === value) return Number(value);
  if (BigInt.asIntN(64, value) === value) return Number(BigInt.asIntN(32, value ^ (value >> 32n)));
  let rest = value < 0n ? -value : value;
  const words: number[] = [];
  for (; rest > 0n; rest >>= 32n) words.push(Number(BigInt.asIntN(32, rest)));
  let hash = 0;
  for (const word of words.reverse()) hash = (Math.imul(31, hash) + word) | 0;
  return value < 0n ? -hash | 0 : hash;
}

// Exact for numbers that are the shortest text of a double.
function hashOfDecimal(text: string): number {
  const value = Number(text.replaceAll('_', ''));
  if (Number.isInteger(value)) return hashOfInteger(BigInt(value));
  const bits = new DataView(new ArrayBuffer(8));
  if (Math.fround(value) === value) {
    bits.setFloat32(0, value);
    return bits.getInt32(0);
  }
  bits.setFloat64(0, value);
  return bits.getInt32(0) ^ bits.getInt32(4);
}

const hashOfSpan = ({ start, end, source }: Span): number =>
  hashOfProduct('Span', [start, end, hashOfText(source.name)]);
const hashOfFields = (fields: ReadonlyMap<string, Term>): number =>
  hashOfMap([...fields].map(([name, each]) => [hashOfText(name), hashOfTerm(each)]));
const hashOfParameter = ([name, type]: Parameter): number =>
  hashOfPair(
    hashOfOption(name === undefined ? undefined : hashOfProduct('Name', [hashOfText(name), hashOfSpan(NULL_SPAN)])),
    hashOfTerm(type),
  );
const hashOfFunction = ({ parameters, variadic, result }: Func | FunctionType): number =>
  objectsHash([
    hashOfPath(parameters.map(hashOfParameter)),
    hashOfOption(variadic && hashOfParameter(variadic)),
    hashOfTerm(result),
  ]);

/** The hash of a term. That of `Any` and `Never` is random on the real server. */
export function hashOfTerm(term: Term): number {
  switch (term.k) {
    case 'var':
      return term.id;
    case 'skolem':
      return hashOfText(term.name);
    case 'lit':
    case 'singleton':
      return hashOfLiteral(term.literal);
    case 'any':
    case 'never':
      return 0;
    case 'named':
      return objectsHash([hashOfText(term.name), hashOfPath(term.arguments.map(hashOfTerm))]);
    case 'tup':
    case 'tuple':
      return hashOfPath(term.elements.map(hashOfTerm));
    case 'union':
    case 'intersection':
      return hashOfPath(term.variants.map(hashOfTerm));
    case 'altUnion':
    case 'altIntersection':
      return hashOfPath(term.variants.map(([alt, each]) => hashOfPair(alt.hash, hashOfTerm(each))));
    case 'rec':
      return hashOfFields(term.fields);
    case 'record':
      return objectsHash([hashOfFields(term.fields), hashOfOption(term.wildcard && hashOfTerm(term.wildcard))]);
    case 'func':
    case 'function':
      return hashOfFunction(term);
    case 'apply':
    case 'access':
      return objectsHash([hashOfPath(term.arguments.map(hashOfTerm)), hashOfTerm(term.result)]);
    case 'select':
    case 'interface':
      return objectsHash([hashOfText(term.field), hashOfTerm(term.result)]);
    case 'proj':
      return objectsHash([hashOfTerm(term.projection), hashOfTerm(term.result)]);
    case 'diff':
      return objectsHash([hashOfTerm(term.value), hashOfTerm(term.sub)]);
    case 'diffGuard':
      return objectsHash([hashOfTerm(term.sub), hashOfTerm(term.use)]);
  }
}

/** Keys in the order of a mutable hash map, inserted one after the other. */
export function inHashOrder<T>(keys: readonly T[], hashOf: (key: T) => number): readonly T[] {
  if (keys.length < 2) return keys;
  let size = 16;
  while (keys.length >= size * 0.75) size *= 2;
  const placed = keys.map((key, i) => {
    const hash = hashOf(key);
    const spread = hash ^ (hash >>> 16);
    return { key, i, spread, slot: spread & (size - 1) };
  });
  placed.sort((a, b) => a.slot - b.slot || a.spread - b.spread || a.i - b.i);
  return placed.map(({ key }) => key);
}

const SET_SEED = hashOfText('Set');
/** The hash of a set, whose order does not matter. */
export function hashOfSet(hashes: Iterable<number>): number {
  let [sum, xor, product, count] = [0, 0, 1, 0];
  for (const hash of hashes) {
    sum = (sum + hash) | 0;
    xor ^= hash;
    product = Math.imul(product, hash | 1);
    count++;
  }
  return finish(mixedLast(mix(mix(SET_SEED, sum), xor), product), count);
}

const improved = (hash: number): number => {
  let h = (hash + ~(hash << 9)) | 0;
  h ^= h >>> 14;
  h = (h + (h << 4)) | 0;
  return h ^ (h >>> 10);
};

/** Keys in the order of an immutable hash map. */
export function inTrieOrder<T>(keys: readonly T[], hashOf: (key: T) => number): readonly T[] {
  if (keys.length < 2) return keys;
  const order = (nodes: readonly { readonly key: T; readonly hash: number }[], shift: number): T[] => {
    if (shift > 30) return nodes.map(({ key }) => key);
    const slots = new Map<number, { readonly key: T; readonly hash: number }[]>();
    for (const node of nodes) {
      const slot = (node.hash >>> shift) & 31;
      const known = slots.get(slot);
      if (known) known.push(node);
      else slots.set(slot, [node]);
    }
    const sorted = [...slots].sort(([a], [b]) => a - b).map(([, each]) => each);
    // A node's own keys come before those of the nodes below.
    return [
      ...sorted.filter((each) => each.length === 1).flatMap((each) => each.map(({ key }) => key)),
      ...sorted.filter((each) => each.length > 1).flatMap((each) => order(each, shift + 5)),
    ];
  };
  return order(
    keys.map((key) => ({ key, hash: improved(hashOf(key)) })),
    0,
  );
}

/** Elements in the order of an immutable set, which keeps up to four in the order in which they were added. */
export const inSetOrder = <T>(elements: readonly T[], hashOf: (element: T) => number): readonly T[] =>
  elements.length <= 4 ? elements : inTrieOrder(elements, hashOf);
