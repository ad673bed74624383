import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { KEY_OF_ENTRIES } from './entries.js';
import { isWhole, SEAL_BYTES } from './seal.js';

/*
 * A reader of LMDB's file format (that of LMDB 1.0, as in the npm package lmdb 3) that trusts nothing: LMDB itself crashes
 * the process on an invalid page. Every number is checked before it is used.
 */

const MAGIC = 0xbeefc0de;
const VERSION = 2;
const HEADER = 24;
const NODE_HEADER = 8;
const DATABASE_BYTES = 48;
const NO_PAGE = 0xffff_ffff_ffff_ffffn;
const PAGE = { number: 0, flags: 18, lower: 20, upper: 22 } as const;
const BRANCH = 1;
const LEAF = 2;
const OVERFLOW = 4;
const NODE = { low: 0, high: 2, flags: 4, keySize: 6 } as const;
const BIG = 1;
const DATABASE = 2;
/** Offsets in a meta page, one of the two at the start of a file. */
export const META = {
  magic: 24,
  version: 28,
  pageSize: 48,
  free: 48,
  main: 96,
  lastPage: 144,
  transaction: 152,
  length: 160,
} as const;
const FREE_NAME = 'the list of free pages';
const MAIN_NAME = 'the table of contents';
/** The greatest possible depth of a page below a root. */
const MAX_DEPTH = 32;

/** A file that LMDB did not write, or whose beginning is damaged. */
export class NotAnLmdbFile extends Error {}

export interface FoundEntry {
  readonly key: Buffer;
  /** The size without its checksum. */
  readonly value: Buffer;
}

/** How thoroughly to check a file: only the inner pages; all pages; or all pages and their contents. */
export type Thoroughness = 'inner pages' | 'pages' | 'entries';

/** Receives what a file contains. */
export interface Visitor {
  damage(what: string): void;
  entry?(entry: FoundEntry): void;
}

interface Node {
  readonly key: Buffer;
  readonly flags: number;
  readonly dataStart: number;
  readonly size: number;
  readonly child: bigint;
}

interface Tree {
  readonly name: string;
  readonly depth: number;
  readonly entries: bigint;
  readonly root: bigint;
}

/** Checks the latest state of a file that no process is writing. */
export class PageReader {
  readonly #descriptor: number;
  readonly #pageSize: number;
  readonly #pages: number;
  readonly #meta: Buffer;
  readonly #seen = new Set<number>();
  readonly #visitor: Visitor;
  readonly #thoroughness: Thoroughness;

  /** @throws {NotAnLmdbFile} if it is not an LMDB file; the system's error if it cannot be read */
  constructor(file: string, thoroughness: Thoroughness, visitor: Visitor) {
    this.#visitor = visitor;
    this.#thoroughness = thoroughness;
    this.#descriptor = openSync(file, 'r');
    try {
      const { size } = fstatSync(this.#descriptor);
      const first = this.#readMeta(file, 0);
      this.#pageSize = first.readUInt32LE(META.pageSize);
      if (this.#pageSize < 512 || this.#pageSize > 65536 || (this.#pageSize & (this.#pageSize - 1)) !== 0) {
        throw new NotAnLmdbFile(`${file} says that its pages have ${this.#pageSize} bytes`);
      }
      const second = this.#readMeta(file, this.#pageSize);
      const isSecondLater = second.readBigUInt64LE(META.transaction) > first.readBigUInt64LE(META.transaction);
      this.#meta = isSecondLater ? second : first;
      this.#pages = Math.floor(size / this.#pageSize);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Whether the file is as long as its meta page says. It may legitimately be shorter if its last pages are unused. */
  get isOfFullLength(): boolean {
    return BigInt(this.#pages) > this.#meta.readBigUInt64LE(META.lastPage);
  }

  /** Checks everything in use. */
  visit(): void {
    this.#visitTree(this.#treeAt(this.#meta, META.free, FREE_NAME));
    this.#visitTree(this.#treeAt(this.#meta, META.main, MAIN_NAME));
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #readMeta(file: string, position: number): Buffer {
    const meta = Buffer.alloc(META.length);
    const read = readSync(this.#descriptor, meta, 0, META.length, position);
    if (read !== META.length || meta.readUInt32LE(META.magic) !== MAGIC) throw new NotAnLmdbFile(file);
    if ((meta.readUInt32LE(META.version) & 0xffff) !== VERSION) throw new NotAnLmdbFile(file);
    return meta;
  }

  #treeAt(bytes: Buffer, at: number, name: string): Tree {
    return {
      name,
      depth: bytes.readUInt16LE(at + 6),
      entries: bytes.readBigUInt64LE(at + 32),
      root: bytes.readBigUInt64LE(at + 40),
    };
  }

  #visitTree(tree: Tree): void {
    if (tree.root === NO_PAGE) {
      if (tree.entries !== 0n)
        this.#visitor.damage(`${tree.name} has no pages, but should have ${tree.entries} entries`);
      return;
    }
    if (tree.depth < 1 || tree.depth > MAX_DEPTH) {
      this.#visitor.damage(`${tree.name} is said to be ${tree.depth} pages deep`);
      return;
    }
    const found = this.#visitPage(tree, tree.root, 1, undefined, undefined);
    if (this.#thoroughness !== 'inner pages' && found !== undefined && BigInt(found) !== tree.entries) {
      this.#visitor.damage(`${tree.name} has ${found} entries instead of ${tree.entries}`);
    }
  }

  /** @returns the number of entries below a page; `undefined` if some of it cannot be read */
  #visitPage(
    tree: Tree,
    number: bigint,
    depth: number,
    from: Buffer | undefined,
    to: Buffer | undefined,
  ): number | undefined {
    const isLeaf = depth === tree.depth;
    if (isLeaf && this.#thoroughness === 'inner pages') return this.#isThere(tree, number, 1) ? 0 : undefined;
    const page = this.#readPage(tree, number, isLeaf ? LEAF : BRANCH);
    const nodes = page && this.#nodesOf(tree, number, page, isLeaf);
    if (!nodes) return undefined;
    if (!this.#areInOrder(tree, nodes, isLeaf, from, to)) {
      this.#damagedPage(tree, number, 'its keys are not in order');
      return undefined;
    }
    let sum: number | undefined = 0;
    for (const [at, node] of nodes.entries()) {
      if (isLeaf) {
        this.#visitNode(tree, number, page, node);
        if (sum !== undefined) sum++;
      } else {
        const below = this.#visitPage(
          tree,
          node.child,
          depth + 1,
          at === 0 ? from : node.key,
          nodes[at + 1]?.key ?? to,
        );
        sum = sum === undefined || below === undefined ? undefined : sum + below;
      }
    }
    return sum;
  }

  /** Whether keys ascend within their bounds. LMDB ignores the first key of an inner page, so it is not checked. */
  #areInOrder(tree: Tree, nodes: readonly Node[], isLeaf: boolean, from: Buffer | undefined, to: Buffer | undefined) {
    const compare = tree.name === FREE_NAME ? compareNumbers : Buffer.compare;
    for (let at = isLeaf ? 0 : 1; at < nodes.length; at++) {
      const { key } = nodes[at]!;
      const before = at > (isLeaf ? 0 : 1) ? nodes[at - 1]!.key : undefined;
      if (before ? compare(before, key) >= 0 : from && compare(key, from) < 0) return false;
      if (to && compare(key, to) >= 0) return false;
    }
    return true;
  }

  #nodesOf(tree: Tree, number: bigint, page: Buffer, isLeaf: boolean): Node[] | undefined {
    // Offsets within a page are relative to the end of its head.
    const lower = HEADER + page.readUInt16LE(PAGE.lower);
    const upper = HEADER + page.readUInt16LE(PAGE.upper);
    const broken = () => {
      this.#damagedPage(tree, number, 'what it says of its contents cannot be');
      return undefined;
    };
    if (lower % 2 !== 0 || lower > upper || upper > this.#pageSize) return broken();
    const nodes: Node[] = [];
    for (let at = HEADER; at < lower; at += 2) {
      const start = HEADER + page.readUInt16LE(at);
      if (start < upper || start + NODE_HEADER > this.#pageSize) return broken();
      const dataStart = start + NODE_HEADER + page.readUInt16LE(start + NODE.keySize);
      if (dataStart > this.#pageSize) return broken();
      const flags = page.readUInt16LE(start + NODE.flags);
      const size = page.readUInt16LE(start + NODE.low) + page.readUInt16LE(start + NODE.high) * 0x10000;
      const key = page.subarray(start + NODE_HEADER, dataStart);
      if (!isLeaf) {
        nodes.push({ key, flags: 0, dataStart, size: 0, child: BigInt(size) + (BigInt(flags) << 32n) });
        continue;
      }
      const inPage = flags & BIG ? 24 : size;
      if (flags > (BIG | DATABASE) || dataStart + inPage > this.#pageSize) return broken();
      nodes.push({ key, flags, dataStart, size, child: 0n });
    }
    return nodes.length === 0 ? broken() : nodes;
  }

  #visitNode(tree: Tree, number: bigint, page: Buffer, { key, flags, dataStart, size }: Node): void {
    if (flags & DATABASE) {
      const isOurs = tree.name === MAIN_NAME && KEY_OF_ENTRIES.equals(key) && size === DATABASE_BYTES;
      if (isOurs) this.#visitTree(this.#treeAt(page, dataStart, 'the tree of entries'));
      else this.#damagedPage(tree, number, 'it names an unknown tree');
      return;
    }
    const value =
      flags & BIG
        ? this.#readBig(tree, page.readBigUInt64LE(dataStart), size)
        : page.subarray(dataStart, dataStart + size);
    if (!value || this.#thoroughness !== 'entries' || tree.name === FREE_NAME) return;
    // An older version's entries are in the table of contents, without checksums.
    const isSealed = tree.name !== MAIN_NAME;
    if (isSealed && !isWhole(key, value)) {
      this.#visitor.damage(`the entry with the key ${key.toString('hex')}, on page ${number}, is not what was written`);
      return;
    }
    this.#visitor.entry?.({ key, value: isSealed ? value.subarray(0, value.length - SEAL_BYTES) : value });
  }

  /** A value stored on pages of its own. */
  #readBig(tree: Tree, number: bigint, size: number): Buffer | undefined {
    const count = Math.floor((HEADER - 1 + size) / this.#pageSize) + 1;
    if (!this.#isThere(tree, number, count)) return undefined;
    const head = this.#readPage(tree, number, OVERFLOW);
    if (!head) return undefined;
    if (head.readUInt32LE(PAGE.lower) !== count) {
      this.#damagedPage(tree, number, 'what it says of its length cannot be');
      return undefined;
    }
    if (this.#thoroughness !== 'entries') return head;
    const value = Buffer.alloc(size);
    readSync(this.#descriptor, value, 0, size, Number(number) * this.#pageSize + HEADER);
    return value;
  }

  #readPage(tree: Tree, number: bigint, kind: number): Buffer | undefined {
    if (!this.#isThere(tree, number, 1)) return undefined;
    if (this.#seen.has(Number(number))) {
      this.#damagedPage(tree, number, 'it is used twice');
      return undefined;
    }
    this.#seen.add(Number(number));
    const page = Buffer.allocUnsafe(this.#pageSize);
    readSync(this.#descriptor, page, 0, this.#pageSize, Number(number) * this.#pageSize);
    if (page.readBigUInt64LE(PAGE.number) !== number || (page.readUInt16LE(PAGE.flags) & 0xff) !== kind) {
      this.#damagedPage(tree, number, 'it is not the page that it should be');
      return undefined;
    }
    return page;
  }

  #isThere(tree: Tree, number: bigint, count: number): boolean {
    if (number < 2n || number > this.#meta.readBigUInt64LE(META.lastPage)) {
      this.#visitor.damage(`${tree.name} leads to page ${number}, which the file never had`);
      return false;
    }
    if (number + BigInt(count) <= BigInt(this.#pages)) return true;
    this.#visitor.damage(`${tree.name} leads to page ${number}, where the file, which is cut short, has none`);
    return false;
  }

  #damagedPage(tree: Tree, number: bigint, how: string): void {
    this.#visitor.damage(`page ${number} of ${tree.name}: ${how}`);
  }
}

/** The keys of the list of free pages are transaction numbers. */
function compareNumbers(a: Buffer, b: Buffer): number {
  if (a.length !== 8 || b.length !== 8) return a.length - b.length || Buffer.compare(a, b);
  const [x, y] = [a.readBigUInt64LE(), b.readBigUInt64LE()];
  return x < y ? -1 : Number(x > y);
}
