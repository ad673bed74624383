import { CodePointSet, type Effort } from './code-point-set.js';
import { VERTICAL_SPACE } from './escape.js';
import type { Lengths } from './lengths.js';
import type { Mode, Node, Place, Repetition, SetNode } from './node.js';
import type { ParsedPattern } from './parser.js';

/** A step of a program. Steps refer to others by index; the default is the next one. */
export type Step =
  | { readonly op: 'set'; readonly set: CodePointSet }
  | SetRepetition
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'fork'; first: number; second: number }
  | { readonly op: 'mark'; readonly register: number }
  | { readonly op: 'capture'; readonly group: number; readonly register: number }
  | { readonly op: 'enter'; readonly register: number }
  | Loop
  | { readonly op: 'iterate'; readonly register: number }
  | { readonly op: 'reference'; readonly group: number; readonly fold: (codePoint: number) => number }
  | { readonly op: 'assert'; readonly holds: (place: Place) => boolean }
  | { readonly op: 'look'; readonly negative: boolean; next: number }
  | { readonly op: 'lookBehind'; readonly negative: boolean; readonly lengths: Lengths; next: number }
  | { readonly op: 'atomic'; next: number }
  | { readonly op: 'grapheme' }
  | { readonly op: 'accept' };

/** Matches a set as often as possible. */
export interface SetRepetition {
  readonly op: 'sets';
  readonly set: CodePointSet;
  readonly min: number;
  readonly max: number;
  readonly mode: Mode;
}

/** Decides whether there is another iteration. Its register counts them; the next register is where the last one began. */
export interface Loop {
  readonly op: 'loop';
  readonly register: number;
  readonly min: number;
  readonly max: number;
  readonly isGreedy: boolean;
  /** Numbers the loops for which a failure is final, wherever the match began; `undefined` for other loops. */
  readonly memo: number | undefined;
  exit: number;
}

/** A pattern compiled to steps for a machine. */
export interface Program {
  readonly steps: readonly Step[];
  /** The registers: start and end of each group, the whole match included, then the state of loops and groups. */
  readonly registers: number;
  readonly memos: number;
  /** Whether it can match code points beyond the basic plane; if not, it tries their halves as well. */
  readonly isWide: boolean;
  /** The repetition that it begins with, if any. */
  readonly leading: CodePointSet | undefined;
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
  /** The cost of its sets since this was reset. */
  readonly effort: Effort;
}

/** Samples of the many code points beyond the basic plane, and of lone surrogates. */
const WIDE_SAMPLES = [0x1f600, 0x10400, 0x10428, 0x20000, 0x1d7d8, 0x10ffff, 0xd83d, 0xde00];

/** Compiles a parsed pattern to a program. */
export function compile(parsed: ParsedPattern, pattern: string): Program {
  const compiler = new Compiler(parsed);
  compiler.emit(parsed.node, !parsed.hasReferences);
  compiler.steps.push({ op: 'accept' });
  const { steps, registers, memos, effort } = compiler;
  const isWide =
    /[\ud800-\udfff]/.test(pattern) || steps.some((step) => 'set' in step && WIDE_SAMPLES.some(step.set.test));
  const leading = parsed.hasReferences ? undefined : leadingSet(steps);
  return { steps, registers, memos, isWide, leading, groups: parsed.groups, names: parsed.names, effort };
}

function leadingSet(steps: readonly Step[]): CodePointSet | undefined {
  const first = steps.find((step) => step.op !== 'mark');
  return first?.op === 'sets' && first.max === Number.POSITIVE_INFINITY ? first.set : undefined;
}

class Compiler {
  readonly steps: Step[] = [];
  readonly effort: Effort = { spent: 0 };
  registers: number;
  memos = 0;

  constructor({ groups }: ParsedPattern) {
    this.registers = 2 * (groups + 1);
  }

  /** `isOutermost`: a loop here is not inside another loop or a lookbehind. */
  emit(node: Node, isOutermost: boolean): void {
    const { steps } = this;
    switch (node.kind) {
      case 'set':
        steps.push({ op: 'set', set: this.#setOf(node) });
        return;
      case 'sequence':
        for (const part of node.nodes) this.emit(part, isOutermost);
        return;
      case 'alternatives':
        this.#emitAlternatives(node.nodes, isOutermost);
        return;
      case 'group': {
        const register = this.registers++;
        steps.push({ op: 'mark', register });
        this.emit(node.node, isOutermost);
        steps.push({ op: 'capture', group: node.index, register });
        return;
      }
      case 'repetition':
        this.#emitRepetition(node, isOutermost);
        return;
      case 'atomic':
        this.#emitNested({ op: 'atomic', next: 0 }, node.node, isOutermost);
        return;
      case 'look':
        this.#emitNested({ op: 'look', negative: node.negative, next: 0 }, node.node, isOutermost);
        return;
      case 'lookBehind':
        this.#emitNested(
          { op: 'lookBehind', negative: node.negative, lengths: node.lengths, next: 0 },
          node.node,
          false,
        );
        return;
      case 'reference':
        steps.push({ op: 'reference', group: node.group, fold: node.fold });
        return;
      case 'assertion':
        steps.push({ op: 'assert', holds: node.holds });
        return;
      case 'grapheme':
        steps.push({ op: 'grapheme' });
        return;
      case 'lineBreak':
        this.emit(LINE_BREAK, isOutermost);
        return;
    }
  }

  #setOf({ test, length = 1 }: SetNode): CodePointSet {
    return new CodePointSet(test, length, this.effort);
  }

  #emitAlternatives(nodes: readonly Node[], isOutermost: boolean): void {
    const ends: { to: number }[] = [];
    for (const [i, node] of nodes.entries()) {
      if (i === nodes.length - 1) {
        this.emit(node, isOutermost);
        break;
      }
      const fork = { op: 'fork' as const, first: this.steps.length + 1, second: 0 };
      const end = { op: 'jump' as const, to: 0 };
      this.steps.push(fork);
      this.emit(node, isOutermost);
      this.steps.push(end);
      ends.push(end);
      fork.second = this.steps.length;
    }
    for (const end of ends) end.to = this.steps.length;
  }

  #emitRepetition({ node, min, max, mode }: Repetition, isOutermost: boolean): void {
    if (node.kind === 'set') {
      this.steps.push({ op: 'sets', set: this.#setOf(node), min, max, mode });
    } else if (mode === 'possessive') {
      // Neither the repetition nor any of its iterations backtracks.
      const iteration: Node = { kind: 'atomic', node };
      this.emit({ kind: 'atomic', node: { kind: 'repetition', node: iteration, min, max, mode: 'greedy' } }, false);
    } else if (node.kind === 'lineBreak') {
      // A repeated line break keeps both of its characters.
      this.#emitLoop({ kind: 'atomic', node }, min, max, mode === 'greedy', isOutermost);
    } else if (min === 0 && max === 1) {
      this.#emitAlternatives(mode === 'greedy' ? [node, NOTHING] : [NOTHING, node], isOutermost);
    } else {
      this.#emitLoop(node, min, max, mode === 'greedy', isOutermost);
    }
  }

  #emitLoop(node: Node, min: number, max: number, isGreedy: boolean, isOutermost: boolean): void {
    const register = this.registers;
    this.registers += 2;
    this.steps.push({ op: 'enter', register });
    const memo = isOutermost && isGreedy && max === Number.POSITIVE_INFINITY ? this.memos++ : undefined;
    const start = this.steps.length;
    const loop: Loop = { op: 'loop', register, min, max, isGreedy, memo, exit: 0 };
    this.steps.push(loop, { op: 'iterate', register });
    this.emit(node, false);
    this.steps.push({ op: 'jump', to: start });
    loop.exit = this.steps.length;
  }

  #emitNested(step: Step & { next: number }, node: Node, isOutermost: boolean): void {
    this.steps.push(step);
    this.emit(node, isOutermost);
    this.steps.push({ op: 'accept' });
    step.next = this.steps.length;
  }
}

const NOTHING: Node = { kind: 'sequence', nodes: [] };

/** A line feed after a carriage return belongs to it, if possible. */
const LINE_BREAK: Node = {
  kind: 'alternatives',
  nodes: [
    {
      kind: 'sequence',
      nodes: [
        { kind: 'set', test: (codePoint) => codePoint === 0xd },
        { kind: 'set', test: (codePoint) => codePoint === 0xa },
      ],
    },
    { kind: 'set', test: (codePoint) => VERTICAL_SPACE.test(String.fromCodePoint(codePoint)) },
  ],
};
