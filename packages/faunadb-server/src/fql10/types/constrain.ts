// Checks whether a value fits a use. Unknowns become bounds of variables, and each new bound is checked against those on
// the variable's other side.
import type { Span } from '../parse/span.js';
import { NULL_SPAN } from '../parse/span.js';
import { type Alt, type AltGroup, type AltUndo, BASE, conflict, link } from './alts.js';
import { all, type Check, CheckRun, combos, EMPTY } from './checks.js';
import { extrude, extrudeAlt } from './levels.js';
import type { Mismatch } from './mismatch.js';
import { problemOfAll } from './mismatch.js';
import { anneal, arityOf, freeAlts, hasSkolem } from './overloads.js';
import { problems, type TypeProblem } from './problem.js';
import { displayUse, displayValue } from './simplify.js';
import {
  any,
  apply,
  arrayOf,
  CheckerFault,
  diffGuard,
  functionType,
  isNull,
  isValueOf,
  literalKey,
  type Named,
  named,
  never,
  nullType,
  optional,
  primaryType,
  type Scheme,
  select,
  spanOr,
  stringType,
  type Term,
  TooManySteps,
  type TypeShape,
  union,
  type Variable,
  type VariableState,
} from './terms.js';
import type { Scope, Typer } from './typer.js';

/** The place of a constraint: the level of its variables, the names in scope, its position in the text. */
export interface Site {
  readonly span: Span;
  readonly level: number;
  readonly scope: Scope;
  readonly container?: Alt;
}

/** Makes a value fit a use. @returns the errors; if there are any, nothing has changed */
export function constrain(
  typer: Typer,
  value: Term,
  use: Term,
  { span, level, scope, container = BASE }: Site,
): readonly TypeProblem[] {
  const run = new Constraining(typer, container, level, span);
  run.start(value, use);
  if (!run.check.isFailed) return [];
  run.undo();
  const { mismatches, problems: reported } = run.check.failures;
  if (mismatches.length === 0) return reported;
  const free = freeAlts(typer, scope, BASE);
  const display = {
    value: (term: Term) => displayValue(typer, anneal(typer, term, true, { container, level: 0, free })),
    use: (term: Term) => displayUse(typer, anneal(typer, term, false, { container, level: 0, free })),
  };
  return [...reported, problemOfAll(value, use, span, mismatches, display, typer.interner)];
}

const spanKey = ({ start, end, source }: Span): string => `${start}-${end}${source.name}`;

class Constraining {
  readonly check: CheckRun;
  readonly #variables = new Map<Variable, VariableState>();
  readonly #alts: AltUndo = new Map();
  readonly #seen = new Set<string>();
  readonly #schemes = new Map<string, Term>();
  readonly #groups = new Map<string, AltGroup>();

  constructor(
    readonly typer: Typer,
    readonly container: Alt,
    readonly level: number,
    readonly callSite: Span,
  ) {
    this.check = new CheckRun(typer.interner);
  }

  start(value: Term, use: Term): void {
    const { container } = this;
    let check: Check;
    try {
      check = this.constrain(value, container, use, container);
    } catch (thrown) {
      if (!(thrown instanceof TooManySteps)) throw thrown;
      const reported = [problems.timeLimit(this.callSite)];
      check = { k: 'fail', value, valueAlt: container, use, useAlt: container, problems: reported, mismatches: [] };
    }
    this.check.set(check);
    this.check.run();
  }

  undo(): void {
    for (const [variable, state] of this.#variables) variable.restore(state);
    for (const [group, state] of this.#alts) group.state = state;
  }

  #remember(variable: Variable): void {
    if (!this.#variables.has(variable)) this.#variables.set(variable, variable.save());
  }

  #ok(value: Term, valueAlt: Alt, use: Term, useAlt: Alt): Check {
    // What holds in one alternative does not affect others.
    if (valueAlt === useAlt) return EMPTY;
    link(valueAlt, useAlt, this.#alts);
    return { k: 'ok', value, valueAlt, use, useAlt };
  }

  #fail(value: Term, valueAlt: Alt, use: Term, useAlt: Alt, mismatch: Mismatch): Check {
    if (valueAlt !== useAlt) {
      link(valueAlt, useAlt, this.#alts);
      conflict(valueAlt, useAlt, this.callSite, value, this.#alts, this.typer.interner);
    }
    return { k: 'fail', value, valueAlt, use, useAlt, problems: [], mismatches: [mismatch] };
  }

  #sub(value: Term, valueAlt: Alt, use: Term, useAlt: Alt, inner: Check): Check {
    if (inner.k === 'empty') return this.#ok(value, valueAlt, use, useAlt);
    return { k: 'sub', value, valueAlt, use, useAlt, inner };
  }

  #instantiate(of: Named, shape: TypeShape, scheme: Scheme, valueAlt: Alt, useAlt: Alt, isValue: boolean): Term {
    if (scheme.k === 'simple') return scheme.raw;
    const { interner } = this.typer;
    const key = `${spanKey(of.span)}/${interner.of(scheme.raw)}/${valueAlt.key}/${useAlt.key}/${isValue}`;
    let found = this.#schemes.get(key);
    if (!found) {
      const args = new Map(shape.parameters.map((name, i) => [name, of.arguments[i] as Term]));
      found = this.typer.instantiate(scheme, this.level, args);
      this.#schemes.set(key, found);
    }
    return found;
  }

  #group(variants: readonly Term[], isExclusive: boolean, parent: Alt): AltGroup {
    const { typer } = this;
    const key = variants.map((each) => typer.interner.of(each)).join();
    let group = this.#groups.get(key);
    if (!group) {
      group =
        parent === this.container
          ? typer.freshGroup(variants.length, isExclusive, parent, this.level)
          : typer.freshInnerGroup(variants.length, isExclusive, parent, this.level);
      this.#groups.set(key, group);
    }
    return group;
  }

  #project(value: Term, valueAlt: Alt, use: Term, useAlt: Alt, of: Term, wrap: (term: Term) => Term): Check {
    if (use.k !== 'proj') return EMPTY;
    const { typer, level } = this;
    const from = typer.freshVariable(of.span, level);
    const to = typer.freshVariable(use.result.span, level);
    const checks = [
      this.constrain(of, valueAlt, from, useAlt),
      this.constrain(use.projection, valueAlt, functionType([[undefined, from]], undefined, to, of.span), useAlt),
      this.constrain(wrap(to), valueAlt, use.result, useAlt),
    ];
    this.#variables.delete(from);
    this.#variables.delete(to);
    return this.#sub(value, valueAlt, use, useAlt, all(checks, typer.interner));
  }

  constrain(value: Term, valueAlt: Alt, use: Term, useAlt: Alt): Check {
    const { typer, level, callSite } = this;
    const { interner } = typer;
    typer.step();
    const go = (v: Term, u: Term): Check => this.constrain(v, valueAlt, u, useAlt);
    const ok = () => this.#ok(value, valueAlt, use, useAlt);
    const fail = (mismatch: Mismatch) => this.#fail(value, valueAlt, use, useAlt, mismatch);
    const sub = (inner: Check) => this.#sub(value, valueAlt, use, useAlt, inner);
    const every = (checks: readonly Check[]) => sub(all(checks, interner));

    if (value === use) return ok();
    if (valueAlt !== useAlt && valueAlt.group.outer === useAlt.group.outer) return EMPTY;

    // Variables
    if (value.k === 'var' || use.k === 'var') {
      const key = `${interner.of(value)}@${valueAlt.key}<${interner.of(use)}@${useAlt.key}`;
      if (this.#seen.has(key)) return EMPTY;
      this.#seen.add(key);
      if (use.k === 'var' && value.level <= use.level) {
        if (value.k === 'union')
          return combos(
            value.variants.map((each) => go(each, use)),
            interner,
          );
        const alt = extrudeAlt(typer, valueAlt, use.level);
        this.#remember(use);
        use.addValue(value, alt);
        for (const [each, eachAlt] of use.uses) {
          if (!eachAlt.isPruned) use.addCheck(this.constrain(value, alt, each, eachAlt));
        }
        return { k: 'var', of: use };
      }
      if (value.k === 'var' && use.level <= value.level) {
        if (use.k === 'intersection')
          return combos(
            use.variants.map((each) => go(value, each)),
            interner,
          );
        const alt = extrudeAlt(typer, useAlt, value.level);
        this.#remember(value);
        value.addUse(use, alt);
        for (const [each, eachAlt] of value.values) {
          if (!eachAlt.isPruned) value.addCheck(this.constrain(each, eachAlt, use, alt));
        }
        return { k: 'var', of: value };
      }
      if (use.k === 'var') {
        if (hasSkolem(value)) throw new CheckerFault('A parameter of a type in what is extruded.');
        return go(extrude(typer, value, true, use.level), use);
      }
      if (hasSkolem(use)) {
        const reported = [problems.skolem(displayUse(typer, use), use.span, value.span, callSite)];
        return { k: 'fail', value, valueAlt, use, useAlt, problems: reported, mismatches: [] };
      }
      return go(value, extrude(typer, use, false, value.level));
    }

    // Overloads
    if (value.k === 'union')
      return combos(
        value.variants.map((each) => go(each, use)),
        interner,
      );
    if (use.k === 'intersection')
      return combos(
        use.variants.map((each) => go(value, each)),
        interner,
      );
    if (value.k === 'altIntersection') {
      return combos(
        value.variants.map(([alt, each]) => this.constrain(each, alt, use, useAlt)),
        interner,
      );
    }
    if (value.k === 'intersection') {
      const group = this.#group(value.variants, arityOf(value) > 1, valueAlt);
      const checks = value.variants.map((each, i) => this.constrain(each, group.alts[i] as Alt, use, useAlt));
      this.#alts.delete(group);
      return combos(checks, interner);
    }
    if (use.k === 'altUnion') {
      return combos(
        use.variants.map(([alt, each]) => this.constrain(value, valueAlt, each, alt)),
        interner,
      );
    }
    if (use.k === 'union') {
      const group = this.#group(use.variants, false, useAlt);
      const checks = use.variants.map((each, i) => this.constrain(value, valueAlt, each, group.alts[i] as Alt));
      this.#alts.delete(group);
      return combos(checks, interner);
    }

    // Differences
    if (value.k === 'diff') return sub(go(value.value, diffGuard(value.sub, use)));
    if (use.k === 'diffGuard') {
      const left = this.#without(value, use.sub, valueAlt, useAlt);
      if (left === undefined) return sub(go(value, use.use));
      return every(left.map((each) => go(each, use.use)));
    }

    // Parameters of types
    if (value.k === 'skolem' || use.k === 'skolem') {
      if (value.k === 'skolem' && use.k === 'skolem' && !value.isInvalid && !use.isInvalid) {
        if (value.name === use.name) return ok();
        const span = spanOr(value.span, spanOr(use.span, callSite));
        return fail({ k: 'generic', value, use, span });
      }
      const poisoned = (of: Term & { k: 'skolem' }) => {
        const variable = typer.freshVariable(of.span, of.level);
        variable.isPoisoned = true;
        return variable;
      };
      if (value.k === 'skolem') {
        if (value.isInvalid) return go(poisoned(value), use);
        return fail({ k: 'generic', value, use, span: spanOr(use.span, spanOr(value.span, callSite)) });
      }
      if (use.k === 'skolem') {
        if (use.isInvalid) return go(value, poisoned(use));
        return fail({ k: 'generic', value, use, span: spanOr(value.span, spanOr(use.span, callSite)) });
      }
    }

    // Types with names
    if (value.k === 'named' && use.k === 'named') {
      if (value.name === use.name) {
        return every(
          value.arguments.slice(0, use.arguments.length).map((each, i) => go(each, use.arguments[i] as Term)),
        );
      }
      if (isSubtype(value, use)) return ok();
    }

    // Literals
    if (value.k === 'lit' || value.k === 'singleton') {
      if (use.k === 'named' && isValueOf(value.literal, use.name)) return ok();
      if (use.k === 'singleton') {
        typer.inspect(value.literal);
        if (literalKey(value.literal) === literalKey(use.literal)) return ok();
        const span = spanOr(value.span, spanOr(use.span, callSite));
        return fail({ k: 'notSameLiteral', value, use, span });
      }
      return sub(go(primaryType(value.literal, value.span), use));
    }

    const isTuple = value.k === 'tup' || value.k === 'tuple';
    const isRecord = value.k === 'rec' || value.k === 'record';
    if (isTuple && use.k === 'tuple') {
      if (value.elements.length !== use.elements.length) {
        const [expected, provided] = [use.elements.length, value.elements.length];
        return fail({ k: 'tupleArity', value, span: value.span, expected, provided });
      }
      return every(value.elements.map((each, i) => go(each, use.elements[i] as Term)));
    }
    if (isRecord) {
      const wildcard = value.k === 'record' ? value.wildcard : undefined;
      if (use.k === 'record') {
        const span = spanOr(use.span, spanOr(value.span, callSite));
        const checks: Check[] = [];
        for (const [field, each] of value.fields) {
          const into = use.fields.get(field) ?? use.wildcard;
          checks.push(into ? go(each, into) : fail({ k: 'extraField', value, span, field }));
        }
        const widened = wildcard && widenedWildcard(wildcard);
        for (const [field, each] of use.fields) {
          if (value.fields.has(field)) continue;
          if (widened) checks.push(go(widened, each));
          else if (!mayBeMissing(each)) checks.push(fail({ k: 'missingField', value, dotSpan: callSite, span, field }));
        }
        if (wildcard && use.wildcard) checks.push(go(wildcard, use.wildcard));
        else if (wildcard) checks.push(fail({ k: 'extraWildcard', value, span }));
        return every(checks);
      }
      if (use.k === 'select' || use.k === 'interface') {
        const found = value.fields.get(use.field) ?? (wildcard && widenedWildcard(wildcard));
        if (found) return sub(go(found, use.result));
        const dotSpan = use.k === 'select' ? use.dotSpan : NULL_SPAN;
        return fail({ k: 'missingField', value, dotSpan, span: spanOr(use.span, value.span), field: use.field });
      }
    }
    if (value.k === 'interface' && (use.k === 'select' || use.k === 'interface')) {
      if (value.field === use.field) return sub(go(value.result, use.result));
      const dotSpan = use.k === 'select' ? use.dotSpan : NULL_SPAN;
      return fail({ k: 'missingField', value, dotSpan, span: spanOr(use.span, value.span), field: use.field });
    }
    const shape = value.k === 'named' ? typer.shape(value.name) : undefined;
    if (value.k === 'named' && shape && (use.k === 'select' || use.k === 'interface')) {
      const scheme = shape.fields.get(use.field);
      if (scheme) return sub(go(this.#instantiate(value, shape, scheme, valueAlt, useAlt, true), use.result));
    }

    // Calls
    if (use.k === 'apply' || use.k === 'function') {
      const args = use.k === 'apply' ? use.arguments : use.parameters.map(([, each]) => each);
      if (value.k === 'func' || value.k === 'function') {
        const { parameters, variadic } = value;
        if (variadic ? parameters.length > args.length : parameters.length !== args.length) {
          const span = spanOr(use.span, callSite);
          return fail({ k: 'arity', value, span, expected: parameters.length, provided: args.length });
        }
        const checks = args.map((each, i) =>
          this.constrain(each, useAlt, (parameters[i] ?? variadic)?.[1] as Term, valueAlt),
        );
        checks.push(go(value.result, use.result));
        return every(checks);
      }
      if (value.k === 'named' && shape?.apply) {
        return sub(go(this.#instantiate(value, shape, shape.apply, valueAlt, useAlt, true), use));
      }
    }

    // Access by []
    if (use.k === 'access') {
      const [argument] = use.arguments;
      const key =
        use.arguments.length === 1 && (argument?.k === 'lit' || argument?.k === 'singleton') ? argument : undefined;
      if (isRecord && key?.literal.kind === 'string') {
        return sub(go(value, select(key.literal.value, use.result, use.span, key.span)));
      }
      if (isTuple && key?.literal.kind === 'integer') {
        const index = key.literal.value;
        const { length } = value.elements;
        if (index < 0n) return fail({ k: 'tupleIndex', value, span: key.span, size: length, index });
        const element = value.elements[Number(index)];
        return sub(go(element ?? never(value.span), use.result));
      }
      if (isRecord) {
        if (use.arguments.length !== 1) {
          return fail({ k: 'arity', value, span: use.span, expected: 1, provided: use.arguments.length });
        }
        const checks = [this.constrain(argument as Term, useAlt, stringType(), valueAlt)];
        for (const each of value.fields.values()) checks.push(go(each, use.result));
        if (value.k === 'record' && value.wildcard) checks.push(go(value.wildcard, use.result));
        checks.push(go(nullType(value.span), use.result));
        return every(checks);
      }
      if (value.k === 'named' && shape?.access) {
        const found = this.#instantiate(value, shape, shape.access, valueAlt, useAlt, true);
        return sub(go(found, apply(use.arguments, use.result, use.span)));
      }
    }

    // Projections
    if (use.k === 'proj') {
      const through = (of: Term, wrap: (term: Term) => Term) => this.#project(value, valueAlt, use, useAlt, of, wrap);
      if (isRecord || value.k === 'interface') return through(value, (each) => each);
      if (value.k === 'named') {
        const { name, span } = value;
        const [element] = value.arguments;
        if (element && (name === 'Array' || name === 'Set' || name === 'EventSource')) {
          return through(element, (each) => named(name, [each], span));
        }
        if (element && (name === 'Ref' || name === 'NamedRef')) return through(element, optional);
        if (element && (name === 'EmptyRef' || name === 'EmptyNamedRef')) return through(element, () => nullType());
        const alias = shape?.alias;
        if (isNull(value) || (alias?.k === 'simple' && isNull(alias.raw))) {
          return through(typer.freshVariable(span, level), () => nullType());
        }
        return through(value, (each) => each);
      }
    }

    // What is any
    if (value.k === 'any') {
      switch (use.k) {
        case 'apply':
        case 'function':
        case 'access':
        case 'select':
        case 'interface':
          return go(any(value.span), use.result);
        case 'named':
          return every(use.arguments.map((each) => go(any(value.span), each)));
        default:
          return ok();
      }
    }
    if (use.k === 'any') return ok();
    if (value.k === 'never') return ok();

    // A tuple as an array
    const takesArray =
      use.k === 'proj' ||
      use.k === 'select' ||
      use.k === 'interface' ||
      use.k === 'access' ||
      (use.k === 'named' && use.name === 'Array');
    if (isTuple && takesArray) {
      const element = typer.freshVariable(value.span, level);
      const checks = value.elements.map((each) => go(each, element));
      checks.push(go(arrayOf(element, value.span), use));
      this.#variables.delete(element);
      return every(checks);
    }

    // Other names
    if (value.k === 'named' && shape?.alias) {
      const inner = go(this.#instantiate(value, shape, shape.alias, valueAlt, useAlt, true), use);
      return inner.k === 'empty' ? EMPTY : { k: 'alias', value, valueAlt, inner };
    }
    if (use.k === 'named') {
      const of = typer.shape(use.name);
      if (of.alias) return sub(go(value, this.#instantiate(use, of, of.alias, valueAlt, useAlt, false)));
    }

    // What does not fit
    switch (use.k) {
      case 'apply':
      case 'function':
        return fail({ k: 'notFunction', value, span: spanOr(value.span, callSite), argumentsSpan: use.span });
      case 'access':
        return fail({ k: 'cannotAccess', value, span: use.span });
      case 'select':
      case 'interface': {
        const dotSpan = use.k === 'select' ? use.dotSpan : NULL_SPAN;
        return fail({ k: 'missingField', value, dotSpan, span: use.span, field: use.field });
      }
      case 'proj':
        return fail({ k: 'cannotProject', value, span: value.span });
      default:
        return fail({ k: 'notSubtype', value, use, span: spanOr(value.span, callSite) });
    }
  }

  // The parts of a value without those of a type; `undefined` if nothing is removed.
  #without(value: Term, sub: Term, valueAlt: Alt, useAlt: Alt): readonly Term[] | undefined {
    if (value.k === 'named' && sub.k === 'named' && this.typer.interner.of(value) === this.typer.interner.of(sub))
      return [];
    if (value.k === 'var') throw new CheckerFault('A variable in a difference.');
    if (value.k === 'named') {
      const shape = this.typer.shape(value.name);
      if (!shape.alias) return undefined;
      return this.#without(this.#instantiate(value, shape, shape.alias, valueAlt, useAlt, true), sub, valueAlt, useAlt);
    }
    if (value.k === 'intersection') {
      const isGone = value.variants.every((each) => this.#without(each, sub, valueAlt, useAlt)?.length === 0);
      return isGone ? [] : undefined;
    }
    if (value.k !== 'union') return undefined;
    let isLess = false;
    const left = value.variants.flatMap((each) => {
      const rest = this.#without(each, sub, valueAlt, useAlt);
      if (rest === undefined) return [each];
      isLess = true;
      return rest;
    });
    return isLess ? left : undefined;
  }
}

const FLOATING = new Set(['Double', 'Float']);
const isSubtype = ({ name: value }: Named, { name: use }: Named): boolean =>
  (use === 'Number' && (value === 'Int' || value === 'Long' || value === 'Double')) ||
  (use === 'Long' && value === 'Int') ||
  (FLOATING.has(value) && FLOATING.has(use));

// A field of a wildcard may be missing.
function widenedWildcard(wildcard: Term): Term {
  if (wildcard.k === 'any' || wildcard.k === 'never' || isNull(wildcard)) return wildcard;
  return wildcard.k === 'union' ? union([...wildcard.variants, nullType()], wildcard.span) : optional(wildcard);
}

const mayBeMissing = (use: Term): boolean => isNull(use) || (use.k === 'union' && use.variants.some(mayBeMissing));
