// State of one type check: its names, its counters for new variables and groups, and its work so far.
import type { Literal } from '../parse/ast.js';
import type { Span } from '../parse/span.js';
import { type Alt, AltGroup, BASE } from './alts.js';
import { freshen } from './levels.js';
import {
  CheckerFault,
  functionType,
  Interner,
  interfaceType,
  intersection,
  LiteralsMatter,
  levelled,
  literalKey,
  named,
  record,
  type Scheme,
  type Shapes,
  type Term,
  TooManySteps,
  type TypeShape,
  tuple,
  union,
  Variable,
} from './terms.js';

const EMPTY_SHAPE: TypeShape = { parameters: [], fields: new Map() };

/** The maximum number of steps of a check. */
const MAX_STEPS = 400_000;

/** Names within an expression, the innermost first. */
export type Scope = { readonly name: string; readonly scheme: Scheme; readonly outer: Scope } | undefined;

export interface TyperOptions {
  /** Called regularly; may throw to end the check. */
  readonly tick?: () => void;
  /** Keys of literals that stand for others. */
  readonly standIns?: ReadonlySet<string>;
}

export class Typer {
  readonly interner: Interner;
  readonly #standIns: ReadonlySet<string>;
  readonly warnings: { readonly message: string; readonly span: Span }[] = [];
  #variables = 0;
  #groups = 0;
  #steps = 0;

  constructor(
    readonly globals: (name: string) => Scheme | undefined,
    readonly shapes: Shapes,
    readonly operators: ReadonlyMap<string, Scheme>,
    { tick = () => {}, standIns = new Set<string>() }: TyperOptions = {},
  ) {
    this.interner = new Interner(tick);
    this.#standIns = standIns;
  }

  /** Must be called where a check depends on the value of a literal. @throws {LiteralsMatter} if it is a stand-in */
  inspect(literal: Literal): void {
    if (this.#standIns.size > 0 && this.#standIns.has(literalKey(literal))) throw new LiteralsMatter();
  }

  /** Allows as many further steps as to a new check. */
  renew(): void {
    this.#steps = 0;
    this.interner.renew();
  }

  shape(name: string): TypeShape {
    return this.shapes(name) ?? EMPTY_SHAPE;
  }

  /** Counts a step. @throws {TooManySteps} */
  step(count = 1): void {
    this.#steps += count;
    this.interner.tick();
    if (this.#steps > MAX_STEPS) throw new TooManySteps();
  }

  freshVariable(span: Span, level: number): Variable {
    return new Variable(++this.#variables, level, span);
  }

  /** Whether there are any overloads. */
  get hasGroups(): boolean {
    return this.#groups > 0;
  }

  freshGroup(size: number, isExclusive: boolean, container: Alt, variableLevel: number): AltGroup {
    return this.groupAt(size, isExclusive, container, container.level + 1, variableLevel);
  }
  freshInnerGroup(size: number, isExclusive: boolean, outer: Alt, variableLevel: number): AltGroup {
    if (isExclusive && !outer.group.outer.isExclusive) throw new CheckerFault('An exclusive group in one that is not.');
    return this.groupAt(size, isExclusive, outer, outer.level, variableLevel);
  }
  groupAt(size: number, isExclusive: boolean, parent: Alt | undefined, level: number, variableLevel: number): AltGroup {
    this.step(size);
    return new AltGroup(++this.#groups, size, isExclusive, parent, level, variableLevel);
  }

  instantiate(scheme: Scheme, level: number, args?: ReadonlyMap<string, Term>): Term {
    if (scheme.k === 'simple') return scheme.raw;
    if (scheme.k === 'skolemized') return this.#deskolemize(scheme.raw, level, args);
    return freshen(this, scheme.raw, { limit: scheme.level, level, container: BASE, filter: undefined });
  }

  // A type with variables in place of its parameters.
  #deskolemize(type: Term, level: number, args: ReadonlyMap<string, Term> | undefined): Term {
    const known = new Map(args);
    const go = (term: Term): Term => {
      switch (term.k) {
        case 'skolem': {
          let found = known.get(term.name);
          if (!found) {
            found = this.freshVariable(term.span, level);
            known.set(term.name, found);
          }
          return found;
        }
        case 'named':
          return term.arguments.length === 0 ? term : named(term.name, term.arguments.map(go), term.span);
        case 'function':
          return functionType(
            term.parameters.map(([name, each]) => [name, go(each)] as const),
            term.variadic && [term.variadic[0], go(term.variadic[1])],
            go(term.result),
            term.span,
          );
        case 'union':
          return { ...union([], term.span), ...levelled(term.variants.map(go)) };
        case 'intersection':
          return { ...intersection([], term.span), ...levelled(term.variants.map(go)) };
        case 'interface':
          return interfaceType(term.field, go(term.result), term.span);
        case 'record': {
          const fields = new Map([...term.fields].map(([name, each]) => [name, go(each)]));
          return record(fields, term.wildcard && go(term.wildcard), term.span);
        }
        case 'tuple':
          return tuple(term.elements.map(go), term.span);
        default:
          return term;
      }
    };
    return go(type);
  }
}
