import { Machine } from './machine.js';
import { parsePattern } from './parser.js';
import { compile, type Program } from './program.js';
import { expand, parseReplacement, type ReplacementPiece } from './replacement.js';

/** Where a pattern was found. */
export interface Match {
  /** In UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** What each group matched, the whole match first; `undefined` where a group took no part. */
  readonly groups: readonly (string | undefined)[];
}

type OnSteps = (steps: number) => void;

/**
 * A regular expression as Java 17 understands it. Its search has a limit of steps, in proportion to the text, that only a
 * pattern reaches whose backtracking explodes.
 *
 * @example
 * [...new Pattern('(?<year>\\d++)-\\d\\d').find('1999-02')] // [{ start: 0, end: 7, groups: ['1999-02', '1999'] }]
 */
export class Pattern {
  readonly #program: Program;

  /** @throws {PatternError} if it is no regular expression. */
  constructor(pattern: string) {
    this.#program = compile(parsePattern(pattern), pattern);
  }

  /**
   * All matches, from the left, none overlapping another.
   *
   * @param onSteps told time and again how many steps the search has taken since; may throw
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

  /** Whether a text holds a match. */
  isIn(text: string, onSteps?: OnSteps): boolean {
    const machine = new Machine(this.#program, text, onSteps);
    try {
      return machine.search(0);
    } finally {
      machine.report();
    }
  }

  /**
   * A text with its matches, or the first of them, replaced. In the replacement `$1` and `${name}` stand for groups, and a
   * backslash takes its meaning from the character behind it.
   *
   * @param onPiece told of the size of what each match is replaced by; may throw
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
    // Where nothing is found, nobody minds what is wrong with the replacement.
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
