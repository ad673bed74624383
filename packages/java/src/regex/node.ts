import type { Lengths } from './lengths.js';

/** Whether a code point belongs to a set. */
export type CodePointTest = (codePoint: number) => boolean;

/** What an assertion may look at. */
export interface Place {
  readonly text: string;
  /** In UTF-16 units. */
  readonly index: number;
  /** Where the match before this one ended. */
  readonly previousEnd: number;
  /** Accounts for what takes as long as so many steps. */
  spend(steps: number): void;
}

/** A pattern, parsed. Flags are gone: they are in the tests. */
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
  /** How many characters of the pattern it was written with, where these are many: to ask the test takes as long. */
  readonly length?: number;
}

/** How a repetition takes and gives back. */
export type Mode = 'greedy' | 'reluctant' | 'possessive';

export interface Repetition {
  readonly kind: 'repetition';
  readonly node: Node;
  readonly min: number;
  readonly max: number;
  readonly mode: Mode;
}
