// Converts a term with variables to the shortest equivalent type: a variable is replaced by its bounds, and variables
// without information are removed. After Parreaux's Simple-sub.

import { BASE } from './alts.js';
import {
  type Coalesced,
  type CoalescedFunction,
  coalesced,
  eachPart,
  hasNoDifferences,
  hasNoVariables,
  keyOf,
  mapParts,
  merge,
  NOTHING,
} from './coalesced.js';
import { type Shown, type ShownParameter, shown, textOf } from './shown.js';
import { literalKey, type Named, type Parameter, type Term, type Variable } from './terms.js';
import type { Typer } from './typer.js';

interface Simplified {
  readonly type: Coalesced;
  /** The definitions of recursive variables. */
  readonly recursive: Map<Variable, Coalesced>;
  /** The definitions of aliases, by name and polarity. */
  readonly aliases: ReadonlyMap<string, Coalesced>;
}

export const displayValue = (typer: Typer, term: Term): string => textOf(typeOfValue(typer, term));
export const displayUse = (typer: Typer, term: Term): string => textOf(typeOfUse(typer, term));
export const typeOfValue = (typer: Typer, term: Term): Shown =>
  shownOf(typer, simplify(typer, canonical(typer, term, true), true), true).type;
export const typeOfUse = (typer: Typer, term: Term): Shown =>
  shownOf(typer, simplify(typer, canonical(typer, term, false), false), false).type;
/** A type with the names of its parameters. */
export const schemeOf = (typer: Typer, term: Term): { readonly parameters: readonly string[]; readonly type: Shown } =>
  shownOf(typer, simplify(typer, canonical(typer, term, true), true), true);

type AtPolarity<T> = T & { readonly polarity: boolean };
const aliasKey = (name: string, polarity: boolean): string => `${polarity ? '+' : '-'}${name}`;

function canonical(typer: Typer, term: Term, polarity: boolean): Simplified {
  const recursive = new Map<Variable, Coalesced>();
  const variables = new Map<string, Variable>();
  const named: AtPolarity<Named>[] = [];
  const number = (key: string) => typer.interner.number(key);

  const withBounds = (given: Coalesced, p: boolean, pending: ReadonlySet<string>): Coalesced => {
    if (hasNoVariables(given)) return given;
    typer.step();
    const key = `${p}${keyOf(given, number)}`;
    if (pending.has(key)) {
      let variable = variables.get(key);
      if (!variable) {
        variable = typer.freshVariable(term.span, 0);
        variables.set(key, variable);
      }
      return coalesced({ variables: new Set([variable]) });
    }
    let merged = given;
    for (const variable of given.variables) {
      for (const [bound] of p ? variable.values : variable.uses) {
        if (bound.k !== 'var') merged = merge(merged, coalesce(typer, bound, p, named), p);
      }
    }
    const inner = new Set(pending).add(key);
    const adapted = mapParts(merged, p, (part, q) => withBounds(part, q, inner));
    const variable = variables.get(key);
    if (!variable) return adapted;
    recursive.set(variable, adapted);
    return coalesced({ variables: new Set([variable]) });
  };

  const type = withBounds(coalesce(typer, term, polarity, named), polarity, new Set());
  const aliases = new Map<string, Coalesced>();
  // There may be many aliases, and often it does not matter what they stand for: variables that only occur as the whole
  // type does are removed.
  const isClosed = recursive.size === 0 && !hasVariables(type, polarity, !polarity);
  if (isClosed && hasNoDifferences(type)) return { type, recursive, aliases };
  const coalescedAliases = new Map<string, Coalesced>();
  let next = 0;
  // A loop, since aliases that lead to each other may form a long chain.
  const coalesceAliases = () => {
    for (; next < named.length; next++) {
      const { name, arguments: given, polarity: p } = named[next] as AtPolarity<Named>;
      const { alias, parameters } = typer.shape(name);
      if (!alias || coalescedAliases.has(aliasKey(name, p))) continue;
      const args = new Map(parameters.map((parameter, i) => [parameter, given[i] as Term]));
      coalescedAliases.set(aliasKey(name, p), coalesce(typer, typer.instantiate(alias, 0, args), p, named));
    }
  };
  coalesceAliases();
  // Bounds may add more aliases during this iteration.
  for (const [key, each] of coalescedAliases) {
    aliases.set(key, withBounds(each, polarity, new Set()));
    coalesceAliases();
  }
  return { type, recursive, aliases };
}

/** Whether variables occur in a type, which has the polarity `p`, with the polarity `sought`. */
function hasVariables(type: Coalesced, p: boolean, sought: boolean): boolean {
  if (hasNoVariables(type)) return false;
  let found = p === sought && type.variables.size > 0;
  eachPart(type, p, (part, q) => {
    found ||= hasVariables(part, q, sought);
  });
  return found;
}

/** Coalesces a term; adds the named types in it to `named`. */
function coalesce(typer: Typer, term: Term, p: boolean, named: AtPolarity<Named>[]): Coalesced {
  typer.step();
  const go = (each: Term, q = p) => coalesce(typer, each, q, named);
  const fn = (parameters: readonly Parameter[], variadic: Parameter | undefined, result: Term): CoalescedFunction => ({
    parameters: parameters.map(([name, each]) => [name, go(each, !p)] as const),
    variadic: variadic && [variadic[0], go(variadic[1])],
    result: go(result),
  });
  const functions = (each: CoalescedFunction) =>
    coalesced({ functions: new Map([[`${each.parameters.length}${each.variadic ? '+' : ''}`, each]]) });
  const overloads = (variants: readonly Term[]) => {
    const group = typer.freshGroup(variants.length, false, BASE, 0);
    return coalesced({ overloads: new Map(variants.map((each, i) => [group.alts[i] as never, go(each)] as const)) });
  };
  const joined = (variants: readonly Term[]) => variants.map((each) => go(each)).reduce((a, b) => merge(a, b, p));
  const fields = (given: ReadonlyMap<string, Term>) =>
    new Map([...given].map(([name, each]) => [name, go(each)] as const));

  switch (term.k) {
    case 'lit':
    case 'singleton':
      return coalesced({ literals: new Map([[literalKey(term.literal), term.literal]]) });
    case 'select':
    case 'interface':
      return coalesced({ interface: new Map([[term.field, go(term.result)]]) });
    case 'rec':
      return coalesced({ record: { fields: fields(term.fields), wildcard: undefined } });
    case 'record':
      return coalesced({ record: { fields: fields(term.fields), wildcard: term.wildcard && go(term.wildcard) } });
    case 'tup':
    case 'tuple':
      return coalesced({ tuples: new Map([[term.elements.length, term.elements.map((each) => go(each))]]) });
    case 'proj':
      return coalesced({ projection: [go(term.projection, !p), go(term.result)] });
    case 'func':
    case 'function':
      return functions(fn(term.parameters, term.variadic, term.result));
    case 'apply':
      return functions(
        fn(
          term.arguments.map((each) => [undefined, each] as const),
          undefined,
          term.result,
        ),
      );
    case 'access':
      return coalesced({
        access: fn(
          term.arguments.map((each) => [undefined, each] as const),
          undefined,
          term.result,
        ),
      });
    case 'altIntersection':
    case 'altUnion':
      return coalesced({ overloads: new Map(term.variants.map(([alt, each]) => [alt, go(each)] as const)) });
    case 'intersection':
      return p ? overloads(term.variants) : joined(term.variants);
    case 'union':
      return p ? joined(term.variants) : overloads(term.variants);
    case 'diff':
      return coalesced({ differences: [[go(term.value), go(term.sub)]] });
    case 'diffGuard':
      return coalesced({ differences: [[go(term.use), go(term.sub)]] });
    case 'any':
      return p ? coalesced({ isAny: true }) : NOTHING;
    case 'never':
      return p ? NOTHING : coalesced({ isNever: true });
    case 'skolem':
      return coalesced({ names: new Map([[term.name, true]]) });
    case 'named': {
      named.push({ ...term, polarity: p });
      if (term.arguments.length === 0) return coalesced({ names: new Map([[term.name, false]]) });
      return coalesced({ generics: new Map([[term.name, term.arguments.map((each) => go(each))]]) });
    }
    case 'var': {
      let isPoisoned = false;
      const variables = new Set<Variable>();
      const stack: Variable[] = [term];
      for (let each = stack.pop(); each; each = stack.pop()) {
        if (variables.has(each)) continue;
        variables.add(each);
        isPoisoned ||= each.isPoisoned;
        for (const [bound] of p ? each.values : each.uses) if (bound.k === 'var') stack.push(bound);
      }
      return coalesced({ isPoisoned, variables });
    }
  }
}

/** Everything that occurs together with a variable in all its places, by a key. */
type Beside = ReadonlyMap<string, Variable | undefined>;

function simplify(typer: Typer, { type, recursive: given, aliases }: Simplified, polarity: boolean): Simplified {
  const recursive = new Map(given);
  const all = new Set<Variable>();
  const beside = new Map<string, Beside>();
  const at = (variable: Variable, p: boolean) => `${p}${variable.id}`;

  const besideIn = (each: Coalesced): Beside => {
    const found = new Map<string, Variable | undefined>();
    if (each.isAny) found.set('any', undefined);
    if (each.isNever) found.set('never', undefined);
    for (const variable of each.variables) found.set(`v${variable.id}`, variable);
    for (const key of each.literals.keys()) found.set(`l${key}`, undefined);
    for (const name of each.names.keys()) found.set(`n${name}`, undefined);
    return found;
  };
  const find = (each: Coalesced, p: boolean): void => {
    if (hasNoVariables(each)) return;
    typer.step();
    let here: Beside | undefined;
    for (const variable of each.variables) {
      here ??= besideIn(each);
      const known = beside.get(at(variable, p));
      const common = here;
      beside.set(at(variable, p), known ? new Map([...known].filter(([key]) => common.has(key))) : here);
      const stands = recursive.get(variable);
      const isNew = !all.has(variable);
      all.add(variable);
      if (stands && isNew) find(stands, p);
    }
    eachPart(each, p, find);
  };
  find(type, polarity);
  for (const each of aliases.values()) find(each, polarity);
  if (all.size === 0) return { type, recursive, aliases };

  // The replacements of variables: another variable, or nothing.
  const replaced = new Map<Variable, Variable | undefined>();
  const variables = [...all].sort((a, b) => a.id - b.id);
  for (const each of variables) {
    if (recursive.has(each)) continue;
    if (!beside.has(at(each, true)) || !beside.has(at(each, false))) replaced.set(each, undefined);
  }
  for (const v of variables) {
    if (replaced.has(v)) continue;
    for (const p of [true, false]) {
      for (const [key, w] of beside.get(at(v, p)) ?? []) {
        if (w) {
          const isMutual = beside.get(at(w, p))?.has(`v${v.id}`);
          if (v === w || replaced.has(w) || recursive.has(v) !== recursive.has(w) || !isMutual) continue;
          replaced.set(w, v);
          const stands = recursive.get(w);
          if (stands) {
            recursive.delete(w);
            recursive.set(v, merge(recursive.get(v) as Coalesced, stands, p));
          } else {
            const other = beside.get(at(w, !p));
            const kept = [...(beside.get(at(v, !p)) ?? [])].filter(([each]) => each === `v${v.id}` || other?.has(each));
            beside.set(at(v, !p), new Map(kept));
          }
        } else if (beside.get(at(v, !p))?.has(key)) replaced.set(v, undefined);
      }
    }
  }

  const substituted = (each: Coalesced): Coalesced => {
    if (hasNoVariables(each)) return each;
    const left = new Set<Variable>();
    for (const variable of each.variables) {
      const to = replaced.has(variable) ? replaced.get(variable) : variable;
      if (to) left.add(to);
    }
    return { ...mapParts(each, true, substituted), variables: left };
  };
  return {
    type: substituted(type),
    recursive: new Map([...recursive].map(([variable, each]) => [variable, substituted(each)])),
    aliases: new Map([...aliases].map(([key, each]) => [key, substituted(each)])),
  };
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

function shownOf(
  typer: Typer,
  { type, recursive, aliases }: Simplified,
  polarity: boolean,
): { readonly parameters: readonly string[]; readonly type: Shown } {
  const recursiveNames = new Map<string, { readonly name: string; readonly type: Shown }>();
  /** What aliases stand for, or what it is to be found from. */
  const aliasTypes = new Map<string, Shown | { readonly alias: Coalesced; readonly as: Shown }>();
  const parameterTypes = new Map<Variable, Shown>();
  const parameters = new Set<string>();
  const generated = new Set<string>();
  let used = 0;

  const newName = (): { readonly name: string; readonly type: Shown } => {
    for (;;) {
      const name = (LETTERS[used % LETTERS.length] as string).repeat(Math.floor(used / LETTERS.length) + 1);
      used++;
      if (typer.shapes(name)) continue;
      const id = shown.id(name);
      generated.add(id.key);
      return { name, type: id };
    }
  };
  const noteAlias = (name: string, p: boolean, as: Shown): void => {
    const alias = aliases.get(aliasKey(name, p));
    const key = `${p}${as.key}`;
    if (alias && !aliasTypes.has(key)) aliasTypes.set(key, { alias, as });
  };
  /** What a named type stands for, if it is an alias. */
  const aliasedBy = (type: Shown, p: boolean): Shown | undefined => {
    const key = `${p}${type.key}`;
    const known = aliasTypes.get(key);
    if (!known || 'key' in known) return known;
    aliasTypes.set(key, known.as);
    const found = ofPart(known.alias, p, new Set());
    aliasTypes.set(key, found);
    return found;
  };
  const isRecursive = recursive.size > 0;

  const ofVariable = (variable: Variable, p: boolean, pending: ReadonlySet<string>): Shown => {
    const key = `v${variable.id}`;
    const own = `${p}${key}`;
    if (pending.has(own)) return nameOf(key);
    const stands = recursive.get(variable);
    let result: Shown;
    if (stands) result = ofPart(stands, p, new Set(pending).add(own));
    else {
      result = parameterTypes.get(variable) ?? newName().type;
      parameterTypes.set(variable, result);
    }
    return named(key, result);
  };
  const nameOf = (key: string): Shown => {
    let name = recursiveNames.get(key);
    if (!name) {
      name = newName();
      recursiveNames.set(key, name);
    }
    return name.type;
  };
  const named = (key: string, result: Shown): Shown => {
    const name = recursiveNames.get(key);
    return name ? shown.recursive(name.name, result) : result;
  };

  const ofPart = (part: Coalesced, p: boolean, pending: ReadonlySet<string>): Shown => {
    typer.step();
    if (!isRecursive) return contents(part, p, pending);
    const key = keyOf(part, (each) => typer.interner.number(each));
    const own = `${p}${key}`;
    if (pending.has(own)) return nameOf(key);
    return named(key, contents(part, p, new Set(pending).add(own)));
  };

  const contents = (part: Coalesced, p: boolean, pending: ReadonlySet<string>): Shown => {
    const go = (each: Coalesced, q = p) => ofPart(each, q, pending);
    const found: Shown[] = [];
    const many = (members: readonly Shown[]): Shown =>
      members.length === 1 ? (members[0] as Shown) : shown.many(p ? 'union' : 'intersection', members);
    const consolidated = (members: readonly Shown[]): Shown => {
      const distinct = new Map<string, Shown>();
      let nullMember: Shown | undefined;
      for (const each of members) {
        if (each.k === 'id' && each.name === 'Null') nullMember = each;
        else if (!distinct.has(each.key)) distinct.set(each.key, each);
      }
      if (nullMember) distinct.set(nullMember.key, nullMember);
      const list = [...distinct.values()];
      if (part.isPoisoned) return p ? shown.hole : shown.any;
      if (part.isAny) return many(list.length === 0 || p ? [shown.any, ...list] : list);
      if (part.isNever) return many(list.length === 0 || !p ? [shown.never] : list);
      if (list.length === 0) return p ? shown.never : shown.any;
      return many(list);
    };
    const fn = ({ parameters: given, variadic, result }: CoalescedFunction): Shown => {
      const shownParameters = given.map(([name, each]): ShownParameter => [name, go(each, !p)]);
      const rest: ShownParameter | undefined = variadic && [variadic[0], go(variadic[1], !p)];
      return shown.lambda(shownParameters, rest, go(result));
    };

    for (const variable of part.variables) found.push(ofVariable(variable, p, pending));
    if (part.overloads.size > 0) {
      const variants = new Map<string, Shown>();
      for (const each of part.overloads.values()) {
        const variant = go(each);
        if (!variants.has(variant.key)) variants.set(variant.key, variant);
      }
      found.push(shown.many(p ? 'intersection' : 'union', [...variants.values()]));
    }
    for (const literal of part.literals.values()) found.push(shown.singleton(literal));
    for (const [name, isParameter] of part.names) {
      const id = shown.id(name);
      if (isParameter) parameters.add(name);
      else noteAlias(name, p, id);
      found.push(id);
    }
    for (const [name, args] of part.generics) {
      const inner = args.map((each) => go(each));
      const generic = inner.length === 0 ? shown.id(name) : shown.generic(name, inner);
      noteAlias(name, p, generic);
      found.push(generic);
    }
    for (const each of part.functions.values()) found.push(fn(each));
    if (part.access) found.push(fn(part.access));
    if (part.projection) found.push(shown.projection(go(part.projection[0], !p), go(part.projection[1])));
    if (part.record) {
      const fields = [...part.record.fields].map(([name, each]) => [name, go(each)] as const);
      found.push(shown.object(fields, part.record.wildcard && go(part.record.wildcard)));
    }
    if (part.interface)
      found.push(shown.interface([...part.interface].map(([name, each]) => [name, go(each)] as const)));
    for (const elements of part.tuples.values()) found.push(shown.tuple(elements.map((each) => go(each))));
    for (const [of, sub] of part.differences) {
      const membersOf = (each: Shown) => (each.k === (p ? 'union' : 'intersection') ? each.members : [each]);
      const members = membersOf(go(of));
      const taken = go(sub);
      const takenKeys = new Set(membersOf(taken).map(({ key }) => key));
      const isTaken = (each: Shown): boolean => {
        if ((each.k === 'union' || each.k === 'intersection') && each.members.some(isTaken)) return true;
        return takenKeys.has(each.key);
      };
      let hasParameter = false;
      const left = (each: Shown): readonly Shown[] => {
        if (isTaken(each)) return [];
        const alias = aliasedBy(each, p);
        if (!alias) {
          if (generated.has(each.key)) hasParameter = true;
          return [each];
        }
        const inner = membersOf(alias);
        const rest = inner.flatMap((member) => (alias.key === each.key ? [member] : left(member)));
        const isSame = rest.length === inner.length && rest.every((member, i) => member.key === inner[i]?.key);
        return isSame ? [each] : rest;
      };
      const kept = consolidated(members.flatMap(left));
      if (kept.k !== 'never') found.push(hasParameter ? shown.difference(kept, taken) : kept);
    }
    return consolidated(found);
  };

  const result = ofPart(type, polarity, new Set());
  for (const each of parameterTypes.values()) if (each.k === 'id') parameters.add(each.name);
  return { parameters: [...parameters].sort(), type: result };
}
