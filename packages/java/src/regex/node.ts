import type { Lengths } from './lengths.js';

/** Whether a code point belongs to a set. */
export type CodePointTest = (codePoint: number) => boolean;

/** The context of an assertion. */
export interface Place {
  readonly text: string;
  /** In UTF-16 units. */
  readonly index: number;
  /** The end of the previous match. */
  readonly previousEnd: number;
  /** Accounts for work that takes as long as this many steps. */
  spend(steps: number): void;
}

/** A parsed pattern. The flags have been applied to its tests. */
export type Node =
  | SetNode
  | { readonly kind: 'sequence'; readonly nodes: readonly Node[] }
  | { readonly kind: 'alternatives'; readonly nodes: readonly Node[] }
  | { readonly kind: 'group'; readonly index: number; readonly node: Node }
  | { readonly kind: 'atomic'; readonly node: Node }
  | { readonly kind: 'look'; readonly node: Node; readonly negative: boolean }
  | { readonly kind: 'lookBehind'; readonly node: Node; readonly negative: boolean; readonly lengths: Lengths }
  | { readonly kind: 'reference'; readonly group: number; readonly fold: (codePoint: number) => number }
  | { readonly kind: 'assertion'; readonly holds: (place: Place) => boolean }
  | { readonly kind: 'grapheme' }
  | { readonly kind: 'lineBreak' }
  | Repetition;

export interface SetNode {
  readonly kind: 'set';
  readonly test: CodePointTest;
  /** The length of the set in the pattern, if it is long: the test takes that much time. */
  readonly length?: number;
}

/** How a repetition backtracks. */
export type Mode = 'greedy' | 'reluctant' | 'possessive';

export interface Repetition {
  readonly kind: 'repetition';
  readonly node: Node;
  readonly min: number;
  readonly max: number;
  readonly mode: Mode;
}
