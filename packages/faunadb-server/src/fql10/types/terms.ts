// The terms of types during a check. A term used as a value says what an expression may be; one used as a use says what is
// required of it. Types are terms that can be both. See Parreaux, "The simple essence of algebraic subtyping", for
// variables with bounds and levels; alts.ts describes overloads.
import type { Literal } from '../parse/ast.js';
import { NULL_SPAN, type Span } from '../parse/span.js';
import type { Alt } from './alts.js';
import type { Check } from './checks.js';

/** A parameter, optionally named. */
export type Parameter = readonly [name: string | undefined, type: Term];

interface Base {
  /** The highest level of the variables inside. */
  readonly level: number;
  readonly span: Span;
}

// Values only
export interface Lit extends Base {
  readonly k: 'lit';
  readonly literal: Literal;
}
export interface Rec extends Base {
  readonly k: 'rec';
  readonly fields: ReadonlyMap<string, Term>;
}
export interface Tup extends Base {
  readonly k: 'tup';
  readonly elements: readonly Term[];
}
export interface Func extends Base {
  readonly k: 'func';
  readonly parameters: readonly Parameter[];
  readonly variadic: Parameter | undefined;
  readonly result: Term;
}
/** A value that is all of these, one for each alternative of an overload. */
export interface AltIntersection extends Base {
  readonly k: 'altIntersection';
  readonly variants: readonly (readonly [Alt, Term])[];
}
/** A value minus `sub`. */
export interface Diff extends Base {
  readonly k: 'diff';
  readonly value: Term;
  readonly sub: Term;
}
export type ValueOnly = Lit | Rec | Tup | Func | AltIntersection | Diff;

// Uses only
/** A value must have a field. */
export interface Select extends Base {
  readonly k: 'select';
  readonly field: string;
  readonly result: Term;
  readonly dotSpan: Span;
}
export interface Proj extends Base {
  readonly k: 'proj';
  readonly projection: Term;
  readonly result: Term;
}
export interface Apply extends Base {
  readonly k: 'apply';
  readonly arguments: readonly Term[];
  readonly result: Term;
}
export interface Access extends Base {
  readonly k: 'access';
  readonly arguments: readonly Term[];
  readonly result: Term;
}
export interface AltUnion extends Base {
  readonly k: 'altUnion';
  readonly variants: readonly (readonly [Alt, Term])[];
}
/** A use of a value minus `sub`. */
export interface DiffGuard extends Base {
  readonly k: 'diffGuard';
  readonly sub: Term;
  readonly use: Term;
}
export type UseOnly = Select | Proj | Apply | Access | AltUnion | DiffGuard;

// Types
export interface Skolem extends Base {
  readonly k: 'skolem';
  readonly name: string;
  isInvalid: boolean;
}
export interface AnyType extends Base {
  readonly k: 'any';
}
export interface NeverType extends Base {
  readonly k: 'never';
}
export interface Singleton extends Base {
  readonly k: 'singleton';
  readonly literal: Literal;
}
export interface Named extends Base {
  readonly k: 'named';
  readonly name: string;
  readonly arguments: readonly Term[];
}
export interface RecordType extends Base {
  readonly k: 'record';
  readonly fields: ReadonlyMap<string, Term>;
  readonly wildcard: Term | undefined;
}
export interface InterfaceType extends Base {
  readonly k: 'interface';
  readonly field: string;
  readonly result: Term;
}
export interface TupleType extends Base {
  readonly k: 'tuple';
  readonly elements: readonly Term[];
}
export interface FunctionType extends Base {
  readonly k: 'function';
  readonly parameters: readonly Parameter[];
  readonly variadic: Parameter | undefined;
  readonly result: Term;
}
export interface UnionType extends Base {
  readonly k: 'union';
  readonly variants: readonly Term[];
}
export interface IntersectionType extends Base {
  readonly k: 'intersection';
  readonly variants: readonly Term[];
}

export type Type =
  | Variable
  | Skolem
  | AnyType
  | NeverType
  | Singleton
  | Named
  | RecordType
  | InterfaceType
  | TupleType
  | FunctionType
  | UnionType
  | IntersectionType;
export type Term = Type | ValueOnly | UseOnly;

/** A bound of a variable, and the alternative that it belongs to. */
export type Bound = readonly [Term, Alt];

interface VariableState {
  readonly values: Bound[];
  readonly valueCount: number;
  readonly uses: Bound[];
  readonly useCount: number;
  readonly checks: Check[];
  readonly checkCount: number;
}

/** An inferred type: its lower bounds are values, its upper bounds uses. */
export class Variable {
  readonly k = 'var';
  /** Bounds are only added, so that an earlier state can be restored by their number. */
  #values: Bound[] = [];
  #uses: Bound[] = [];
  #checks: Check[] = [];
  isPoisoned = false;

  constructor(
    readonly id: number,
    readonly level: number,
    public span: Span,
  ) {}

  get values(): Bound[] {
    return this.#values.filter(isLive);
  }
  get uses(): Bound[] {
    return this.#uses.filter(isLive);
  }
  /** The checks that involve this variable. */
  get checks(): readonly Check[] {
    return this.#checks;
  }
  setBounds(values: Bound[], uses: Bound[]): void {
    this.#values = values;
    this.#uses = uses;
  }
  addValue(value: Term, alt: Alt): void {
    this.#values.push([value, alt]);
  }
  addUse(use: Term, alt: Alt): void {
    this.#uses.push([use, alt]);
  }
  addCheck(check: Check): void {
    if (check.k !== 'empty') this.#checks.push(check);
  }
  setChecks(checks: Check[]): void {
    this.#checks = checks;
  }
  save(): VariableState {
    return {
      values: this.#values,
      valueCount: this.#values.length,
      uses: this.#uses,
      useCount: this.#uses.length,
      checks: this.#checks,
      checkCount: this.#checks.length,
    };
  }
  restore(state: VariableState): void {
    this.#values = state.values;
    this.#values.length = state.valueCount;
    this.#uses = state.uses;
    this.#uses.length = state.useCount;
    this.#checks = state.checks;
    this.#checks.length = state.checkCount;
  }
}
export type { VariableState };

const isLive = ([, alt]: Bound): boolean => !alt.isPruned;

/** A type with its parameters: none, those of a higher level, or named ones. */
export type Scheme =
  | { readonly k: 'simple'; readonly raw: Term }
  | { readonly k: 'polymorphic'; readonly raw: Term; readonly level: number }
  | { readonly k: 'skolemized'; readonly raw: Term };

/** The definition of a named type. */
export interface TypeShape {
  /** The names of its parameters. */
  readonly parameters: readonly string[];
  readonly fields: ReadonlyMap<string, Scheme>;
  readonly apply?: Scheme | undefined;
  readonly access?: Scheme | undefined;
  /** The type that it is an alias of. */
  readonly alias?: Scheme | undefined;
  readonly isPersistable?: boolean;
  /** Whether it is the type of a collection's documents, or of references to missing ones. */
  readonly document?: { readonly kind: 'document' | 'missing'; readonly collection: string } | undefined;
}

export type Shapes = (name: string) => TypeShape | undefined;

export const simple = (raw: Term): Scheme => ({ k: 'simple', raw });

const highest = (terms: readonly Term[], from = 0): number => {
  let level = from;
  for (const term of terms) if (term.level > level) level = term.level;
  return level;
};
const highestField = (fields: ReadonlyMap<string, Term>): number => {
  let level = 0;
  for (const term of fields.values()) if (term.level > level) level = term.level;
  return level;
};
const highestParameter = (parameters: readonly Parameter[], from: number): number => {
  let level = from;
  for (const [, term] of parameters) if (term.level > level) level = term.level;
  return level;
};
const highestVariant = (variants: readonly (readonly [Alt, Term])[]): number => {
  let level = 0;
  for (const [alt, term] of variants) level = Math.max(level, alt.group.variableLevel, term.level);
  return level;
};

export const lit = (literal: Literal, span: Span): Lit => ({ k: 'lit', literal, span, level: 0 });
export const rec = (fields: ReadonlyMap<string, Term>, span: Span): Rec => ({
  k: 'rec',
  fields,
  span,
  level: highestField(fields),
});
export const tup = (elements: readonly Term[], span: Span): Tup => ({
  k: 'tup',
  elements,
  span,
  level: highest(elements),
});
export const func = (
  parameters: readonly Parameter[],
  variadic: Parameter | undefined,
  result: Term,
  span: Span,
): Func => ({ k: 'func', parameters, variadic, result, span, level: highestParameter(parameters, result.level) });
export const altIntersection = (variants: readonly (readonly [Alt, Term])[]): AltIntersection => ({
  k: 'altIntersection',
  variants,
  span: NULL_SPAN,
  level: highestVariant(variants),
});
export const diff = (value: Term, sub: Term): Diff => ({
  k: 'diff',
  value,
  sub,
  span: NULL_SPAN,
  level: Math.max(value.level, sub.level),
});
export const select = (field: string, result: Term, dotSpan: Span, span: Span): Select => ({
  k: 'select',
  field,
  result,
  dotSpan,
  span,
  level: result.level,
});
export const proj = (projection: Term, result: Term, span: Span): Proj => ({
  k: 'proj',
  projection,
  result,
  span,
  level: Math.max(projection.level, result.level),
});
export const apply = (args: readonly Term[], result: Term, span: Span): Apply => ({
  k: 'apply',
  arguments: args,
  result,
  span,
  level: highest(args, result.level),
});
export const access = (args: readonly Term[], result: Term, span: Span): Access => ({
  k: 'access',
  arguments: args,
  result,
  span,
  level: highest(args, result.level),
});
export const altUnion = (variants: readonly (readonly [Alt, Term])[]): AltUnion => ({
  k: 'altUnion',
  variants,
  span: NULL_SPAN,
  level: highestVariant(variants),
});
export const diffGuard = (sub: Term, use: Term): DiffGuard => ({
  k: 'diffGuard',
  sub,
  use,
  span: NULL_SPAN,
  level: Math.max(sub.level, use.level),
});

export const skolem = (name: string, level: number, span: Span = NULL_SPAN): Skolem => ({
  k: 'skolem',
  name,
  level,
  span,
  isInvalid: false,
});
export const any = (span: Span = NULL_SPAN): AnyType => ({ k: 'any', span, level: 0 });
export const never = (span: Span = NULL_SPAN): NeverType => ({ k: 'never', span, level: 0 });
export const singleton = (literal: Literal, span: Span = NULL_SPAN): Singleton => ({
  k: 'singleton',
  literal,
  span,
  level: 0,
});
export const named = (name: string, args: readonly Term[] = [], span: Span = NULL_SPAN): Named => ({
  k: 'named',
  name,
  arguments: args,
  span,
  level: highest(args),
});
export const record = (
  fields: ReadonlyMap<string, Term>,
  wildcard: Term | undefined = undefined,
  span: Span = NULL_SPAN,
): RecordType => ({
  k: 'record',
  fields,
  wildcard,
  span,
  level: Math.max(highestField(fields), wildcard?.level ?? 0),
});
export const interfaceType = (field: string, result: Term, span: Span = NULL_SPAN): InterfaceType => ({
  k: 'interface',
  field,
  result,
  span,
  level: result.level,
});
export const tuple = (elements: readonly Term[], span: Span = NULL_SPAN): TupleType => ({
  k: 'tuple',
  elements,
  span,
  level: highest(elements),
});
export const functionType = (
  parameters: readonly Parameter[],
  variadic: Parameter | undefined,
  result: Term,
  span: Span = NULL_SPAN,
): FunctionType => ({
  k: 'function',
  parameters,
  variadic,
  result,
  span,
  level: highestParameter(parameters, result.level),
});
export function union(variants: readonly Term[], span: Span = NULL_SPAN): UnionType {
  const flat = variants.flatMap((each) => (each.k === 'union' ? each.variants : [each]));
  return { k: 'union', variants: flat, span, level: highest(flat) };
}
export function intersection(variants: readonly Term[], span: Span = NULL_SPAN): IntersectionType {
  const flat = variants.flatMap((each) => (each.k === 'intersection' ? each.variants : [each]));
  return { k: 'intersection', variants: flat, span, level: highest(flat) };
}

export const nullType = (span: Span = NULL_SPAN): Named => named('Null', [], span);
export const booleanType = (span: Span = NULL_SPAN): Named => named('Boolean', [], span);
export const stringType = (span: Span = NULL_SPAN): Named => named('String', [], span);
export const arrayOf = (element: Term, span: Span = NULL_SPAN): Named => named('Array', [element], span);
export const optional = (type: Term): UnionType => union([type, nullType()]);

export const isNullSpan = (span: Span): boolean => span.source === NULL_SPAN.source;
export const spanOr = (span: Span, other: Span): Span => (isNullSpan(span) ? other : span);

/** The same term at another position. Terms without a position stay as they are. */
export function move(term: Term, span: Span): Term {
  switch (term.k) {
    case 'var':
      term.span = span;
      return term;
    case 'func':
    case 'altIntersection':
    case 'altUnion':
    case 'diff':
    case 'diffGuard':
      return term;
    default:
      return { ...term, span };
  }
}

export const isNull = (term: Term): boolean =>
  term.k === 'named' && term.name === 'Null' && term.arguments.length === 0;

/** Whether a literal is a value of a type. */
export function isValueOf(literal: Literal, name: string): boolean {
  switch (literal.kind) {
    case 'boolean':
      return name === 'Boolean';
    case 'null':
      return name === 'Null';
    case 'double':
      return name === 'Number' || name === 'Double';
    case 'string':
      return name === 'String' || name === 'ID';
    case 'integer': {
      const { value } = literal;
      if (name === 'Number' || name === 'Double') return true;
      if (name === 'Int') return BigInt.asIntN(32, value) === value;
      return (name === 'Long' || name === 'ID') && BigInt.asIntN(64, value) === value;
    }
  }
}

/** The primary type of a literal. */
export function primaryType(literal: Literal, span: Span): Named {
  switch (literal.kind) {
    case 'boolean':
      return booleanType(span);
    case 'null':
      return nullType(span);
    case 'double':
      return named('Double', [], span);
    case 'string':
      return stringType(span);
    case 'integer': {
      const { value } = literal;
      if (BigInt.asIntN(32, value) === value) return named('Int', [], span);
      return named(BigInt.asIntN(64, value) === value ? 'Long' : 'Double', [], span);
    }
  }
}

export const literalKey = (literal: Literal): string =>
  literal.kind === 'null'
    ? 'null'
    : literal.kind === 'double'
      ? `f${literal.text}`
      : literal.kind === 'string'
        ? `s${literal.value}`
        : `${literal.kind[0]}${literal.value}`;

/** Thrown where an assertion of the real server's checker fails. */
export class CheckerFault extends Error {}
/** Thrown where a check depends on a literal for which another stands. */
export class LiteralsMatter extends Error {}
/** Thrown if a check takes too many steps. */
export class TooManySteps extends Error {}

/** The time limit of a check, in ms. */
const MAX_TIME = 2_500;
/** The number of steps between two looks at the clock, and between two calls of the query's own. */
const STEPS_PER_LOOK = 256;
const STEPS_PER_TICK = 16;

/**
 * Gives equal terms the same number, regardless of positions. It also enforces the time limit, since all work on terms
 * passes through here.
 */
export class Interner {
  #end = performance.now() + MAX_TIME;
  #steps = 0;
  readonly #numbers = new Map<string, number>();
  readonly #known = new Map<Term, number>();

  constructor(readonly onTick: () => void) {}

  /** Counts a step. @throws {TooManySteps} after the time limit */
  tick(): void {
    if (++this.#steps % STEPS_PER_TICK !== 0) return;
    this.onTick();
    if (this.#steps % STEPS_PER_LOOK === 0 && performance.now() > this.#end) throw new TooManySteps();
  }

  /** Begins the time limit anew. */
  renew(): void {
    this.#end = performance.now() + MAX_TIME;
  }

  number(key: string): number {
    this.tick();
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#numbers.size + 1;
      this.#numbers.set(key, number);
    }
    return number;
  }

  of(term: Term): number {
    if (term.k === 'var') return -term.id;
    let number = this.#known.get(term);
    if (number === undefined) {
      number = this.number(this.#key(term));
      this.#known.set(term, number);
    }
    return number;
  }

  #all(terms: readonly Term[]): string {
    return terms.map((each) => this.of(each)).join();
  }
  #fields(fields: ReadonlyMap<string, Term>): string {
    // As maps, since the order does not matter.
    return [...fields]
      .map(([name, each]) => `${JSON.stringify(name)}:${this.of(each)}`)
      .sort()
      .join();
  }
  #function(parameters: readonly Parameter[], variadic: Parameter | undefined, result: Term): string {
    const shown = ([name, type]: Parameter) => `${name ?? ''}:${this.of(type)}`;
    return `${parameters.map(shown).join()}|${variadic ? shown(variadic) : ''}|${this.of(result)}`;
  }
  #variants(variants: readonly (readonly [Alt, Term])[]): string {
    return variants.map(([alt, each]) => `${alt.key}:${this.of(each)}`).join();
  }

  #key(term: Exclude<Term, Variable>): string {
    const { k } = term;
    switch (term.k) {
      case 'lit':
      case 'singleton':
        return `${k}${literalKey(term.literal)}`;
      case 'any':
      case 'never':
        return k;
      case 'skolem':
        return `skolem${term.name}`;
      case 'named':
        return `named${term.name}<${this.#all(term.arguments)}`;
      case 'rec':
        return `rec${this.#fields(term.fields)}`;
      case 'record':
        return `record${this.#fields(term.fields)}*${term.wildcard ? this.of(term.wildcard) : ''}`;
      case 'tup':
      case 'tuple':
        return `${k}${this.#all(term.elements)}`;
      case 'union':
      case 'intersection':
        return `${k}${this.#all(term.variants)}`;
      case 'altUnion':
      case 'altIntersection':
        return `${k}${this.#variants(term.variants)}`;
      case 'func':
      case 'function':
        return `${k}${this.#function(term.parameters, term.variadic, term.result)}`;
      case 'apply':
      case 'access':
        return `${k}${this.#all(term.arguments)}=>${this.of(term.result)}`;
      case 'select':
      case 'interface':
        return `${k}${JSON.stringify(term.field)}${this.of(term.result)}`;
      case 'proj':
        return `proj${this.of(term.projection)}=>${this.of(term.result)}`;
      case 'diff':
        return `diff${this.of(term.value)}-${this.of(term.sub)}`;
      case 'diffGuard':
        return `guard${this.of(term.sub)}-${this.of(term.use)}`;
    }
  }
}

/** Variants as they are, not flattened, with their level. */
export const levelled = (
  variants: readonly Term[],
): { readonly variants: readonly Term[]; readonly level: number } => ({
  variants,
  level: Math.max(0, ...variants.map(({ level }) => level)),
});
