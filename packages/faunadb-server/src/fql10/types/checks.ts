// The results of checking a value against a use: a tree of what holds and what fails. Together with the alternatives of
// overloads it determines whether the whole fails.
import { type Alt, type AltGroup, BASE, BASE_GROUP, distinctSets, including } from './alts.js';
import { hashOfPair, hashOfPath, hashOfTerm, inHashOrder } from './hash-order.js';
import type { Mismatch } from './mismatch.js';
import type { TypeProblem } from './problem.js';
import type { Interner, Term, Variable } from './terms.js';

interface Concrete {
  readonly value: Term;
  readonly valueAlt: Alt;
  readonly use: Term;
  readonly useAlt: Alt;
  key?: number;
}
export interface Ok extends Concrete {
  readonly k: 'ok';
}
export interface Fail extends Concrete {
  readonly k: 'fail';
  /** What fails the check regardless of alternatives. */
  readonly problems: readonly TypeProblem[];
  readonly mismatches: readonly Mismatch[];
}
export interface Sub extends Concrete {
  readonly k: 'sub';
  readonly inner: Check;
}
export type Check =
  | { readonly k: 'empty' }
  | Ok
  | Fail
  | Sub
  | { readonly k: 'alias'; readonly value: Term; readonly valueAlt: Alt; readonly inner: Check; key?: number }
  | { readonly k: 'var'; readonly of: Variable }
  | { readonly k: 'all'; readonly checks: readonly Check[]; key?: number }
  | { readonly k: 'combos'; readonly checks: readonly Check[]; key?: number };

export const EMPTY: Check = { k: 'empty' };

/** All must hold. */
export function all(checks: readonly Check[], interner: Interner): Check {
  return joined('all', checks, interner);
}
/** Each must hold; overloads may use a different alternative for each. */
export function combos(checks: readonly Check[], interner: Interner): Check {
  return joined('combos', checks, interner);
}
function joined(k: 'all' | 'combos', checks: readonly Check[], interner: Interner): Check {
  const known = new Set<number>();
  const list: Check[] = [];
  const add = (check: Check) => {
    const key = keyOf(check, interner);
    if (known.has(key)) return;
    known.add(key);
    list.push(check);
  };
  const given = checks.filter((check) => check.k !== 'empty');
  if (given.length <= 1) return given[0] ?? EMPTY;
  for (const check of given) {
    if (check.k === k) check.checks.forEach(add);
    else add(check);
  }
  return list.length === 1 ? (list[0] as Check) : { k, checks: list };
}

function keyOf(check: Check, interner: Interner): number {
  if (check.k === 'empty') return 0;
  if (check.k === 'var') return -check.of.id;
  if (check.key !== undefined) return check.key;
  check.key = interner.number(`check${keyText(check, interner)}`);
  return check.key;
}
function keyText(check: Exclude<Check, { k: 'empty' | 'var' }>, interner: Interner): string {
  switch (check.k) {
    case 'all':
    case 'combos':
      return `${check.k}${check.checks.map((each) => keyOf(each, interner)).join()}`;
    case 'alias':
      return `alias${interner.of(check.value)}@${check.valueAlt.key}:${keyOf(check.inner, interner)}`;
    default: {
      const head = `${check.k}${interner.of(check.value)}@${check.valueAlt.key}<${interner.of(check.use)}@${check.useAlt.key}`;
      if (check.k === 'sub') return `${head}:${keyOf(check.inner, interner)}`;
      if (check.k === 'ok') return head;
      const reasons = [
        ...check.problems.map(({ message, span }) => `${message}${span.start}-${span.end}`),
        ...check.mismatches.map((each) => {
          const field = 'field' in each ? each.field : '';
          const use = 'use' in each ? interner.of(each.use) : '';
          return `${each.k}${each.span.start}-${each.span.end}${each.span.source.name}${field}/${use}`;
        }),
      ];
      return `${head}:${reasons.join('|')}`;
    }
  }
}

export const checkOf = (of: Variable, interner: Interner): Check => combos(of.checks, interner);

const isPruned = ({ valueAlt, useAlt }: Concrete): boolean =>
  valueAlt !== useAlt && (valueAlt.isFailed || useAlt.isFailed);
const prunedFailure = ({ value, valueAlt, use, useAlt }: Concrete): Fail => ({
  k: 'fail',
  value,
  valueAlt,
  use,
  useAlt,
  problems: [],
  mismatches: [],
});

/** One check of a value against a use, repeated when alternatives that it depends on have failed. */
export class CheckRun {
  #check: Check = EMPTY;
  #primary: Fail[] = [];
  #secondary: Fail[] = [];
  readonly #variables = new Set<Variable>();
  readonly #prunedAlts = new Set<Alt>();
  isFailed = false;

  constructor(readonly interner: Interner) {}

  set(check: Check): void {
    this.#check = check;
  }

  /** What failed, if anything. */
  get failures(): { readonly mismatches: readonly Mismatch[]; readonly problems: readonly TypeProblem[] } {
    const mismatches: Mismatch[] = [];
    const problems: TypeProblem[] = [];
    if (!this.isFailed) return { mismatches, problems };
    for (const each of this.#distinct(this.#primary)) {
      problems.push(...each.problems);
      mismatches.push(...each.mismatches);
    }
    if (problems.length === 0 && mismatches.length === 0) {
      for (const each of this.#distinct(this.#secondary)) {
        problems.push(...each.problems);
        if (each.valueAlt === BASE || this.#prunedAlts.has(each.valueAlt)) mismatches.push(...each.mismatches);
      }
    }
    return { mismatches, problems };
  }

  #distinct(fails: readonly Fail[]): Fail[] {
    if (fails.length < 2) return [...fails];
    const known = new Map<number, Fail>();
    for (const each of fails) {
      const key = keyOf(each, this.interner);
      if (!known.has(key)) known.set(key, each);
    }
    return [...known.values()];
  }

  get #repeated(): CheckRun[] {
    return [...this.#prunedAlts].flatMap((alt) => [...alt.group.outer.state.runs]);
  }

  run(): void {
    if (this.#check.k === 'empty' || this.#check.k === 'ok') {
      this.#mark(this.#check, new Set());
      return;
    }
    this.#mark(this.#check, new Set());
    this.#prune();
    let left = new Set(this.#repeated);
    left.delete(this);
    while (!this.isFailed && left.size > 0) {
      const next = new Set<CheckRun>();
      for (const each of left) {
        if (this.isFailed) break;
        each.#prune();
        this.isFailed ||= each.isFailed;
        if (!this.isFailed) for (const other of each.#repeated) next.add(other);
      }
      left = next;
    }
  }

  #prune(): void {
    this.#secondary = [];
    this.#variables.clear();
    this.#prunedAlts.clear();
    this.#primary = this.#failuresOf(this.#check);
    this.isFailed = this.#primary.length > 0;
    this.#check = simplified(this.#check, new Set(), this.interner);
  }

  // Registers checks with the groups that they depend on.
  #mark(check: Check, seen: Set<Variable>): void {
    this.interner.tick();
    switch (check.k) {
      case 'empty':
        return;
      case 'var':
        if (!seen.has(check.of)) {
          seen.add(check.of);
          for (const each of check.of.checks) this.#mark(each, seen);
        }
        return;
      case 'all':
      case 'combos':
        for (const each of check.checks) this.#mark(each, seen);
        return;
      case 'alias':
        this.#mark(check.inner, seen);
        return;
      default: {
        const values = check.valueAlt.group.outer;
        const uses = check.useAlt.group.outer;
        if (values !== uses) {
          if (values.level >= uses.level) values.update({ useGroups: including(values.state.useGroups, uses) });
          if (values !== BASE_GROUP) values.update({ runs: including(values.state.runs, this) });
          if (uses !== BASE_GROUP) uses.update({ runs: including(uses.state.runs, this) });
        }
        if (check.k === 'sub') this.#mark(check.inner, seen);
      }
    }
  }

  #failuresOf(check: Check): Fail[] {
    this.interner.tick();
    switch (check.k) {
      case 'empty':
        return [];
      case 'ok':
        return isPruned(check) ? [prunedFailure(check)] : [];
      case 'fail':
        if (!isPruned(check)) this.#secondary.push(check);
        return [check];
      case 'sub':
        return this.#failuresOf(check.inner);
      case 'alias':
        return this.#combined([check.inner]);
      case 'var':
        if (this.#variables.has(check.of)) return [];
        this.#variables.add(check.of);
        return this.#failuresOf(checkOf(check.of, this.interner));
      case 'all':
        return this.#distinct(check.checks.flatMap((each) => this.#failuresOf(each)));
      case 'combos':
        return this.#combined(check.checks);
    }
  }

  #combined(checks: readonly Check[]): Fail[] {
    const { interner } = this;
    type Uses = Map<AltGroup, Map<Alt, (Ok | Fail | Sub)[]>>;
    type Step = { readonly key: string; readonly hash: number };
    const stepOf = (value: Term, alt: Alt): Step => ({
      key: `${interner.of(value)}@${alt.key}`,
      hash: hashOfPair(hashOfTerm(value), alt.hash),
    });
    const keyOfPath = (path: readonly Step[]) => path.map(({ key }) => key).join('/');
    const concretes = new Map<
      string,
      { readonly path: readonly Step[]; readonly valueAlt: Alt; readonly uses: Uses }
    >();
    const others: Check[] = [];
    const add = (uses: Uses, check: Ok | Fail | Sub) => {
      const group = check.useAlt.group.outer;
      let alts = uses.get(group);
      if (!alts) {
        alts = new Map();
        uses.set(group, alts);
      }
      const known = alts.get(check.useAlt);
      if (known) known.push(check);
      else alts.set(check.useAlt, [check]);
    };
    const seen = new Set<Variable>();
    const known = new Set<string>();
    const flatten = (check: Check, path: readonly Step[]): void => {
      switch (check.k) {
        case 'empty':
          return;
        case 'var':
          if (!seen.has(check.of)) {
            seen.add(check.of);
            flatten(checkOf(check.of, interner), path);
          }
          return;
        case 'combos':
          for (const each of check.checks) flatten(each, path);
          return;
        case 'alias':
          flatten(check.inner, [...path, stepOf(check.value, check.valueAlt)]);
          return;
        default: {
          const full = `${keyOfPath(path)}:${keyOf(check, interner)}`;
          if (known.has(full)) return;
          known.add(full);
          if (
            check.k === 'all' ||
            (check.k === 'fail' && check.problems.length > 0) ||
            check.valueAlt === check.useAlt
          ) {
            others.push(check);
            return;
          }
          const steps = [...path, stepOf(check.value, check.valueAlt)];
          const key = keyOfPath(steps);
          let found = concretes.get(key);
          if (!found) {
            found = { path: steps, valueAlt: check.valueAlt, uses: new Map() };
            concretes.set(key, found);
          }
          add(found.uses, check);
        }
      }
    };
    for (const each of checks) flatten(each, []);

    const filtered: Fail[] = [];
    const failed = new Map<AltGroup, Map<Alt, Fail[]>>();
    const inOrder = inHashOrder([...concretes.values()], ({ path }) => hashOfPath(path.map(({ hash }) => hash)));
    for (const { path, valueAlt } of inOrder) {
      // What was checked on the path to this value holds for it too.
      const uses: Uses = new Map();
      for (let length = path.length; length > 0; length--) {
        for (const alts of concretes.get(keyOfPath(path.slice(0, length)))?.uses.values() ?? []) {
          for (const each of alts.values()) for (const check of each) add(uses, check);
        }
      }
      for (const group of inHashOrder([...uses.keys()], ({ id }) => id)) {
        this.#decide(valueAlt, group, uses.get(group) ?? new Map(), failed, filtered);
      }
    }
    for (const [group, alts] of inHashOrder([...failed], ([{ id }]) => id)) {
      const live = [...alts.keys()].filter((alt) => !alt.isFailed).length;
      if (live !== group.leaves.filter((alt) => !alt.isFailed).length) continue;
      for (const [, fails] of inHashOrder([...alts], ([{ hash }]) => hash)) filtered.push(...fails);
    }
    return this.#distinct([...others.flatMap((each) => this.#failuresOf(each)), ...filtered]);
  }

  #decide(
    valueAlt: Alt,
    group: AltGroup,
    alts: ReadonlyMap<Alt, readonly (Ok | Fail | Sub)[]>,
    failed: Map<AltGroup, Map<Alt, Fail[]>>,
    filtered: Fail[],
  ): void {
    let oks: Alt[] = [];
    const fails: Fail[] = [];
    for (const alt of inHashOrder([...alts.keys()], ({ hash }) => hash)) {
      const checks = alts.get(alt) ?? [];
      let holds = true;
      for (const check of checks) {
        const found = this.#failuresOf(check);
        if (found.length > 0) holds = false;
        fails.push(...found);
      }
      if (holds) oks.push(alt);
    }
    if (oks.length > 0 && group !== BASE_GROUP) {
      const before = group.state;
      const needs = new Map(before.needs).set(
        valueAlt,
        distinctSets([...(before.needs.get(valueAlt) ?? []), new Set(oks)]),
      );
      group.update({ needs });
      if (isWronglyConjoined(group, this.interner)) {
        oks = [];
        group.state = before;
      }
    }
    if (oks.length > 0) return;
    const outer = valueAlt.group.outer;
    let ofGroup = failed.get(outer);
    if (!ofGroup) {
      ofGroup = new Map();
      failed.set(outer, ofGroup);
    }
    ofGroup.set(valueAlt, fails);
    if (valueAlt === BASE) filtered.push(...fails);
    else if (!valueAlt.isFailed) {
      valueAlt.fail();
      this.#prunedAlts.add(valueAlt);
    }
  }
}

const common = (a: ReadonlySet<Alt>, b: ReadonlySet<Alt>): ReadonlySet<Alt> =>
  new Set([...a].filter((each) => b.has(each)));

// Whether values need two alternatives at once of a group that allows only one.
function isWronglyConjoined(from: AltGroup, interner: Interner): boolean {
  const exclusive = (alt: Alt): Alt => (alt.group.isExclusive ? alt : exclusive(alt.group.parent as Alt));
  for (const group of from.transitiveUses(interner)) {
    if (!group.isExclusive) continue;
    const byGroup = new Map<AltGroup, ReadonlySet<Alt>[]>();
    for (const [alt, sets] of group.transitiveNeeds(interner)) {
      const needed = sets.map((set): ReadonlySet<Alt> => new Set([...set].map(exclusive))).reduce(common);
      const { outer } = alt.group;
      const known = byGroup.get(outer);
      if (known) known.push(needed);
      else byGroup.set(outer, [needed]);
    }
    // What all groups need in common, for each choice of one alternative per group.
    let shared: readonly ReadonlySet<Alt>[] | undefined;
    for (const sets of byGroup.values()) {
      const combined = shared?.flatMap((each) => sets.map((set) => common(each, set))) ?? sets;
      shared = distinctSets(combined.filter((each) => each.size > 0));
      if (shared.length === 0) return true;
    }
  }
  return false;
}

function simplified(check: Check, seen: Set<Variable>, interner: Interner): Check {
  switch (check.k) {
    case 'empty':
      return check;
    case 'ok':
    case 'fail':
      return isPruned(check) ? prunedFailure(check) : check;
    case 'sub': {
      if (isPruned(check)) return prunedFailure(check);
      const { value, valueAlt, use, useAlt } = check;
      const inner = simplified(check.inner, seen, interner);
      const holds = (each: Check) => each.k === 'ok' && each.valueAlt === valueAlt && each.useAlt === useAlt;
      const isOk =
        inner.k === 'empty' ||
        holds(inner) ||
        ((inner.k === 'all' || inner.k === 'combos') && inner.checks.every(holds));
      if (isOk) return { k: 'ok', value, valueAlt, use, useAlt };
      if (inner.k === 'fail') return { ...inner, value, valueAlt, use, useAlt, key: undefined as never };
      return inner === check.inner ? check : { k: 'sub', value, valueAlt, use, useAlt, inner };
    }
    case 'alias': {
      const inner = simplified(check.inner, seen, interner);
      return inner === check.inner ? check : { k: 'alias', value: check.value, valueAlt: check.valueAlt, inner };
    }
    case 'all': {
      const checks = check.checks.map((each) => simplified(each, seen, interner));
      const fails = checks.filter((each) => each.k === 'fail');
      return { k: 'all', checks: fails.length > 0 ? fails : checks };
    }
    case 'combos':
      return { k: 'combos', checks: check.checks.map((each) => simplified(each, seen, interner)) };
    case 'var':
      if (!seen.has(check.of)) {
        seen.add(check.of);
        if (check.of.checks.length > 0) {
          const inner = simplified(checkOf(check.of, interner), seen, interner);
          check.of.setChecks(inner.k === 'combos' ? [...inner.checks] : [inner]);
        }
      }
      return check;
  }
}
