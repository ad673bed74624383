import { Machine } from './machine.js';
import { parsePattern } from './parser.js';
import { compile, type Program } from './program.js';

/** Where a pattern was found. */
export interface Match {
  /** In UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** What each group matched, the whole match first; `undefined` where a group took no part. */
  readonly groups: readonly (string | undefined)[];
}

/** Thrown by `replace` when the replacement refers to no group, or ends in the middle of a reference. */
export class ReplacementError extends Error {
  static override stackTraceLimit = 0;
  override readonly name = 'ReplacementError';
}

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
   * @throws {TooManySteps}
   */
  *find(text: string): Generator<Match> {
    const machine = new Machine(this.#program, text);
    for (let from = 0; machine.search(from); ) {
      const [start, end] = [machine.registers[0]!, machine.registers[1]!];
      const groups = Array.from({ length: this.#program.groups + 1 }, (_, group) => {
        const from = machine.registers[2 * group]!;
        return from < 0 ? undefined : text.slice(from, machine.registers[2 * group + 1]);
      });
      yield { start, end, groups };
      from = start === end ? end + 1 : end;
    }
  }

  /** Whether a text holds a match. */
  isIn(text: string): boolean {
    return new Machine(this.#program, text).search(0);
  }

  /**
   * A text with its matches, or the first of them, replaced. In the replacement `$1` and `${name}` stand for groups, and a
   * backslash takes its meaning from the character behind it.
   *
   * @throws {ReplacementError | TooManySteps}
   */
  replace(text: string, replacement: string, onlyFirst: boolean): string {
    let result = '';
    let end = 0;
    for (const match of this.find(text)) {
      result += text.slice(end, match.start) + this.#expand(replacement, match);
      end = match.end;
      if (onlyFirst) break;
    }
    return result + text.slice(end);
  }

  #expand(replacement: string, { groups }: Match): string {
    let result = '';
    for (let i = 0; i < replacement.length; i++) {
      const c = replacement[i]!;
      if (c === '\\') {
        if (++i === replacement.length) throw new ReplacementError('nothing stands behind a backslash');
        result += replacement[i];
      } else if (c === '$') {
        const [length, group] = this.#reference(replacement.slice(i + 1));
        result += groups[group] ?? '';
        i += length;
      } else {
        result += c;
      }
    }
    return result;
  }

  /** The length of a reference, its `$` gone, and its group. A number goes on as long as there is a group of it. */
  #reference(text: string): readonly [length: number, group: number] {
    const { groups, names } = this.#program;
    const name = /^\{([A-Za-z][A-Za-z0-9]*)\}/.exec(text)?.[1];
    if (name !== undefined) {
      const group = names.get(name);
      if (group === undefined) throw new ReplacementError(`there is no group named ${name}`);
      return [name.length + 2, group];
    }
    const digits = /^\d+/.exec(text)?.[0];
    if (digits === undefined) throw new ReplacementError('$ is followed by neither a number nor a name in braces');
    let length = 1;
    while (length < digits.length && Number(digits.slice(0, length + 1)) <= groups) length++;
    const group = Number(digits.slice(0, length));
    if (group > groups) throw new ReplacementError(`there is no group ${group}`);
    return [length, group];
  }
}
