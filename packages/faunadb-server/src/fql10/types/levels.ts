// Moving terms between levels of variables: freshening creates new variables for another use of a name, extruding lifts
// them to an outer level.
import { type Alt, BASE, link } from './alts.js';
import {
  access,
  altIntersection,
  altUnion,
  apply,
  type Bound,
  CheckerFault,
  diff,
  diffGuard,
  func,
  functionType,
  interfaceType,
  levelled,
  named,
  type Parameter,
  proj,
  rec,
  record,
  select,
  type Term,
  tup,
  tuple,
  type Variable,
} from './terms.js';
import type { Typer } from './typer.js';

/** Whether a term is used as a value (`true`) or as a use. */
type Polarity = boolean;

/** Replaces each subterm of a term. `alt` maps an overload's alternatives. */
function mapped(
  term: Exclude<Term, Variable>,
  polarity: Polarity,
  go: (term: Term, polarity: Polarity) => Term,
  alt: (alt: Alt, polarity: Polarity) => Alt | undefined,
): Term {
  const parameter = ([name, each]: Parameter, p: Polarity): Parameter => [name, go(each, p)];
  const fields = (given: ReadonlyMap<string, Term>, p: Polarity) =>
    new Map([...given].map(([name, each]) => [name, go(each, p)]));
  const variants = (given: readonly (readonly [Alt, Term])[], p: Polarity) =>
    given.flatMap(([from, each]) => {
      const to = alt(from, p);
      return to ? [[to, go(each, p)] as const] : [];
    });
  switch (term.k) {
    case 'rec':
      return rec(fields(term.fields, true), term.span);
    case 'tup':
      return tup(
        term.elements.map((each) => go(each, true)),
        term.span,
      );
    case 'func':
      return func(
        term.parameters.map((each) => parameter(each, false)),
        term.variadic && parameter(term.variadic, false),
        go(term.result, true),
        term.span,
      );
    case 'altIntersection':
      return altIntersection(variants(term.variants, true));
    case 'diff':
      return diff(go(term.value, true), go(term.sub, true));
    case 'select':
      return select(term.field, go(term.result, false), term.dotSpan, term.span);
    case 'proj':
      return proj(go(term.projection, true), go(term.result, false), term.span);
    case 'apply':
      return apply(
        term.arguments.map((each) => go(each, true)),
        go(term.result, false),
        term.span,
      );
    case 'access':
      return access(
        term.arguments.map((each) => go(each, true)),
        go(term.result, false),
        term.span,
      );
    case 'altUnion':
      return altUnion(variants(term.variants, false));
    case 'diffGuard':
      return diffGuard(go(term.sub, true), go(term.use, false));
    case 'named':
      return named(
        term.name,
        term.arguments.map((each) => go(each, polarity)),
        term.span,
      );
    case 'function':
      return functionType(
        term.parameters.map((each) => parameter(each, !polarity)),
        term.variadic && parameter(term.variadic, !polarity),
        go(term.result, polarity),
        term.span,
      );
    case 'union':
    case 'intersection':
      return { ...term, ...levelled(term.variants.map((each) => go(each, polarity))) };
    case 'record':
      return record(fields(term.fields, polarity), term.wildcard && go(term.wildcard, polarity), term.span);
    case 'interface':
      return interfaceType(term.field, go(term.result, polarity), term.span);
    case 'tuple':
      return tuple(
        term.elements.map((each) => go(each, polarity)),
        term.span,
      );
    default:
      return term;
  }
}

export type AltFilter = ReadonlyMap<string, Alt>;
export const filterKey = (alt: Alt, polarity: Polarity): string => `${polarity ? '+' : '-'}${alt.key}`;

/** A term with new variables for all above a level; with a filter, only the bounds of its alternatives. */
export function freshen(
  typer: Typer,
  term: Term,
  given: {
    readonly limit: number;
    readonly level: number;
    readonly container: Alt;
    readonly filter: AltFilter | undefined;
  },
): Term {
  const { limit, level, container, filter } = given;
  const variables = new Map<Variable, Variable>();
  const alts = new Map<Alt, Alt>();

  const freshAlt = (alt: Alt): Alt => {
    if (alt.group.variableLevel <= limit) return alt;
    const known = alts.get(alt);
    if (known) return known;
    const { group } = alt;
    const parent = group.outerParent === undefined ? container : group.parent && freshAlt(group.parent);
    const fresh = typer.groupAt(group.size, group.isExclusive, parent, group.level, level);
    for (const [i, each] of group.alts.entries()) alts.set(each, fresh.alts[i] as Alt);
    group.alts.forEach((each, i) => {
      const to = fresh.alts[i] as Alt;
      for (const value of each.values) to.addValue(freshAlt(value));
      for (const use of each.uses) to.addUse(freshAlt(use));
    });
    return alts.get(alt) as Alt;
  };
  const altOf = (alt: Alt, polarity: Polarity): Alt | undefined => {
    if (!filter) return freshAlt(alt);
    return filter.get(filterKey(alt, polarity)) ?? (alt.group.variableLevel <= limit ? freshAlt(alt) : undefined);
  };
  const bounds = (from: Bound[], polarity: Polarity): Bound[] =>
    from.flatMap(([each, alt]) => {
      const to = altOf(alt, polarity);
      return to ? [[go(each, polarity), to] as const] : [];
    });

  const go = (each: Term, polarity: Polarity): Term => {
    if (each.level <= limit) return each;
    typer.step();
    if (each.k === 'skolem') throw new CheckerFault('A parameter of a type outside of it.');
    if (each.k !== 'var') return mapped(each, polarity, go, altOf);
    const known = variables.get(each);
    if (known) return known;
    const fresh = typer.freshVariable(each.span, level);
    variables.set(each, fresh);
    const values = bounds(each.values, true);
    fresh.setBounds(values, bounds(each.uses, false));
    fresh.isPoisoned = each.isPoisoned;
    return fresh;
  };
  return go(term, true);
}

/** A term at a lower level. */
export function extrude(typer: Typer, term: Term, polarity: Polarity, level: number): Term {
  const known = new Map<string, Variable>();
  const go = (each: Term, p: Polarity): Term => {
    if (each.k === 'skolem') throw new CheckerFault('A parameter of a type in what is extruded.');
    if (each.level <= level) return each;
    typer.step();
    if (each.k !== 'var') return mapped(each, p, go, (alt) => alt);
    const key = `${p}${each.id}`;
    const found = known.get(key);
    if (found) return found;
    const fresh = typer.freshVariable(each.span, level);
    known.set(key, fresh);
    if (p) {
      each.addUse(fresh, BASE);
      fresh.setBounds(
        each.values.map(([value, alt]) => [go(value, true), alt] as const),
        [],
      );
    } else {
      each.addValue(fresh, BASE);
      fresh.setBounds(
        [],
        each.uses.map(([use, alt]) => [go(use, false), alt] as const),
      );
    }
    fresh.isPoisoned = each.isPoisoned;
    return fresh;
  };
  return go(term, polarity);
}

/** An alternative at a lower level. */
export function extrudeAlt(typer: Typer, alt: Alt, level: number): Alt {
  const { group } = alt;
  if (group.variableLevel <= level) return alt;
  const { outer } = group;
  const key = `${level}/${group.id}`;
  let extruded = outer.state.extruded.get(key);
  if (!extruded) {
    const parent = group.parent && extrudeAlt(typer, group.parent, level);
    extruded = typer.groupAt(group.size, group.isExclusive, parent, group.level, level);
    outer.update({ extruded: new Map(outer.state.extruded).set(key, extruded) });
    for (const [i, from] of group.alts.entries()) {
      const to = extruded.alts[i] as Alt;
      link(from, to);
      link(to, from);
    }
  }
  return extruded.alts[alt.index] as Alt;
}
