// A type as the union (of values) or the intersection (of uses) of its parts: the form in which types are simplified.
import type { Literal } from '../parse/ast.js';
import type { Alt } from './alts.js';
import { isValueOf, literalKey, type Variable } from './terms.js';

export type NamedPart = readonly [name: string | undefined, part: Coalesced];

export interface CoalescedFunction {
  readonly parameters: readonly NamedPart[];
  readonly variadic: NamedPart | undefined;
  readonly result: Coalesced;
}
export interface CoalescedRecord {
  readonly fields: ReadonlyMap<string, Coalesced>;
  readonly wildcard: Coalesced | undefined;
}

export interface Coalesced {
  readonly isAny: boolean;
  readonly isNever: boolean;
  readonly isPoisoned: boolean;
  readonly variables: ReadonlySet<Variable>;
  readonly overloads: ReadonlyMap<Alt, Coalesced>;
  readonly literals: ReadonlyMap<string, Literal>;
  /** Names without arguments, and whether they are type parameters. */
  readonly names: ReadonlyMap<string, boolean>;
  readonly generics: ReadonlyMap<string, readonly Coalesced[]>;
  /** By the number of parameters, and whether the function is variadic. */
  readonly functions: ReadonlyMap<string, CoalescedFunction>;
  readonly access: CoalescedFunction | undefined;
  readonly projection: readonly [Coalesced, Coalesced] | undefined;
  readonly record: CoalescedRecord | undefined;
  readonly interface: ReadonlyMap<string, Coalesced> | undefined;
  readonly tuples: ReadonlyMap<number, readonly Coalesced[]>;
  readonly differences: readonly (readonly [Coalesced, Coalesced])[];
}

const NO_MAP: ReadonlyMap<never, never> = new Map<never, never>();
export const NOTHING: Coalesced = {
  isAny: false,
  isNever: false,
  isPoisoned: false,
  variables: new Set(),
  overloads: NO_MAP,
  literals: NO_MAP,
  names: NO_MAP,
  generics: NO_MAP,
  functions: NO_MAP,
  access: undefined,
  projection: undefined,
  record: undefined,
  interface: undefined,
  tuples: NO_MAP,
  differences: [],
};

export const coalesced = (parts: Partial<Coalesced>): Coalesced => ({ ...NOTHING, ...parts });

/** The union (of values) or the intersection (of uses) of two. */
export function merge(a: Coalesced, b: Coalesced, polarity: boolean): Coalesced {
  if (a === NOTHING && polarity) return b;
  let names: ReadonlyMap<string, boolean> = joined(a.names, b.names);
  let literals: ReadonlyMap<string, Literal> = joined(a.literals, b.literals);
  if (polarity && literals.size > 0) {
    let hasTrue = false;
    let hasFalse = false;
    const kept = new Map<string, Literal>();
    for (const [key, literal] of literals) {
      if (literal.kind === 'boolean' && literal.value) hasTrue = true;
      if (literal.kind === 'boolean' && !literal.value) hasFalse = true;
      let isSubsumed = false;
      for (const [name, isParameter] of names) if (!isParameter && isValueOf(literal, name)) isSubsumed = true;
      if (!isSubsumed) kept.set(key, literal);
    }
    if (hasTrue && hasFalse) {
      names = new Map(names).set('Boolean', false);
      kept.delete(literalKey({ kind: 'boolean', value: true }));
      kept.delete(literalKey({ kind: 'boolean', value: false }));
    }
    literals = kept;
  } else if (!polarity && literals.size > 0) names = NO_MAP;

  const part = (x: Coalesced, y: Coalesced, p: boolean) => merge(x, y, p);
  return {
    isAny: polarity ? a.isAny || b.isAny : a.isAny && b.isAny,
    isNever: polarity ? a.isNever && b.isNever : a.isNever || b.isNever,
    isPoisoned: polarity ? a.isPoisoned && b.isPoisoned : a.isPoisoned || b.isPoisoned,
    variables: b.variables.size === 0 ? a.variables : new Set([...a.variables, ...b.variables]),
    overloads: joined(a.overloads, b.overloads),
    literals,
    names,
    generics: mergedMap(a.generics, b.generics, (x, y) => zipped(x, y, polarity)),
    functions: mergedMap(a.functions, b.functions, (x, y) => mergedFunctions(x, y, polarity)),
    access: mergedOptional(a.access, b.access, (x, y) => mergedFunctions(x, y, polarity)),
    projection: mergedOptional(
      a.projection,
      b.projection,
      ([p, r], [q, s]) => [part(p, q, !polarity), part(r, s, polarity)] as const,
    ),
    record: mergedOptional(a.record, b.record, (x, y) => mergedRecords(x, y, polarity)),
    interface: mergedOptional(a.interface, b.interface, (x, y) => {
      const fields = new Map<string, Coalesced>();
      for (const [name, each] of x) {
        const other = y.get(name);
        if (other) fields.set(name, part(each, other, polarity));
        else if (!polarity) fields.set(name, each);
      }
      if (!polarity) for (const [name, each] of y) if (!x.has(name)) fields.set(name, each);
      return fields;
    }),
    tuples: mergedMap(a.tuples, b.tuples, (x, y) => zipped(x, y, polarity)),
    differences: b.differences.length === 0 ? a.differences : [...a.differences, ...b.differences],
  };
}

function joined<K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  if (b.size === 0) return a;
  return a.size === 0 ? b : new Map([...a, ...b]);
}
function mergedMap<K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>, f: (a: V, b: V) => V): ReadonlyMap<K, V> {
  if (b.size === 0) return a;
  if (a.size === 0) return b;
  const result = new Map(a);
  for (const [key, value] of b) {
    const known = a.get(key);
    result.set(key, known === undefined ? value : f(known, value));
  }
  return result;
}
const mergedOptional = <T>(a: T | undefined, b: T | undefined, f: (a: T, b: T) => T): T | undefined =>
  a !== undefined && b !== undefined ? f(a, b) : (a ?? b);
const zipped = (a: readonly Coalesced[], b: readonly Coalesced[], polarity: boolean) =>
  a.slice(0, b.length).map((each, i) => merge(each, b[i] as Coalesced, polarity));

function mergedFunctions(a: CoalescedFunction, b: CoalescedFunction, polarity: boolean): CoalescedFunction {
  const parameters: NamedPart[] = [];
  for (let i = 0; i < Math.max(a.parameters.length, b.parameters.length); i++) {
    const x = a.parameters[i] ?? a.variadic;
    const y = b.parameters[i] ?? b.variadic;
    if (x && y) parameters.push([x[0], merge(x[1], y[1], !polarity)]);
  }
  return {
    parameters,
    variadic: a.variadic && b.variadic && [a.variadic[0], merge(a.variadic[1], b.variadic[1], !polarity)],
    result: merge(a.result, b.result, polarity),
  };
}
function mergedRecords(a: CoalescedRecord, b: CoalescedRecord, polarity: boolean): CoalescedRecord {
  const fields = new Map<string, Coalesced>();
  for (const [name, each] of a.fields) {
    const other = b.fields.get(name) ?? b.wildcard;
    if (other) fields.set(name, merge(each, other, polarity));
    else if (!polarity) fields.set(name, each);
  }
  for (const [name, each] of b.fields) {
    if (a.fields.has(name)) continue;
    if (a.wildcard) fields.set(name, merge(a.wildcard, each, polarity));
    else if (!polarity) fields.set(name, each);
  }
  let wildcard: Coalesced | undefined;
  if (a.wildcard && b.wildcard) wildcard = merge(a.wildcard, b.wildcard, polarity);
  else if (!polarity) wildcard = a.wildcard ?? b.wildcard;
  return { fields, wildcard };
}

const mappedValues = <K, V, W>(map: ReadonlyMap<K, V>, f: (value: V) => W): ReadonlyMap<K, W> =>
  map.size === 0 ? NO_MAP : new Map([...map].map(([key, value]) => [key, f(value)] as const));

/** Replaces each part, according to its polarity. */
export function mapParts(
  given: Coalesced,
  polarity: boolean,
  f: (part: Coalesced, polarity: boolean) => Coalesced,
): Coalesced {
  const plain = (part: Coalesced) => f(part, polarity);
  const named = ([name, part]: NamedPart): NamedPart => [name, f(part, !polarity)];
  const fn = ({ parameters, variadic, result }: CoalescedFunction): CoalescedFunction => ({
    parameters: parameters.map(named),
    variadic: variadic && named(variadic),
    result: plain(result),
  });
  const { record, projection } = given;
  return {
    ...given,
    overloads: mappedValues(given.overloads, plain),
    generics: mappedValues(given.generics, (args) => args.map(plain)),
    functions: mappedValues(given.functions, fn),
    access: given.access && fn(given.access),
    projection: projection && [f(projection[0], !polarity), plain(projection[1])],
    record: record && {
      fields: mappedValues(record.fields, plain),
      wildcard: record.wildcard && plain(record.wildcard),
    },
    interface: given.interface && mappedValues(given.interface, plain),
    tuples: mappedValues(given.tuples, (elements) => elements.map(plain)),
    differences: given.differences.map(([a, b]) => [plain(a), plain(b)] as const),
  };
}

/** Calls `f` with each part, in order. */
export function eachPart(given: Coalesced, polarity: boolean, f: (part: Coalesced, polarity: boolean) => void): void {
  const fn = ({ parameters, variadic, result }: CoalescedFunction) => {
    for (const [, part] of parameters) f(part, !polarity);
    if (variadic) f(variadic[1], !polarity);
    f(result, polarity);
  };
  for (const part of given.overloads.values()) f(part, polarity);
  for (const args of given.generics.values()) for (const part of args) f(part, polarity);
  for (const each of given.functions.values()) fn(each);
  if (given.access) fn(given.access);
  if (given.projection) {
    f(given.projection[0], !polarity);
    f(given.projection[1], polarity);
  }
  if (given.record) {
    for (const part of given.record.fields.values()) f(part, polarity);
    if (given.record.wildcard) f(given.record.wildcard, polarity);
  }
  if (given.interface) for (const part of given.interface.values()) f(part, polarity);
  for (const elements of given.tuples.values()) for (const part of elements) f(part, polarity);
  for (const [a, b] of given.differences) {
    f(a, polarity);
    f(b, polarity);
  }
}

/** Whether all parts of a type, itself included, have a property; found once for each part. */
function everyPart(has: (part: Coalesced) => boolean): (given: Coalesced) => boolean {
  const found = new WeakMap<Coalesced, boolean>();
  const every = (given: Coalesced): boolean => {
    let known = found.get(given);
    if (known === undefined) {
      known = has(given);
      if (known) {
        eachPart(given, true, (part) => {
          if (known && !every(part)) known = false;
        });
      }
      found.set(given, known);
    }
    return known;
  };
  return every;
}
/** Whether it contains no variables. */
export const hasNoVariables = everyPart(({ variables }) => variables.size === 0);
/** Whether it contains no differences. */
export const hasNoDifferences = everyPart(({ differences }) => differences.length === 0);

/** Equal texts for equal types. */
export function keyOf(given: Coalesced, number: (key: string) => number): string {
  const part = (each: Coalesced): string => String(number(keyOf(each, number)));
  const fn = ({ parameters, variadic, result }: CoalescedFunction) =>
    `${[...parameters, ...(variadic ? [variadic] : [])].map(([name, each]) => `${name ?? ''}:${part(each)}`).join()}${variadic ? '+' : ''}>${part(result)}`;
  const pieces = [
    `${given.isAny ? 'a' : ''}${given.isNever ? 'n' : ''}${given.isPoisoned ? 'p' : ''}`,
    [...given.variables]
      .map(({ id }) => id)
      .sort()
      .join(),
    [...given.overloads].map(([alt, each]) => `${alt.key}:${part(each)}`).join(),
    JSON.stringify([...given.literals.keys()]),
    [...given.names].join(';'),
    [...given.generics].map(([name, args]) => `${name}<${args.map(part).join()}`).join(';'),
    [...given.functions].map(([key, each]) => `${key}${fn(each)}`).join(';'),
    given.access ? fn(given.access) : '',
    given.projection ? given.projection.map(part).join() : '',
    given.record
      ? `${[...given.record.fields].map(([name, each]) => `${JSON.stringify(name)}:${part(each)}`).join()}*${given.record.wildcard ? part(given.record.wildcard) : ''}`
      : '',
    given.interface ? [...given.interface].map(([name, each]) => `${JSON.stringify(name)}:${part(each)}`).join() : '',
    [...given.tuples].map(([size, each]) => `${size}:${each.map(part).join()}`).join(';'),
    given.differences.map((each) => each.map(part).join('-')).join(';'),
  ];
  return `coalesced${pieces.join('/')}`;
}
