// Overloads. If a value is one of several functions, or a use accepts one of several types, each variant is an alternative
// of a group. Bounds of variables record the alternative in which they hold. A failure prunes the alternatives it concerns,
// and becomes an error of the query only if a group has none left.

import type { Span } from '../parse/span.js';
import type { CheckRun } from './checks.js';
import { hashOfPair, hashOfProduct, hashOfSet, inHashOrder, inSetOrder } from './hash-order.js';
import { CheckerFault, type Interner, type Term } from './terms.js';

/** A conflict of two alternatives, for a value. */
type Conflict = readonly [value: Alt, use: Alt, span: Span, of: Term];

export interface AltState {
  readonly children: ReadonlyMap<Alt, ReadonlySet<AltGroup>>;
  readonly pruned: ReadonlySet<Alt>;
  readonly values: ReadonlyMap<Alt, ReadonlySet<Alt>>;
  readonly valueConflicts: ReadonlyMap<Alt, ReadonlySet<Alt>>;
  readonly uses: ReadonlyMap<Alt, ReadonlySet<Alt>>;
  readonly useConflicts: ReadonlyMap<Alt, ReadonlySet<Alt>>;
  readonly extruded: ReadonlyMap<string, AltGroup>;
  readonly conflicts: readonly Conflict[];
  // State of the checks.
  readonly failed: ReadonlySet<Alt>;
  readonly useGroups: ReadonlySet<AltGroup>;
  readonly needs: ReadonlyMap<Alt, readonly ReadonlySet<Alt>[]>;
  readonly runs: ReadonlySet<CheckRun>;
}

const EMPTY_STATE: AltState = {
  children: new Map(),
  pruned: new Set(),
  values: new Map(),
  valueConflicts: new Map(),
  uses: new Map(),
  useConflicts: new Map(),
  extruded: new Map(),
  conflicts: [],
  failed: new Set(),
  useGroups: new Set(),
  needs: new Map(),
  runs: new Set(),
};
const NONE: ReadonlySet<never> = new Set<never>();

export const including = <T>(set: ReadonlySet<T> | undefined, element: T): ReadonlySet<T> =>
  set?.has(element) ? set : new Set(set).add(element);
const entry = (map: ReadonlyMap<Alt, ReadonlySet<Alt>>, key: Alt, element: Alt): ReadonlyMap<Alt, ReadonlySet<Alt>> =>
  new Map(map).set(key, including(map.get(key), element));
const setKey = (alts: Iterable<Alt>): string =>
  [...alts]
    .map(({ key }) => key)
    .sort()
    .join();

export class AltGroup {
  readonly alts: readonly Alt[];
  state: AltState = EMPTY_STATE;

  constructor(
    readonly id: number,
    readonly size: number,
    /** Whether two alternatives can never be needed at once, because the functions have several parameters. */
    readonly isExclusive: boolean,
    readonly parent: Alt | undefined,
    readonly level: number,
    readonly variableLevel: number,
  ) {
    this.alts = Array.from({ length: size }, (_, i) => new Alt(i, this));
    if (parent && parent.level === level) parent.addChild(this);
  }

  update(changes: Partial<AltState>): void {
    if (this === BASE_GROUP) throw new CheckerFault('The base group has no state.');
    this.state = { ...this.state, ...changes };
  }

  get outerParent(): Alt | undefined {
    return this.parent && this.parent.level === this.level ? this.parent : undefined;
  }
  get outer(): AltGroup {
    return this.outerParent?.group.outer ?? this;
  }
  get leaves(): Alt[] {
    const { children } = this.outer.state;
    return this.alts.flatMap((alt) => {
      const groups = children.get(alt);
      return groups ? [...groups].flatMap((group) => group.leaves) : [alt];
    });
  }
  get live(): Alt[] {
    return this.leaves.filter((alt) => !alt.isPruned);
  }

  /** All groups that depend on this one, directly or indirectly. */
  transitiveUses(interner: Interner): Set<AltGroup> {
    const seen = new Set<AltGroup>();
    const stack: AltGroup[] = [this];
    for (let group = stack.pop(); group; group = stack.pop()) {
      interner.tick();
      if (group === BASE_GROUP || seen.has(group)) continue;
      seen.add(group);
      stack.push(...group.state.useGroups);
    }
    return seen;
  }

  /** For each incoming alternative, sets of alternatives of this group; one of each set is needed. */
  transitiveNeeds(interner: Interner): Needs {
    return transitiveNeeds(this, new Set(), new Map(), interner).needs;
  }

  /** The alternatives of this group that a value needs together, because none of them accepts all of it. */
  conjoinedValues(interner: Interner): Map<Alt, Set<Alt>> {
    const all = new Map<Alt, Set<number>>();
    const byUse = new Map<Alt, Map<Alt, Set<number>>>();
    for (const [value, use, , of] of this.state.conflicts) {
      if (use.group.outer !== this) continue;
      const number = interner.of(of);
      let numbers = all.get(value);
      if (!numbers) {
        numbers = new Set();
        all.set(value, numbers);
      }
      numbers.add(number);
      let uses = byUse.get(value);
      if (!uses) {
        uses = new Map();
        byUse.set(value, uses);
      }
      let ofUse = uses.get(use);
      if (!ofUse) {
        ofUse = new Set();
        uses.set(use, ofUse);
      }
      ofUse.add(number);
    }
    for (const [value, numbers] of all) {
      const uses = byUse.get(value) as Map<Alt, Set<number>>;
      if ([...numbers].some((number) => [...uses.values()].every((each) => each.has(number)))) byUse.delete(value);
      else for (const use of this.leaves) if (uses.get(use)?.size === numbers.size) uses.delete(use);
    }
    return new Map([...byUse].map(([value, uses]) => [value, new Set(uses.keys())]));
  }

  /** The sources of values, and the alternatives of this group that they reach. */
  valuePaths(interner: Interner): Path[] {
    const seen = new Set<AltGroup>();
    const paths = (group: AltGroup): Path[] => {
      for (let i = 0; i <= group.size; i++) interner.tick();
      const live = group.live;
      const own = live.map((alt): Path => ({ from: alt, to: new Set([alt]) }));
      if (seen.has(group)) return own;
      seen.add(group);
      const usesOf = new Map<Alt, Set<Alt>>();
      const add = (value: Alt, use: Alt) => {
        const uses = usesOf.get(value);
        if (uses) uses.add(use);
        else usesOf.set(value, new Set([use]));
      };
      const groups = new Set(live.flatMap((alt) => [...alt.values].map((value) => value.group.outer)));
      const values = [...groups].flatMap((each) => each.leaves);
      let hasConflicts = false;
      for (const use of live) {
        for (const value of values) {
          if (value.isPruned) continue;
          if (hasConflict(value, use, interner)) hasConflicts = true;
          else add(value, use);
        }
      }
      if (!hasConflicts) {
        usesOf.clear();
        for (const use of live) for (const value of use.validValues(interner)) add(value, use);
      }
      const conjoined = group.conjoinedValues(interner);
      const sources = new Set(inHashOrder([...usesOf.keys()], hashOfAlt).map((alt) => alt.group.outer));
      const incoming = inSetOrder([...sources], hashOfGroup).flatMap(paths);
      const found: Path[] = [];
      for (const { from, to } of inSetOrder(distinctPaths(incoming), hashOfPathOf)) {
        const root = from instanceof Alt && from.level < group.level ? group : from;
        let combinations: ReadonlySet<Alt>[] = [new Set()];
        for (const value of to) {
          const uses = inHashOrder([...(usesOf.get(value) ?? NONE)], hashOfAlt);
          const together = conjoined.get(value) ?? NONE;
          combinations = distinctSets(
            combinations.flatMap((set) =>
              inHashOrder(
                uses.map((use): ReadonlySet<Alt> => new Set([...set, ...together, use])),
                hashOfAlts,
              ),
            ),
          );
          if (combinations.length > MAX_COMBINATIONS) throw new CheckerFault('Too many combinations of overloads.');
        }
        for (const each of combinations) found.push({ from: root, to: each });
      }
      return distinctPaths([...found, ...own]);
    };
    return paths(this);
  }
}

/** By alternative: sets of alternatives, one of each of which is needed. */
type Needs = ReadonlyMap<Alt, readonly ReadonlySet<Alt>[]>;

/** What was found for a group; it holds as long as its own needs and those of its sources are the same. */
interface KnownNeeds {
  readonly own: Needs;
  readonly sources: readonly (readonly [AltGroup, Needs])[];
  readonly needs: Needs;
}
const KNOWN_NEEDS = new WeakMap<AltGroup, KnownNeeds>();

/** The needs of a group, and whether they are the same on any path to it. */
interface FoundNeeds {
  readonly needs: Needs;
  readonly isWhole: boolean;
}

function transitiveNeeds(
  group: AltGroup,
  path: Set<AltGroup>,
  found: Map<AltGroup, FoundNeeds>,
  interner: Interner,
): FoundNeeds {
  const own = group.state.needs;
  if (path.has(group)) return { needs: own, isWhole: false };
  const before = found.get(group);
  if (before) return before;
  for (let i = 0; i <= group.size; i++) interner.tick();
  path.add(group);
  const sources = [...new Set([...own.keys()].map((alt) => alt.group.outer))].map(
    (source) => [source, transitiveNeeds(source, path, found, interner)] as const,
  );
  path.delete(group);
  const isWhole = sources.every(([, each]) => each.isWhole);
  const known = KNOWN_NEEDS.get(group);
  const isSame =
    isWhole &&
    known?.own === own &&
    sources.every(([source, { needs }], i) => known.sources[i]?.[0] === source && known.sources[i]?.[1] === needs);
  const needs = isSame
    ? known.needs
    : throughOwn(
        own,
        sources.map(([, each]) => each.needs),
      );
  const result = { needs, isWhole };
  if (isWhole) {
    found.set(group, result);
    if (!isSame)
      KNOWN_NEEDS.set(group, { own, sources: sources.map(([source, each]) => [source, each.needs] as const), needs });
  }
  return result;
}

/** A group's own needs, and those of its sources as far as they lead to it. */
function throughOwn(own: Needs, sources: readonly Needs[]): Needs {
  let incoming: Needs = new Map();
  for (const each of sources) incoming = mergedNeeds(incoming, each);
  const through = new Map<Alt, ReadonlySet<Alt>[]>();
  for (const [alt, needs] of incoming) {
    const sets = needs
      .filter((need) => [...need].every((each) => own.has(each)))
      .flatMap((need) =>
        [...need]
          .map((each) => own.get(each) as readonly ReadonlySet<Alt>[])
          .reduce((a, b) => distinctSets(a.flatMap((x) => b.map((y) => new Set([...y, ...x]))))),
      );
    if (sets.length > 0) through.set(alt, distinctSets(sets));
  }
  return mergedNeeds(own, through);
}

function mergedNeeds(a: Needs, b: Needs): Needs {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  const result = new Map(b);
  for (const [alt, sets] of a) result.set(alt, distinctSets([...(b.get(alt) ?? []), ...sets]));
  return result;
}

const hashOfAlt = ({ hash }: Alt): number => hash;
const hashOfGroup = ({ id }: AltGroup): number => id;
export const hashOfAlts = (alts: Iterable<Alt>): number => hashOfSet([...alts].map(hashOfAlt));
const hashOfPathOf = ({ from, to }: Path): number =>
  hashOfPair(
    from instanceof Alt ? hashOfProduct('Right', [from.hash]) : hashOfProduct('Left', [from.id]),
    hashOfAlts(to),
  );
const MAX_COMBINATIONS = 10_000;

/** A path of values: from an alternative, or from values given directly to a group. */
export interface Path {
  readonly from: Alt | AltGroup;
  readonly to: ReadonlySet<Alt>;
}

export function distinctSets<T extends ReadonlySet<Alt>>(sets: readonly T[]): T[] {
  const known = new Map<string, T>();
  for (const set of sets) {
    const key = setKey(set);
    if (!known.has(key)) known.set(key, set);
  }
  return [...known.values()];
}
export function distinctPaths(paths: readonly Path[]): Path[] {
  const known = new Map<string, Path>();
  for (const path of paths) {
    const key = `${path.from instanceof Alt ? path.from.key : `@${path.from.id}`}>${setKey(path.to)}`;
    if (!known.has(key)) known.set(key, path);
  }
  return [...known.values()];
}

export class Alt {
  readonly key: string;
  #hash: number | undefined;
  constructor(
    readonly index: number,
    readonly group: AltGroup,
  ) {
    this.key = `${group.id}.${index}`;
  }

  get hash(): number {
    this.#hash ??= hashOfProduct('Alt', [this.index, this.group.id]);
    return this.#hash;
  }
  get level(): number {
    return this.group.level;
  }
  /** This and the enclosing alternatives of the same level. */
  get lineage(): Alt[] {
    return [...(this.group.outerParent?.lineage ?? []), this];
  }
  get #state(): AltState {
    return this.group.outer.state;
  }
  get isPruned(): boolean {
    const { pruned } = this.#state;
    return pruned.size > 0 && this.lineage.some((alt) => pruned.has(alt));
  }
  get isFailed(): boolean {
    const { failed } = this.#state;
    return failed.size > 0 && this.lineage.some((alt) => failed.has(alt));
  }
  get values(): ReadonlySet<Alt> {
    return this.#state.values.get(this) ?? NONE;
  }
  get uses(): ReadonlySet<Alt> {
    return this.#state.uses.get(this) ?? NONE;
  }
  get useConflicts(): ReadonlySet<Alt> {
    return this.#state.useConflicts.get(this) ?? NONE;
  }
  get valueConflicts(): ReadonlySet<Alt> {
    return this.#state.valueConflicts.get(this) ?? NONE;
  }
  validValues(interner: Interner): Alt[] {
    return [...this.values].filter((alt) => !alt.isPruned && !hasConflict(alt, this, interner));
  }

  addChild(group: AltGroup): void {
    const { outer } = this.group;
    outer.update({
      children: new Map(outer.state.children).set(this, including(outer.state.children.get(this), group)),
    });
  }
  prune(): void {
    const { outer } = this.group;
    outer.update({ pruned: including(outer.state.pruned, this) });
  }
  fail(): void {
    const { outer } = this.group;
    outer.update({ failed: including(outer.state.failed, this) });
  }
  addValue(alt: Alt): void {
    if (alt.level > this.level || alt === this) throw new CheckerFault('A value of a higher level.');
    const { outer } = this.group;
    outer.update({ values: entry(outer.state.values, this, alt) });
  }
  addUse(alt: Alt): void {
    if (alt.level > this.level || alt === this) throw new CheckerFault('A use of a higher level.');
    const { outer } = this.group;
    outer.update({ uses: entry(outer.state.uses, this, alt) });
  }
  addValueConflict(alt: Alt, span: Span, of: Term): void {
    const { outer } = this.group;
    const { valueConflicts, conflicts } = outer.state;
    outer.update({
      valueConflicts: entry(valueConflicts, this, alt),
      conflicts: [...conflicts, [alt, this, span, of]],
    });
  }
  addUseConflict(alt: Alt, span: Span, of: Term): void {
    const { outer } = this.group;
    const { useConflicts, conflicts } = outer.state;
    outer.update({ useConflicts: entry(useConflicts, this, alt), conflicts: [...conflicts, [this, alt, span, of]] });
  }
}

/** The alternative outside all overloads. */
export const BASE_GROUP = new AltGroup(0, 1, true, undefined, -1, -1);
export const BASE = BASE_GROUP.alts[0] as Alt;

/** The states of groups before a check. */
export type AltUndo = Map<AltGroup, AltState>;

export function remember(undo: AltUndo | undefined, alt: Alt): void {
  const { outer } = alt.group;
  if (undo && !undo.has(outer)) undo.set(outer, outer.state);
}

/** Records that values of one alternative are used by another. */
export function link(value: Alt, use: Alt, undo?: AltUndo): void {
  if (value === use || value.uses.has(use) || use.values.has(value)) return;
  if (value.level >= use.level) {
    remember(undo, value);
    value.addUse(use);
  }
  if (value.level <= use.level) {
    remember(undo, use);
    use.addValue(value);
  }
}

export function hasConflict(value: Alt, use: Alt, interner: Interner): boolean {
  const isKnown = value.level >= use.level ? value.useConflicts.has(use) : use.valueConflicts.has(value);
  return isKnown && !(use.group.outer.conjoinedValues(interner).get(value)?.has(use) ?? false);
}

/** Records that a value of one alternative does not fit another, and prunes alternatives that become unused. */
export function conflict(value: Alt, use: Alt, span: Span, of: Term, undo: AltUndo, interner: Interner): void {
  if (value === use) return;
  if (value.level >= use.level) {
    remember(undo, value);
    value.addUseConflict(use, span, of);
  }
  if (value.level <= use.level) {
    remember(undo, use);
    use.addValueConflict(value, span, of);
  }
  const isFailed = use.group.outer.live.every((each) => hasConflict(value, each, interner));
  if (!isFailed || value.level < use.level) return;
  const stack = [value];
  for (let alt = stack.pop(); alt; alt = stack.pop()) {
    const pruned = alt;
    remember(undo, pruned);
    pruned.prune();
    if (pruned.group.outer.leaves.every((leaf) => leaf.isPruned)) return;
    stack.push(
      ...pruned
        .validValues(interner)
        .filter((each) => !hasConflict(pruned, each, interner) && each.level >= pruned.level),
    );
  }
}
