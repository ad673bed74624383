import type { Node, Repetition } from './node.js';

/** The fewest and the most code points that a lookbehind goes back. */
export interface Lengths {
  readonly min: number;
  readonly max: number;
}

interface Study {
  min: number;
  max: number;
  /** Whether `max` is valid. */
  isBounded: boolean;
  /** Whether there is only one way to match. */
  isDeterministic: boolean;
}

const UNLIMITED = 2 ** 31 - 1;

/**
 * The possible lengths of a lookbehind's content, or `undefined` if Java finds no obvious maximum. Java counts in 32 bits:
 * an unbounded repetition has the length 2^31 - 1, so some are accepted, and some sums of them overflow.
 */
export function lookBehindLengths(node: Node): Lengths | undefined {
  const { min, max, isBounded } = studied(node);
  return isBounded ? { min, max } : undefined;
}

function studied(node: Node): Study {
  const study = { min: 0, max: 0, isBounded: true, isDeterministic: true };
  add(study, node);
  return study;
}

function add(study: Study, node: Node): void {
  switch (node.kind) {
    case 'set':
      extend(study, 1, 1);
      break;
    case 'lineBreak':
      extend(study, 1, 2);
      break;
    case 'grapheme':
      study.isDeterministic = false;
      extend(study, 1, 0);
      break;
    case 'reference':
      study.isBounded = false;
      break;
    case 'sequence':
      for (const part of node.nodes) add(study, part);
      break;
    case 'alternatives':
      addAlternatives(study, node.nodes.map(studied));
      break;
    case 'group':
    case 'atomic':
      add(study, node.node);
      break;
    case 'repetition':
      addRepetition(study, node);
      break;
    case 'look':
    case 'lookBehind':
    case 'assertion':
      break;
  }
}

function extend(study: Study, min: number, max: number): void {
  study.min = (study.min + min) | 0;
  study.max = (study.max + max) | 0;
}

function addAlternatives(study: Study, alternatives: readonly Study[]): void {
  const shortest = alternatives.reduce((least, { min }) => Math.min(least, min), UNLIMITED);
  const longest = alternatives.reduce((most, { max }) => Math.max(most, max), -1);
  extend(study, shortest, longest);
  study.isBounded &&= alternatives.every(({ isBounded }) => isBounded);
  study.isDeterministic = false;
}

function addRepetition(study: Study, { node, min, max, mode }: Repetition): void {
  const once = studied(node);
  const isGroup =
    mode !== 'possessive' && (node.kind === 'group' || node.kind === 'sequence' || node.kind === 'alternatives');
  if (min === 0 && max === 1) {
    addAlternatives(study, [once, studied({ kind: 'sequence', nodes: [] })]);
  } else if (node.kind === 'set' && mode === 'greedy' && max === Number.POSITIVE_INFINITY) {
    study.isDeterministic = false;
    extend(study, min, study.isBounded ? UNLIMITED : 0);
  } else if (isGroup && !once.isDeterministic) {
    study.isBounded = false;
    study.isDeterministic = false;
  } else {
    const longest = (Math.imul(once.max, Math.min(max, UNLIMITED)) + study.max) | 0;
    study.isBounded &&= once.isBounded && longest >= study.max;
    study.isDeterministic &&= once.isDeterministic && min === max;
    extend(study, Math.imul(once.min, min), longest - study.max);
  }
}
