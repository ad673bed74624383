// Simplifies overloads after an expression is typed: combines its alternatives in one group.
import { Alt, type AltGroup, BASE, distinctPaths, distinctSets, hashOfAlts, link, type Path } from './alts.js';
import { hashOfPair, inSetOrder, inTrieOrder } from './hash-order.js';
import { type AltFilter, filterKey, freshen } from './levels.js';
import { altIntersection, altUnion, type Parameter, type Proj, type Term, type Variable } from './terms.js';
import type { Scope, Typer } from './typer.js';

/** Calls `visit` for each subterm of a term, with its polarity; `visit` must descend into variables itself. */
function walk(term: Term, polarity: boolean, visit: (term: Term, polarity: boolean) => void): void {
  const parameters = (given: readonly Parameter[], p: boolean) => {
    for (const [, each] of given) visit(each, p);
  };
  switch (term.k) {
    case 'rec':
      for (const each of term.fields.values()) visit(each, polarity);
      return;
    case 'record':
      for (const each of term.fields.values()) visit(each, polarity);
      if (term.wildcard) visit(term.wildcard, polarity);
      return;
    case 'select':
    case 'interface':
      visit(term.result, polarity);
      return;
    case 'proj':
      visit(term.projection, !polarity);
      visit(term.result, polarity);
      return;
    case 'tup':
    case 'tuple':
      for (const each of term.elements) visit(each, polarity);
      return;
    case 'func':
    case 'function':
      parameters(term.parameters, !polarity);
      if (term.variadic) visit(term.variadic[1], !polarity);
      visit(term.result, polarity);
      return;
    case 'apply':
    case 'access':
      for (const each of term.arguments) visit(each, !polarity);
      visit(term.result, polarity);
      return;
    case 'named':
      for (const each of term.arguments) visit(each, polarity);
      return;
    case 'altIntersection':
    case 'altUnion':
      for (const [, each] of term.variants) visit(each, polarity);
      return;
    case 'union':
    case 'intersection':
      for (const each of term.variants) visit(each, polarity);
      return;
    case 'diff':
      visit(term.value, polarity);
      visit(term.sub, polarity);
      return;
    case 'diffGuard':
      visit(term.sub, polarity);
      visit(term.use, polarity);
      return;
    default:
      return;
  }
}

/** Whether a term contains a type parameter. */
export function hasSkolem(term: Term): boolean {
  let found = false;
  const visit = (each: Term): void => {
    if (found) return;
    if (each.k === 'skolem') found = true;
    else walk(each, true, visit);
  };
  visit(term);
  return found;
}

/** The alternatives of a term, as values and as uses. */
export function altsOf(
  term: Term,
  polarity: boolean,
  container: Alt,
): { readonly values: Set<Alt>; readonly uses: Set<Alt> } {
  const values = new Set<Alt>();
  const uses = new Set<Alt>();
  const seen = new Set<Variable>();
  const visit = (each: Term, p: boolean): void => {
    if (each.k === 'var') {
      if (seen.has(each)) return;
      seen.add(each);
      const into = p ? values : uses;
      for (const [bound, alt] of p ? each.values : each.uses) {
        into.add(alt);
        visit(bound, p);
      }
      return;
    }
    if (each.k === 'altIntersection') for (const [alt] of each.variants) values.add(alt);
    if (each.k === 'altUnion') for (const [alt] of each.variants) uses.add(alt);
    walk(each, p, visit);
  };
  visit(term, polarity);
  const above = (alts: Set<Alt>) => new Set([...alts].filter(({ level }) => level > container.level));
  return { values: above(values), uses: above(uses) };
}

/** The maximum number of parameters of a term, including those of the functions it returns. */
export function arityOf(term: Term): number {
  const seen = new Set<Variable>();
  const go = (each: Term, p: boolean): number => {
    const most = (terms: Iterable<Term>) => {
      let result = 0;
      for (const inner of terms) result = Math.max(result, go(inner, p));
      return result;
    };
    switch (each.k) {
      case 'var':
        if (seen.has(each)) return 0;
        seen.add(each);
        return most((p ? each.values : each.uses).map(([bound]) => bound));
      case 'rec':
        return most(each.fields.values());
      case 'record':
        return Math.max(most(each.fields.values()), each.wildcard ? go(each.wildcard, p) : 0);
      case 'select':
      case 'interface':
        return go(each.result, p);
      case 'proj':
        return 1 + go(each.result, p);
      case 'tup':
      case 'tuple':
        return most(each.elements);
      case 'func':
      case 'function':
        return each.parameters.length + go(each.result, p);
      case 'apply':
      case 'access':
        return each.arguments.length + go(each.result, p);
      case 'altIntersection':
      case 'altUnion':
        return most(each.variants.map(([, inner]) => inner));
      case 'union':
      case 'intersection':
        return most(each.variants);
      case 'diff':
        return go(each.value, p);
      case 'diffGuard':
        return go(each.use, p);
      default:
        return 0;
    }
  };
  return go(term, true);
}

/** The projections of values of unknown type. */
export function projectionsOf(term: Term): Proj[] {
  const found: Proj[] = [];
  const seen = new Set<Variable>();
  const visit = (each: Term, p: boolean): void => {
    if (each.k === 'var') {
      if (seen.has(each)) return;
      seen.add(each);
      for (const [bound] of p ? each.values : each.uses) visit(bound, p);
      return;
    }
    if (each.k === 'proj') found.push(each);
    walk(each, p, visit);
  };
  visit(term, true);
  return found;
}

/** The alternatives of the variables in scope. */
export function freeAlts(typer: Typer, scope: Scope, container: Alt): Set<Alt> {
  const free = new Set<Alt>();
  if (!typer.hasGroups) return free;
  const seen = new Set<string>();
  for (let at = scope; at; at = at.outer) {
    if (seen.has(at.name)) continue;
    seen.add(at.name);
    const { values, uses } = altsOf(at.scheme.raw, false, container);
    for (const alt of values) free.add(alt);
    for (const alt of uses) free.add(alt);
  }
  return free;
}

/** Sets of alternatives; any of them suffices. */
type OrSet = readonly ReadonlySet<Alt>[];
const joined = (a: ReadonlySet<Alt>, b: ReadonlySet<Alt>): Set<Alt> => new Set([...a, ...b]);

// The smallest sets that contain one element of each given set.
function minimal(sets: Iterable<OrSet>): ReadonlySet<Alt>[] {
  let smallest: ReadonlySet<Alt>[] = [];
  for (const alternatives of sets) {
    if (alternatives.length === 0) continue;
    smallest =
      smallest.length === 0
        ? [...alternatives]
        : smallest.flatMap((set) => alternatives.map((each) => joined(set, each)));
    const size = Math.min(...smallest.map((set) => set.size));
    smallest = distinctSets(smallest.filter((set) => set.size === size));
  }
  return smallest;
}

function unified(paths: readonly Path[]): { readonly needs: Map<Alt, OrSet>; readonly base: ReadonlySet<Alt> } {
  const direct = new Map<AltGroup, ReadonlySet<Alt>[]>();
  for (const { from, to } of paths) {
    if (from instanceof Alt) continue;
    const known = direct.get(from);
    if (known) known.push(to);
    else direct.set(from, [to]);
  }
  const bases = minimal(inTrieOrder([...direct], ([group]) => group.id).map(([, sets]) => distinctSets(sets)));
  const needs = new Map<Alt, ReadonlySet<Alt>[]>();
  for (const { from, to } of paths) {
    if (!(from instanceof Alt)) continue;
    const sets = bases.map((base) => joined(base, to));
    const set = sets.reduce((a, b) => (b.size < a.size ? b : a), sets[0] ?? to);
    const known = needs.get(from);
    if (known) known.push(set);
    else needs.set(from, [set]);
  }
  const inOrder = inTrieOrder([...needs], ([{ hash }]) => hash);
  return {
    needs: new Map(inOrder.map(([alt, sets]) => [alt, distinctSets(sets)])),
    base: bases[0] ?? new Set(),
  };
}

/** A term whose alternatives are those of a single group. */
export function anneal(
  typer: Typer,
  term: Term,
  polarity: boolean,
  { container = BASE, level, free }: { container?: Alt; level: number; free: ReadonlySet<Alt> },
): Term {
  if (!typer.hasGroups) return term;
  const { values, uses } = altsOf(term, polarity, container);
  const outs = polarity ? values : uses;
  const inputs = [...(polarity ? uses : values)];
  if (outs.size === 0) return term;

  const { interner } = typer;
  const groups = new Set([...outs].map((alt) => alt.group.outer));
  const paths = distinctPaths([...groups].flatMap((group) => group.valuePaths(interner)));
  const { needs, base } = unified(paths);
  const freeNeeds = new Map<Alt, Set<Alt>>();
  for (const [alt, sets] of needs) {
    if (!free.has(alt)) continue;
    for (const set of sets) for (const each of set) freeNeeds.set(each, new Set(freeNeeds.get(each)).add(alt));
  }

  let valid: (readonly [ReadonlySet<Alt>, ReadonlySet<Alt>])[];
  if (inputs.length === 0 && base.size > 0) valid = [[base, new Set([container])]];
  else {
    const active = inputs.length > 0 ? inputs : [...needs.keys()];
    const byGroup = new Map<AltGroup, Alt[]>();
    for (const alt of active) {
      const { outer } = alt.group;
      const known = byGroup.get(outer);
      if (known) known.push(alt);
      else byGroup.set(outer, [alt]);
    }
    let combinations: readonly ReadonlySet<Alt>[] = [new Set()];
    for (const [, alts] of inTrieOrder([...byGroup], ([{ id }]) => id)) {
      typer.step(combinations.length * alts.length);
      const inOrder = inputs.length > 0 ? alts : inSetOrder(alts, ({ hash }) => hash);
      const all = combinations.flatMap((set) => inOrder.map((alt) => joined(set, new Set([alt]))));
      combinations = inSetOrder(distinctSets(all), hashOfAlts);
    }
    valid = combinations.flatMap((combination) => {
      typer.step();
      const all = minimal([...combination].map((alt) => needs.get(alt) ?? [base]))[0] ?? new Set<Alt>();
      const counts = new Map<AltGroup, number>();
      for (const alt of all) counts.set(alt.group.outer, (counts.get(alt.group.outer) ?? 0) + 1);
      const isForbidden = [...counts].some(([group, count]) => group.isExclusive && count > 1);
      return isForbidden ? [] : [[all, combination] as const];
    });
    valid = [...inSetOrder(valid, ([all, combination]) => hashOfPair(hashOfAlts(all), hashOfAlts(combination)))];
    if (inputs.length === 0) {
      const sets = inSetOrder(distinctSets(valid.map(([set]) => set)), hashOfAlts);
      const isPart = (part: ReadonlySet<Alt>, of: ReadonlySet<Alt>) => [...part].every((alt) => of.has(alt));
      valid = sets
        .filter((set) => !sets.some((other) => other !== set && isPart(other, set)))
        .map((set) => [set, set] as const);
    }
  }

  const filterOf = ([outer, inner]: readonly [ReadonlySet<Alt>, ReadonlySet<Alt>], to: Alt): AltFilter => {
    const filter = new Map<string, Alt>();
    for (const alt of outer) for (const each of alt.lineage) filter.set(filterKey(each, polarity), to);
    for (const alt of inner) for (const each of alt.lineage) filter.set(filterKey(each, !polarity), to);
    return filter;
  };
  const fresh = (filter: AltFilter) => freshen(typer, term, { limit: level - 1, level, container, filter });
  if (valid.length === 1) return fresh(filterOf(valid[0] as (typeof valid)[0], container));
  const group = typer.freshGroup(valid.length, arityOf(term) > 1, container, level);
  const variants = valid.map((sets, i) => {
    const to = group.alts[i] as Alt;
    for (const alt of new Set([...sets[0]].flatMap((each) => each.lineage))) {
      for (const each of freeNeeds.get(alt) ?? []) {
        if (polarity) link(each, to);
        else link(to, each);
      }
    }
    return [to, fresh(filterOf(sets, to))] as const;
  });
  return polarity ? altIntersection(variants) : altUnion(variants);
}
