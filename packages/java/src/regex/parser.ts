import { lastLineEnd, lineEnd, lineStart, textStart } from './assertions.js';
import { folding, single } from './case.js';
import { parseClass } from './character-class.js';
import { ILLEGAL_ESCAPE, parseEscape } from './escape.js';
import { type Flags, NO_FLAGS, switchFlag } from './flags.js';
import { lookBehindLengths } from './lengths.js';
import type { Mode, Node } from './node.js';
import { Reader } from './reader.js';

/** A parsed pattern. */
export interface ParsedPattern {
  readonly node: Node;
  /** The number of capturing groups, without the whole match. */
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
  /** Whether the pattern refers to groups. */
  readonly hasReferences: boolean;
}

const LINE_TERMINATOR = /[\n\r\x85\u2028\u2029]/;
const MAX_REPETITIONS = 2 ** 31 - 1;

/**
 * Parses a Java regular expression (`java.util.regex.Pattern`, Java 17).
 *
 * @throws {PatternError} where Java throws a `PatternSyntaxException`
 */
export function parsePattern(pattern: string): ParsedPattern {
  return new Parser(pattern).parse();
}

class Parser {
  readonly #reader: Reader;
  readonly #names = new Map<string, number>();
  #flags: Flags = NO_FLAGS;
  #groups = 0;
  #hasReferences = false;

  constructor(pattern: string) {
    this.#reader = new Reader(pattern);
  }

  parse(): ParsedPattern {
    const node = this.#alternatives();
    if (!this.#reader.atEnd) throw this.#reader.error("Unmatched closing ')'");
    return { node, groups: this.#groups, names: this.#names, hasReferences: this.#hasReferences };
  }

  #alternatives(): Node {
    const nodes = [this.#sequence()];
    while (this.#takeIf('|')) nodes.push(this.#sequence());
    return nodes.length === 1 ? nodes[0]! : { kind: 'alternatives', nodes };
  }

  #sequence(): Node {
    const nodes: Node[] = [];
    for (;;) {
      this.#skipSpace();
      const next = this.#reader.peek();
      if (this.#reader.atEnd || next === '|' || next === ')') return { kind: 'sequence', nodes };
      const node = next === '(' ? this.#group() : this.#atom();
      if (node !== undefined) nodes.push(this.#repeated(node));
    }
  }

  #atom(): Node {
    const flags = this.#flags;
    const next = this.#reader.peek();
    switch (next) {
      case '?':
      case '*':
      case '+':
        throw this.#reader.error(`Dangling meta character '${next}'`, 1);
      case '{':
        // A count may stand at the beginning, where it repeats the empty pattern.
        return { kind: 'sequence', nodes: [] };
    }
    const codePoint = this.#reader.take();
    switch (next) {
      case '[':
        return this.#class(flags);
      case '\\':
        return this.#reference() ?? this.#escape();
      case '^':
        return { kind: 'assertion', holds: flags.multiline ? lineStart(flags) : textStart };
      case '$':
        return { kind: 'assertion', holds: flags.multiline ? lineEnd(flags) : lastLineEnd(flags) };
      case '.':
        return { kind: 'set', test: dot(flags) };
      default:
        return { kind: 'set', test: single(codePoint, flags) };
    }
  }

  #class(flags: Flags): Node {
    const left = this.#reader.left;
    const test = parseClass(this.#reader, flags);
    return { kind: 'set', test, length: left - this.#reader.left };
  }

  #escape(): Node {
    if (this.#reader.atEnd) {
      if (this.#reader.isNested) throw this.#reader.error('Unclosed group', 2);
      throw this.#reader.error('Unexpected internal error', 1);
    }
    const node = parseEscape(this.#reader, this.#flags);
    if (node === undefined) throw this.#reader.error(ILLEGAL_ESCAPE, 1);
    return node;
  }

  /** `\1`, or `\k<name>`. Digits are consumed as long as there is a group with that number so far. */
  #reference(): Node | undefined {
    let group: number | undefined;
    if (this.#reader.takeIf('k')) {
      if (!this.#reader.takeIf('<'))
        throw this.#reader.error("\\k is not followed by '<' for named capturing group", 1);
      const name = this.#groupName();
      group = this.#names.get(name);
      if (group === undefined) throw this.#reader.error(`named capturing group <${name}> does not exist`);
    } else if (/[1-9]/.test(this.#reader.peek() ?? '')) {
      group = this.#groupNumber();
    }
    if (group === undefined) return undefined;
    this.#hasReferences = true;
    return { kind: 'reference', group, fold: folding(this.#flags) };
  }

  #groupNumber(): number {
    let group = Number(this.#reader.takeWhile(/\d/, 1));
    for (let next = this.#reader.peek(); next !== undefined && /\d/.test(next); next = this.#reader.peek()) {
      const longer = group * 10 + Number(next);
      if (longer > this.#groups) break;
      group = longer;
      this.#reader.take();
    }
    return group;
  }

  /** A group in parentheses, or `undefined` for flags that apply to the rest of the enclosing group. */
  #group(): Node | undefined {
    const outer = this.#flags;
    this.#reader.take();
    this.#skipSpace();
    const make = this.#groupKind();
    if (make === undefined) return undefined;
    const node = make(this.#reader.nested(() => this.#alternatives()));
    if (!this.#takeIf(')')) throw this.#reader.error('Unclosed group', 1);
    this.#flags = outer;
    return node;
  }

  /** Parses the prefix that gives a group's kind. Returns a function that creates the group from its content. */
  #groupKind(): ((node: Node) => Node) | undefined {
    const reader = this.#reader;
    if (!reader.takeIf('?')) return this.#capturing();
    if (reader.takeIf(':')) return (node) => node;
    if (reader.takeIf('>')) return (node) => ({ kind: 'atomic', node });
    if (reader.takeIf('=')) return (node) => ({ kind: 'look', node, negative: false });
    if (reader.takeIf('!')) return (node) => ({ kind: 'look', node, negative: true });
    if (reader.takeIf('<=')) return (node) => this.#lookBehind(node, false);
    if (reader.takeIf('<!')) return (node) => this.#lookBehind(node, true);
    if (reader.takeIf('<')) {
      const name = this.#groupName();
      if (this.#names.has(name)) throw reader.error(`Named capturing group <${name}> is already defined`);
      const make = this.#capturing();
      this.#names.set(name, this.#groups);
      return make;
    }
    if (reader.peek() === '$' || reader.peek() === '@') throw reader.error('Unknown group type', 1);
    this.#switchFlags();
    if (reader.takeIf(')')) return undefined;
    if (!reader.takeIf(':')) throw reader.error('Unknown inline modifier', 1);
    return (node) => node;
  }

  #lookBehind(node: Node, negative: boolean): Node {
    const lengths = lookBehindLengths(node);
    if (lengths === undefined) throw this.#reader.error('Look-behind group does not have an obvious maximum length');
    return { kind: 'lookBehind', node, negative, lengths };
  }

  #capturing(): (node: Node) => Node {
    const index = ++this.#groups;
    return (node) => ({ kind: 'group', index, node });
  }

  #groupName(): string {
    if (!/^[A-Za-z]/.test(this.#reader.peek() ?? ''))
      throw this.#reader.error('capturing group name does not start with a Latin letter', 1);
    const name = this.#reader.takeWhile(/[A-Za-z0-9]/);
    if (!this.#reader.takeIf('>')) throw this.#reader.error("named capturing group is missing trailing '>'", 1);
    return name;
  }

  #switchFlags(): void {
    let on = true;
    for (let letter = this.#reader.peek(); letter !== undefined; letter = this.#reader.peek()) {
      const flags = letter === '-' ? this.#flags : switchFlag(this.#flags, letter, on);
      if (flags === undefined) return;
      if (letter === '-') on = false;
      this.#flags = flags;
      this.#reader.take();
    }
  }

  #repeated(node: Node): Node {
    this.#skipSpace();
    const counts = this.#counts();
    if (counts === undefined) return node;
    const mode: Mode = this.#takeIf('?') ? 'reluctant' : this.#takeIf('+') ? 'possessive' : 'greedy';
    return { kind: 'repetition', node, ...counts, mode };
  }

  #counts(): { min: number; max: number } | undefined {
    const reader = this.#reader;
    if (reader.takeIf('?')) return { min: 0, max: 1 };
    if (reader.takeIf('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (reader.takeIf('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (!reader.takeIf('{')) return undefined;
    if (!/\d/.test(reader.peek() ?? '')) throw reader.error('Illegal repetition', 1);
    const min = this.#count();
    let max = min;
    if (reader.takeIf(',')) max = reader.peek() === '}' ? Number.POSITIVE_INFINITY : this.#count();
    if (!reader.takeIf('}')) throw reader.error('Unclosed counted closure', 1);
    if (max < min) throw reader.error('Illegal repetition range');
    return { min, max };
  }

  #count(): number {
    let count = 0;
    for (let next = this.#reader.peek(); next !== undefined && /\d/.test(next); next = this.#reader.peek()) {
      this.#reader.take();
      count = count * 10 + Number(next);
      if (count > MAX_REPETITIONS) throw this.#reader.error('Illegal repetition range');
    }
    return count;
  }

  #takeIf(syntax: string): boolean {
    this.#skipSpace();
    return this.#reader.takeIf(syntax);
  }

  #skipSpace(): void {
    if (this.#flags.comments) this.#reader.skipComments(this.#flags.unixLines);
  }
}

function dot({ dotAll, unixLines }: Flags) {
  if (dotAll) return () => true;
  if (unixLines) return (codePoint: number) => codePoint !== 0xa;
  return (codePoint: number) => !LINE_TERMINATOR.test(String.fromCodePoint(codePoint));
}
