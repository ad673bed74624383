// A small PEG parser with the semantics of the library that the real server's parser uses: ordered choice, cuts that
// prevent backtracking, and the same list of expectations where parsing fails. A first run only looks for success; if it
// fails, a second run collects what each rule expected at the position of the failure.

import type { ParserState } from './state.js';

/** What a rule expected, rendered only if an error needs it. */
type Expected = () => string;

/** A rule reads from the run's position. Its result is meaningless unless `run.ok`. */
export type Rule<T> = (run: Run) => T;

const none = undefined as never;

/** The state of one run over a text. */
export class Run {
  index = 0;
  ok = true;
  cut = true;
  /** The name of the rule that ended last. */
  short: readonly Expected[] = [];
  /** What was expected at `traceIndex`. */
  groups: readonly Expected[] = [];
  #last: readonly Expected[] | undefined;
  #steps = 0;

  constructor(
    readonly text: string,
    /** Where the first run failed; -1 in the first run. */
    readonly traceIndex: number,
    readonly maximumSteps: number,
    readonly state: ParserState,
  ) {}

  get tracing(): boolean {
    return this.traceIndex >= 0;
  }

  /** The names of what was expected at the failure, sorted. */
  expected(): string[] {
    return [...new Set([...(this.#last ?? []), ...this.groups].map((name) => name()))].sort();
  }

  /** Counts work, to limit exponential backtracking. */
  step(): void {
    if (++this.#steps > this.maximumSteps) throw new TooMuchWork();
  }

  succeed<T>(value: T, index = this.index): T {
    this.ok = true;
    this.index = index;
    return value;
  }

  fail(index = this.index): never {
    if (this.tracing) this.#last = undefined;
    this.ok = false;
    this.index = index;
    return none;
  }

  #stomps(start: number): boolean {
    return !this.cut && !this.ok && start <= this.traceIndex && this.traceIndex <= this.index;
  }

  aggregate(start: number, own: readonly Expected[], inner: readonly Expected[], force = false): void {
    if (!this.ok) this.#last ??= own;
    this.short = own;
    this.groups = this.#stomps(start) && !force ? own : inner;
  }

  terminal(start: number, name: Expected): void {
    const own = [name];
    if (!this.ok) this.#last ??= own;
    this.short = start >= this.traceIndex ? own : [];
    this.groups = this.#stomps(start) ? this.short : [];
  }
}

/** Thrown if the parser tries more alternatives than any sensible text needs. */
export class TooMuchWork extends Error {}

/** The outcome of {@link parse}. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly index: number; readonly expected: readonly string[] };

/** Parses a text with a rule. Of the errors that rules report themselves, only those of the first run are kept. */
export function parse<T>(text: string, rule: Rule<T>, state: ParserState): Parsed<T> {
  const maximumSteps = 50_000 + text.length * 500;
  const run = new Run(text, -1, maximumSteps, state);
  const value = rule(run);
  if (run.ok) return { ok: true, value };
  if (state.errors.length > 0) return { ok: false, index: run.index, expected: [] };
  const trace = new Run(text, run.index, maximumSteps, state);
  rule(trace);
  return { ok: false, index: run.index, expected: trace.expected() };
}

function render(names: readonly Expected[]): string {
  const texts = [...new Set(names.map((name) => name()).reverse())];
  return texts.length === 1 ? (texts[0] as string) : `(${texts.join(' | ')})`;
}

const joined = (left: readonly Expected[], right: readonly Expected[]): readonly Expected[] =>
  left.length === 0 ? right : right.length === 0 ? left : [() => `${render(left)} ~ ${render(right)}`];

/** Literal text. */
export function literal(text: string): Rule<undefined> {
  const name = () => JSON.stringify(text);
  return (run) => {
    const start = run.index;
    if (run.text.startsWith(text, start)) run.succeed(undefined, start + text.length);
    else run.fail();
    if (run.tracing) run.terminal(start, name);
    return undefined;
  };
}

/** The longest matching text of several. */
export function oneOf(...texts: string[]): Rule<string> {
  const byLength = [...texts].sort((a, b) => b.length - a.length);
  const name = () => `StringIn(${texts.map((t) => JSON.stringify(t)).join(', ')})`;
  return (run) => {
    const start = run.index;
    const found = byLength.find((t) => run.text.startsWith(t, start));
    if (found === undefined) run.fail();
    else run.succeed(found, start + found.length);
    if (run.tracing) run.terminal(start, name);
    return found as string;
  };
}

type Test = (unit: number) => boolean;

/** One UTF-16 unit that passes a test. */
export function unit(test: Test, label: string): Rule<undefined> {
  const name = () => label;
  return (run) => {
    const start = run.index;
    if (start < run.text.length && test(run.text.charCodeAt(start))) run.succeed(undefined, start + 1);
    else run.fail();
    if (run.tracing) run.terminal(start, name);
    return undefined;
  };
}

/** One or more UTF-16 units that pass a test. */
export function units(test: Test, label: string): Rule<undefined> {
  const name = () => label;
  return (run) => {
    const start = run.index;
    let end = start;
    while (end < run.text.length && test(run.text.charCodeAt(end))) end++;
    if (end > start) run.succeed(undefined, end);
    else run.fail();
    if (run.tracing) run.terminal(start, name);
    return undefined;
  };
}

/** The position. */
export const index: Rule<number> = (run) => {
  run.succeed(undefined);
  if (run.tracing) run.terminal(run.index, () => 'Index');
  return run.index;
};

/** The end of the text. */
export const end: Rule<undefined> = (run) => {
  if (run.index >= run.text.length) run.succeed(undefined);
  else run.fail();
  if (run.tracing) run.terminal(run.index, () => 'end-of-input');
  return undefined;
};

/** Succeeds with a value, reading nothing. */
export const pass =
  <T>(value: T): Rule<T> =>
  (run) => {
    run.succeed(undefined);
    if (run.tracing) run.terminal(run.index, () => 'Pass');
    return value;
  };

/** Fails here. */
export const fail: Rule<never> = (run) => {
  run.fail();
  if (run.tracing) run.terminal(run.index, () => 'fail');
  return none;
};

/** Prevents backtracking past this point of a sequence. */
export const CUT = Symbol('cut');

type Values<P extends readonly unknown[]> = P extends readonly [infer Head, ...infer Rest]
  ? Head extends Rule<infer T>
    ? [T, ...Values<Rest>]
    : Values<Rest>
  : [];

/** Rules in sequence; a {@link CUT} between two prevents backtracking after the first. */
export function sequence<const P extends readonly (Rule<unknown> | typeof CUT)[]>(...parts: P): Rule<Values<P>> {
  const rules: { rule: Rule<unknown>; cut: boolean }[] = [];
  let cut = false;
  for (const part of parts) {
    if (part === CUT) cut = true;
    else {
      rules.push({ rule: part, cut });
      cut = false;
    }
  }
  return (run) => {
    const start = run.index;
    const values: unknown[] = [];
    for (let i = 0; i < rules.length; i++) {
      const { rule, cut: cutBefore } = rules[i] as (typeof rules)[number];
      if (i === 0) {
        values.push(rule(run));
        if (!run.ok) return none;
        continue;
      }
      const { groups: leftGroups, short: leftShort } = run;
      if (cutBefore) run.cut = true;
      const before = run.index;
      values.push(rule(run));
      const { groups: rightGroups, short: rightShort } = run;
      if (!run.ok && cutBefore) run.cut = true;
      if (run.tracing)
        run.aggregate(start, joined(leftShort, rightShort), [...rightGroups, ...leftGroups], before === run.traceIndex);
      if (!run.ok) return none;
    }
    return values as Values<P>;
  };
}

/** The first alternative that succeeds. */
export function either<T>(...alternatives: Rule<T>[]): Rule<T> {
  return alternatives.reduce((left, right) => (run) => {
    const outerCut = run.cut;
    run.cut = false;
    const start = run.index;
    const first = left(run);
    if (run.ok) {
      run.cut ||= outerCut;
      return first;
    }
    if (run.cut) return none;
    const { short: leftShort, groups: leftGroups } = run;
    run.index = start;
    if (run.tracing) run.aggregate(start, leftShort, leftGroups);
    run.cut = false;
    const second = right(run);
    const rightShort = run.short;
    const rightCut = run.cut;
    if (!run.ok && !rightCut) run.fail(start);
    run.cut = rightCut || outerCut;
    if (run.tracing) run.aggregate(start, [...rightShort, ...leftShort], [...run.groups, ...leftGroups]);
    return second;
  });
}

/** An optional rule. */
export function optional<T>(rule: Rule<T>): Rule<T | undefined> {
  return (run) => {
    const start = run.index;
    const outerCut = run.cut;
    run.cut = false;
    const value = rule(run);
    const found = run.ok;
    if (!found) {
      if (!run.cut) {
        run.succeed(undefined, start);
        run.cut = outerCut;
      }
      if (run.tracing) {
        const { short, groups } = run;
        run.aggregate(start, [() => `${render(short)}.?`], groups);
      }
      return undefined;
    }
    run.cut ||= outerCut;
    return value;
  };
}

/** A rule, repeated as often as possible, at least `minimum` times. */
export function repeat<T>(rule: Rule<T>, minimum = 0): Rule<T[]> {
  const suffix = minimum === 0 ? '' : `(${minimum})`;
  return (run) => {
    const values: T[] = [];
    let outerCut = run.cut;
    let last: readonly Expected[] | undefined;
    for (;;) {
      const start = run.index;
      run.cut = outerCut && values.length < minimum;
      const value = rule(run);
      const { short, groups } = run;
      outerCut ||= run.cut;
      if (run.ok) {
        values.push(value);
        run.cut = false;
        last = groups;
        if (run.index > start) continue;
        run.cut = outerCut;
        return values;
      }
      if (!run.cut) {
        if (values.length < minimum) run.index = start;
        else run.succeed(undefined, start);
        run.cut = outerCut;
      }
      if (run.tracing)
        run.aggregate(
          start,
          [() => `${render(short)}.rep${suffix}`],
          last === undefined ? run.groups : [...run.groups, ...last],
        );
      return values;
    }
  };
}

/** A rule, repeated `minimum` to `maximum` times. */
export function times<T>(rule: Rule<T>, minimum: number, maximum: number): Rule<T[]> {
  return (run) => {
    const values: T[] = [];
    let outerCut = run.cut;
    for (;;) {
      const start = run.index;
      run.cut = outerCut && values.length < minimum;
      const value = rule(run);
      const { short } = run;
      const postCut = run.cut;
      if (!run.ok) {
        if (!postCut) {
          if (values.length < minimum) run.index = start;
          else run.succeed(undefined, start);
          run.cut = outerCut;
        }
        if (run.tracing) run.aggregate(start, [() => `${render(short)}.rep(${minimum})`], run.groups);
        return values;
      }
      values.push(value);
      outerCut ||= postCut;
      if (values.length < maximum) continue;
      run.cut = outerCut;
      if (run.tracing) run.terminal(start, () => `${render(short)}.repX(${minimum})`);
      return values;
    }
  };
}

/** A rule, repeated as often as possible with a separator in between. */
export function separated<T>(rule: Rule<T>, separator: Rule<unknown>, minimum = 0): Rule<T[]> {
  return (run) => {
    const values: T[] = [];
    let start = run.index;
    let preCut = false;
    let outerCut = run.cut;
    let separatorShort: readonly Expected[] | undefined;
    let last: readonly Expected[] | undefined;
    const finish = (at: number, endCut: boolean) => {
      if (values.length < minimum) run.index = at;
      else run.succeed(undefined, at);
      run.cut = endCut;
    };
    for (;;) {
      run.cut = preCut || (values.length < minimum && outerCut);
      const value = rule(run);
      const { short, groups } = run;
      const postCut = run.cut;
      const name = () => `${render(short)}.rep(${minimum})`;
      if (!run.ok) {
        if (!postCut) finish(start, outerCut);
        if (run.tracing) {
          const inner =
            separatorShort === undefined || preCut ? run.groups : [...joined(separatorShort, short), ...(last ?? [])];
          run.aggregate(start, [name], inner);
        }
        return values;
      }
      const beforeSeparator = run.index;
      values.push(value);
      run.cut = false;
      separator(run);
      const separatorCut = run.cut;
      const endCut = outerCut || postCut || separatorCut;
      if (!run.ok) {
        if (separatorCut) {
          run.index = beforeSeparator;
          run.cut = endCut;
        } else finish(beforeSeparator, endCut);
        if (run.tracing) run.aggregate(start, [name], [...run.groups, ...groups]);
        return values;
      }
      start = beforeSeparator;
      preCut = separatorCut;
      outerCut = endCut;
      separatorShort = run.short;
      last = groups;
    }
  };
}

/** Prevents backtracking once the rule has consumed something. */
export function cut<T>(rule: Rule<T>): Rule<T> {
  return (run) => {
    const start = run.index;
    const value = rule(run);
    if (run.ok && run.index > start) run.cut = true;
    return value;
  };
}

/** Changes the value. */
export const map =
  <A, B>(rule: Rule<A>, change: (value: A) => B): Rule<B> =>
  (run) => {
    const value = rule(run);
    return run.ok ? change(value) : none;
  };

/** Continues with a rule that depends on the value. */
export const chain =
  <A, B>(rule: Rule<A>, next: (value: A) => Rule<B>): Rule<B> =>
  (run) => {
    const value = rule(run);
    return run.ok ? next(value)(run) : none;
  };

/** The text that a rule consumed. */
export const captured =
  (rule: Rule<unknown>): Rule<string> =>
  (run) => {
    const start = run.index;
    rule(run);
    return run.ok ? run.text.slice(start, run.index) : none;
  };

/** Gives a rule a single name in errors, at the position where it began. */
export function opaque<T>(rule: Rule<T>, label: string): Rule<T> {
  const name = () => label;
  return (run) => {
    const start = run.index;
    const value = rule(run);
    if (!run.ok) run.fail(start);
    if (run.tracing) run.terminal(start, name);
    return value;
  };
}

/** Succeeds if the rule fails, and consumes nothing. */
export function not(rule: Rule<unknown>): Rule<undefined> {
  return (run) => {
    const start = run.index;
    const outerCut = run.cut;
    rule(run);
    const { short } = run;
    if (run.ok) run.fail(start);
    else run.succeed(undefined, start);
    if (run.tracing) run.terminal(start, () => `!${render(short)}`);
    run.cut = outerCut;
    return undefined;
  };
}

/** Consumes nothing, and reports what the rule expects. */
export function ahead<T>(rule: Rule<T>): Rule<T> {
  return (run) => {
    const start = run.index;
    const outerCut = run.cut;
    const value = rule(run);
    if (run.ok) run.succeed(undefined, start);
    run.cut = outerCut;
    return value;
  };
}

/** Limits cuts inside to this rule. */
export function uncut<T>(rule: Rule<T>): Rule<T> {
  return (run) => {
    const outerCut = run.cut;
    const value = rule(run);
    run.cut = outerCut;
    return value;
  };
}

/** A part of the grammar that errors call `label`, or omit if there is no label. */
export function part<T>(rule: Rule<T>, label?: string): Rule<T> {
  const own: readonly Expected[] = label === undefined ? [] : [() => label];
  return (run) => {
    run.step();
    const value = rule(run);
    if (run.tracing) run.aggregate(run.index, own, run.groups, run.index < run.traceIndex);
    return value;
  };
}

/** A rule that is defined later, for recursive grammars. */
export const later =
  <T>(rule: () => Rule<T>): Rule<T> =>
  (run) =>
    rule()(run);
