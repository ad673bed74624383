import { graphemeEnd, startBefore } from './assertions.js';
import { unitsAt } from './code-point-set.js';
import type { Lengths } from './lengths.js';
import type { Place } from './node.js';
import type { Loop, Program, SetRepetition, Step } from './program.js';

/** Thrown if a search exceeds its limit of steps. */
export class TooManySteps extends Error {
  static override stackTraceLimit = 0;
  override readonly name = 'TooManySteps';
}

// The limit for a long text is higher, in proportion to its length.
const BASE_STEPS = 250_000;
const STEPS_PER_UNIT = 50;
/** How many steps pass between two reports: some 50 µs. */
const STEPS_PER_REPORT = 512;
/** Testing this many characters against a class, or setting this many registers, counts as one step. */
const ITEMS_PER_STEP = 8;
/** Taking or giving back this many characters at once counts as one step. */
const CHARACTERS_PER_STEP = 8;

const FAILED = -1;
const UNSET = -1;

/** What to do after a failure: continue at another step, or take one character less or more. */
interface Choice {
  readonly kind: 'go' | 'leave' | 'less' | 'more';
  readonly step: number;
  readonly trail: number;
  /** The index in the text at which to continue. */
  index: number;
  /** `less`: where to stop giving back. `more`: how many more characters may be taken. `leave`: the loop's memo. */
  limit: number;
}

/**
 * Runs a program on a text by backtracking. It has its own stack, so that long texts cannot overflow the call stack, and
 * counts steps, so that no pattern runs for too long.
 */
export class Machine implements Place {
  /** The start and end of the last match and of its groups, -1 if a group did not take part; then other registers. */
  readonly registers: Int32Array;
  index = 0;
  previousEnd = 0;
  readonly #choices: Choice[] = [];
  /** The old values of changed registers: register, value, register, value… */
  readonly #trail: number[] = [];
  readonly #failures: Set<number>[];
  readonly #onSteps: (steps: number) => void;
  /** The steps left to a search. */
  #stepsLeft: number;
  /** The value of `#stepsLeft` at the last report. */
  #stepsTold: number;
  /** Other work, counted in steps, since the last report. */
  #extra = 0;

  /** @param onSteps receives the number of steps since the last report; may throw */
  constructor(
    readonly program: Program,
    readonly text: string,
    onSteps: (steps: number) => void = () => {},
  ) {
    this.#onSteps = onSteps;
    this.registers = new Int32Array(program.registers);
    this.#failures = Array.from({ length: program.memos }, () => new Set());
    this.#stepsLeft = BASE_STEPS + STEPS_PER_UNIT * text.length;
    this.#stepsTold = this.#stepsLeft;
  }

  /** Reports the steps since the last report. */
  report(): void {
    const { effort } = this.program;
    const steps = this.#stepsTold - this.#stepsLeft + this.#extra + effort.spent / ITEMS_PER_STEP;
    this.#stepsTold = this.#stepsLeft;
    this.#extra = 0;
    effort.spent = 0;
    this.#onSteps(steps);
  }

  /** Accounts for work outside the program, counted in steps. */
  spend(steps: number): void {
    this.#extra += steps;
    if (this.#extra > STEPS_PER_REPORT) this.report();
  }

  /** Accounts for steps. @throws {TooManySteps} */
  #step(steps: number): void {
    this.#stepsLeft -= steps;
    if (this.#stepsLeft < 0) throw new TooManySteps();
    const isDue = this.#stepsTold - this.#stepsLeft > STEPS_PER_REPORT;
    if (isDue || this.program.effort.spent > STEPS_PER_REPORT * ITEMS_PER_STEP) this.report();
  }

  /**
   * Finds the first match that begins at `from` or later.
   *
   * @throws {TooManySteps}
   */
  search(from: number): boolean {
    for (const failures of this.#failures) failures.clear();
    for (let start = from; start <= this.text.length; start = this.#nextStart(start)) {
      this.registers.fill(UNSET);
      this.spend(this.registers.length / ITEMS_PER_STEP);
      this.#trail.length = 0;
      const end = this.#run(0, start);
      if (end === FAILED) continue;
      this.registers[0] = start;
      this.registers[1] = end;
      this.previousEnd = end;
      return true;
    }
    return false;
  }

  /** Where to begin next. A leading repetition has been tried from every place that this one could reach. */
  #nextStart(start: number): number {
    const { program, text } = this;
    const next = start + (program.isWide ? unitsAt(text, start) : 1);
    let reached = start;
    while (program.leading?.hasAt(text, reached)) {
      reached += unitsAt(text, reached);
      this.spend(1 / CHARACTERS_PER_STEP);
    }
    return Math.max(next, reached);
  }

  /** Runs from a step to the next `accept`, which must be at `target` if that is given. Returns the end, or `FAILED`. */
  #run(from: number, start: number, target?: number): number {
    const { text, registers } = this;
    const { steps } = this.program;
    const bottom = this.#choices.length;
    let at = from;
    let index = start;
    for (;;) {
      this.#step(1);
      const step: Step = steps[at]!;
      let ok = true;
      at++;
      switch (step.op) {
        case 'set': {
          ok = step.set.hasAt(text, index);
          if (ok) index += unitsAt(text, index);
          break;
        }
        case 'sets':
          index = this.#takeSets(step, at, index);
          ok = index !== FAILED;
          break;
        case 'jump':
          at = step.to;
          break;
        case 'fork':
          this.#choose('go', step.second, index);
          at = step.first;
          break;
        case 'mark':
          this.#set(step.register, index);
          break;
        case 'capture':
          this.#set(2 * step.group, registers[step.register]!);
          this.#set(2 * step.group + 1, index);
          break;
        case 'enter':
          this.#set(step.register, 0);
          this.#set(step.register + 1, UNSET);
          break;
        case 'loop':
          at = this.#nextOfLoop(step, at, index);
          break;
        case 'iterate':
          this.#set(step.register, registers[step.register]! + 1);
          this.#set(step.register + 1, index);
          break;
        case 'reference':
          index = this.#takeReference(step.group, step.fold, index);
          ok = index !== FAILED;
          break;
        case 'assert':
          this.index = index;
          ok = step.holds(this);
          break;
        case 'look':
          ok = this.#look(at, index, step.negative);
          at = step.next;
          break;
        case 'lookBehind':
          ok = this.#lookBehind(at, index, step.lengths, step.negative);
          at = step.next;
          break;
        case 'atomic':
          index = this.#run(at, index);
          ok = index !== FAILED;
          at = step.next;
          break;
        case 'grapheme':
          ok = index < text.length;
          if (ok) index = graphemeEnd(this, index);
          break;
        case 'accept':
          ok = target === undefined || target === index;
          if (ok) {
            this.#choices.length = bottom;
            return index;
          }
          break;
      }
      if (ok) continue;
      const choice = this.#backtrack(bottom);
      if (choice === undefined) return FAILED;
      at = choice.step;
      index = choice.index;
    }
  }

  #set(register: number, value: number): void {
    this.#trail.push(register, this.registers[register]!);
    this.registers[register] = value;
  }

  #undo(trail: number): void {
    while (this.#trail.length > trail) {
      const value = this.#trail.pop()!;
      this.registers[this.#trail.pop()!] = value;
    }
  }

  #choose(kind: Choice['kind'], step: number, index: number, limit = 0): void {
    this.#choices.push({ kind, step, index, limit, trail: this.#trail.length });
  }

  /** Returns to the last choice that still leads somewhere. */
  #backtrack(bottom: number): Choice | undefined {
    while (this.#choices.length > bottom) {
      const choice = this.#choices.at(-1)!;
      this.#undo(choice.trail);
      switch (choice.kind) {
        case 'leave':
          this.#failures[choice.limit]?.add(choice.index);
          this.#choices.pop();
          return choice;
        case 'go':
          this.#choices.pop();
          return choice;
        case 'less':
          if (this.#giveBack(choice)) return choice;
          break;
        case 'more':
          if (this.#takeMore(choice)) return choice;
      }
    }
    return undefined;
  }

  #takeSets({ set, min, max, mode }: SetRepetition, next: number, start: number): number {
    const { text } = this;
    const wanted = mode === 'reluctant' ? min : max;
    let index = start;
    let floor = start;
    let count = 0;
    while (count < wanted && set.hasAt(text, index)) {
      index += unitsAt(text, index);
      if (++count === min) floor = index;
      this.#step(1 / CHARACTERS_PER_STEP);
    }
    if (count < min) return FAILED;
    if (mode === 'greedy' && index > floor) this.#choose('less', next, index, floor);
    if (mode === 'reluctant' && max > min) this.#choose('more', next, index, max - min);
    return index;
  }

  /** Gives back one character, or more if what follows the repetition could not match there. */
  #giveBack(choice: Choice): boolean {
    const { text } = this;
    const next = this.program.steps[choice.step]!;
    let leads = false;
    while (!leads && choice.index > choice.limit) {
      this.#step(1 / CHARACTERS_PER_STEP);
      choice.index = startBefore(text, choice.index);
      leads = next.op !== 'set' || next.set.hasAt(text, choice.index);
    }
    if (choice.index <= choice.limit) this.#choices.pop();
    return leads;
  }

  /** Takes one character more, or several if what follows the repetition could not match in between. */
  #takeMore(choice: Choice): boolean {
    const { text } = this;
    const { steps } = this.program;
    const { set } = steps[choice.step - 1] as SetRepetition;
    const next = steps[choice.step]!;
    let leads = false;
    while (!leads && choice.limit > 0 && set.hasAt(text, choice.index)) {
      this.#step(1 / CHARACTERS_PER_STEP);
      choice.index += unitsAt(text, choice.index);
      choice.limit--;
      leads = next.op !== 'set' || next.set.hasAt(text, choice.index);
    }
    if (!leads) this.#choices.pop();
    return leads;
  }

  /** Starts another iteration or leaves the loop. An iteration that matched nothing is the last one. */
  #nextOfLoop({ register, min, max, isGreedy, memo, exit }: Loop, body: number, index: number): number {
    const [count, begin] = [this.registers[register]!, this.registers[register + 1]!];
    if (index <= begin) return exit;
    if (count < min) return body;
    if (count >= max || (memo !== undefined && this.#failures[memo]!.has(index))) return exit;
    if (isGreedy) this.#choose('leave', exit, index, memo ?? UNSET);
    else this.#choose('go', body, index);
    return isGreedy ? body : exit;
  }

  #takeReference(group: number, fold: (codePoint: number) => number, start: number): number {
    const [from, to] = [this.registers[2 * group], this.registers[2 * group + 1]];
    if (group > this.program.groups || from === undefined || to === undefined || from === UNSET) return FAILED;
    const { text } = this;
    let index = start;
    for (let at = from; at < to; ) {
      this.#step(1 / CHARACTERS_PER_STEP);
      // The group may end in the middle of a surrogate pair.
      const wanted = at + 1 === to ? text.charCodeAt(at) : text.codePointAt(at)!;
      if (index >= text.length || fold(text.codePointAt(index)!) !== fold(wanted)) return FAILED;
      at += wanted > 0xffff ? 2 : 1;
      index += unitsAt(text, index);
    }
    return index;
  }

  #look(at: number, index: number, negative: boolean): boolean {
    const trail = this.#trail.length;
    const found = this.#run(at, index) !== FAILED;
    if (negative || !found) this.#undo(trail);
    return found !== negative;
  }

  /** Tries the places before this one, the nearest first. The bounds are Java's, which computes them in 32 bits. */
  #lookBehind(at: number, index: number, { min, max }: Lengths, negative: boolean): boolean {
    const trail = this.#trail.length;
    const first = Math.max((index - this.#unitsBefore(index, max)) | 0, 0);
    let found = false;
    for (let start = index - this.#unitsBefore(index, min); start >= first && !found; start--) {
      found = this.#run(at, start, index) !== FAILED;
    }
    if (negative || !found) this.#undo(trail);
    return found !== negative;
  }

  /** The number of UTF-16 units of this many code points before an index. */
  #unitsBefore(index: number, codePoints: number): number {
    if (!this.program.isWide) return codePoints;
    let at = index;
    for (let n = 0; n < codePoints && at > 0; n++) {
      at = startBefore(this.text, at);
      this.spend(1 / CHARACTERS_PER_STEP);
    }
    return codePoints > index ? codePoints : index - at;
  }
}
