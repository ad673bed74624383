import { Machine } from './machine.js';
import { parsePattern } from './parser.js';
import { compile, type Program } from './program.js';
import { expand, parseReplacement, type ReplacementPiece } from './replacement.js';

/** A match in a text. */
export interface Match {
  /** In UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** The text of each group, the whole match first; `undefined` if a group did not take part. */
  readonly groups: readonly (string | undefined)[];
}

type OnSteps = (steps: number) => void;

/**
 * A regular expression with the syntax and meaning of Java 17. A search has a limit of steps, in proportion to the text,
 * that only catastrophic backtracking reaches.
 *
 * @example
 * [...new Pattern('(?<year>\\d++)-\\d\\d').find('1999-02')] // [{ start: 0, end: 7, groups: ['1999-02', '1999'] }]
 */
export class Pattern {
  readonly #program: Program;

  /** @throws {PatternError} if it is not a regular expression. */
  constructor(pattern: string) {
    this.#program = compile(parsePattern(pattern), pattern);
  }

  /**
   * All non-overlapping matches, from left to right.
   *
   * @param onSteps called repeatedly with the number of steps since the last call; may throw
   * @throws {TooManySteps}
   */
  *find(text: string, onSteps?: OnSteps): Generator<Match> {
    const machine = new Machine(this.#program, text, onSteps);
    try {
      for (let from = 0; machine.search(from); ) {
        const [start, end] = [machine.registers[0]!, machine.registers[1]!];
        const groups = Array.from({ length: this.#program.groups + 1 }, (_, group) => {
          const from = machine.registers[2 * group]!;
          return from < 0 ? undefined : text.slice(from, machine.registers[2 * group + 1]);
        });
        yield { start, end, groups };
        from = start === end ? end + 1 : end;
      }
    } finally {
      machine.report();
    }
  }

  /** Whether a text contains a match. */
  isIn(text: string, onSteps?: OnSteps): boolean {
    const machine = new Machine(this.#program, text, onSteps);
    try {
      return machine.search(0);
    } finally {
      machine.report();
    }
  }

  /**
   * Replaces all matches, or the first one. In the replacement `$1` and `${name}` stand for groups, and a backslash makes
   * the next character literal.
   *
   * @param onPiece called with the size of each replaced match's replacement; may throw
   * @throws {ReplacementError | TooManySteps}
   */
  replace(
    text: string,
    replacement: string,
    onlyFirst: boolean,
    onPiece?: (size: number) => void,
    onSteps?: OnSteps,
  ): string {
    let result = '';
    let end = 0;
    // Without a match, errors in the replacement do not matter.
    let pieces: readonly ReplacementPiece[] | undefined;
    for (const match of this.find(text, onSteps)) {
      pieces ??= parseReplacement(replacement, this.#program);
      onSteps?.(pieces.length);
      const replaced = expand(pieces, match);
      onPiece?.(replaced.length);
      result += text.slice(end, match.start) + replaced;
      end = match.end;
      if (onlyFirst) break;
    }
    return result + text.slice(end);
  }
}
