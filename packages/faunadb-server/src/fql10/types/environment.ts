// The types of one database: of its collections and functions, created when a query first uses them. A query only knows the
// types that its names lead to.
import type { Expression, Lambda, TypeExpression, TypeScheme } from '../parse/ast.js';
import { NULL_SPAN } from '../parse/span.js';
import { checkExpression, guarded, termOf } from './check.js';
import { type CollectionDefinition, collectionShapes } from './collection-types.js';
import { LIBRARY_GLOBALS, LIBRARY_SHAPES, OPERATORS, schemeOfType } from './library-types.js';
import { freeNames, type Names, NO_VALUES, typeNames } from './names.js';
import type { Shown } from './shown.js';
import { schemeOf } from './simplify.js';
import {
  any,
  functionType,
  interfaceType,
  intersection,
  named,
  never,
  record,
  type Scheme,
  type Shapes,
  singleton,
  skolem,
  type Term,
  type TypeShape,
  tuple,
  union,
} from './terms.js';
import { Typer } from './typer.js';
import { uncheckedType } from './written.js';

/** A function of a database: with the type that the check of its schema found, a signature, a body, or none of them. */
export interface FunctionDefinition {
  readonly found: TypeScheme | undefined;
  readonly signature: TypeExpression | undefined;
  readonly lambda: Lambda | undefined;
}
export interface ComputedDefinition {
  readonly name: string;
  /** The type that the check of its schema found. */
  readonly found: TypeExpression | undefined;
  readonly signature: TypeExpression | undefined;
  readonly lambda: Lambda | undefined;
}

/** Finds definitions of a database by name or alias. */
export interface Definitions {
  collection(
    name: string,
  ): (Omit<CollectionDefinition, 'computed'> & { readonly computed: readonly ComputedDefinition[] }) | undefined;
  function(name: string): FunctionDefinition | undefined;
}

interface Entry {
  readonly global: Scheme;
  readonly shapes: ReadonlyMap<string, TypeShape>;
  /** The type names that it refers to. */
  readonly leadsTo: ReadonlySet<string>;
}

const NO_SHAPES: ReadonlyMap<string, TypeShape> = new Map();

/** The types known to one query. */
export interface Known {
  readonly globals: (name: string) => Scheme | undefined;
  readonly shapes: Shapes;
}

export class DatabaseTypes {
  readonly #entries = new Map<string, Entry | undefined>();
  readonly #signatures = new Map<string, Term>();
  readonly #computed = new Map<string, Term>();

  constructor(
    readonly definitions: Definitions,
    /** Whether types are checked in it; if not, functions and computed fields have any type. */
    readonly isTypechecked: boolean,
    /** Called regularly while types are inferred; may throw to end that. */
    readonly tick: () => void = () => {},
  ) {}

  /** The types known to an expression that uses some names. */
  known({ values, types }: Names): Known {
    const globals = new Map<string, Scheme>();
    const shapes = new Map<string, TypeShape>();
    const seen = new Set<string>();
    let names = [...values.keys(), ...[...types].flatMap(globalsOf)];
    while (names.length > 0) {
      const next: string[] = [];
      for (const name of names) {
        if (seen.has(name) || LIBRARY_GLOBALS.has(name)) continue;
        seen.add(name);
        const entry = this.#entry(name);
        if (!entry) continue;
        globals.set(name, entry.global);
        for (const [type, shape] of entry.shapes) shapes.set(type, shape);
        for (const type of entry.leadsTo) next.push(...globalsOf(type));
      }
      names = next;
    }
    return {
      globals: (name) => LIBRARY_GLOBALS.get(name) ?? globals.get(name),
      shapes: (name) => LIBRARY_SHAPES.get(name) ?? shapes.get(name),
    };
  }

  #entry(name: string): Entry | undefined {
    if (this.#entries.has(name)) return this.#entries.get(name);
    const entry = this.#createEntry(name);
    this.#entries.set(name, entry);
    return entry;
  }

  #createEntry(name: string): Entry | undefined {
    const collection = this.definitions.collection(name);
    if (collection) {
      const computed = new Map(collection.computed.map((field) => [field.name, this.#computedType(name, field)]));
      const shapes = collectionShapes({ ...collection, name, computed });
      const leadsTo = new Set<string>();
      for (const { alias } of shapes.values()) if (alias) namesOf(alias.raw, leadsTo);
      return { global: schemeOfType(named(`${name}Collection`)), shapes, leadsTo };
    }
    if (!this.definitions.function(name)) return undefined;
    const signature = this.#signature(name);
    const leadsTo = new Set<string>();
    namesOf(signature, leadsTo);
    return { global: schemeOfType(named('UserFunction', [signature])), shapes: NO_SHAPES, leadsTo };
  }

  // The type of a function: as declared, else as inferred from its body.
  #signature(name: string): Term {
    return inferredOnce(this.#signatures, name, () => {
      const definition = this.definitions.function(name);
      if (!definition || !this.isTypechecked) return undefined;
      const { found, signature, lambda } = definition;
      if (found) return uncheckedType(found.type, new Set(found.parameters));
      if (signature) return this.#declared(signature);
      return lambda && this.#inferred(lambda);
    });
  }

  #declared(type: TypeExpression): Term {
    const known = this.known({ values: NO_VALUES, types: typeNames(type) });
    const parameters = new Set([...typeNames(type)].filter((name) => !known.shapes(name)));
    const found = guarded(type.span, () => uncheckedType(type, parameters));
    return 'k' in found ? found : any();
  }

  /** The type of a lambda in this database, if it has one. */
  #inferred(lambda: Expression): Term | undefined {
    const found = guarded(lambda.span, () => {
      const typer = this.#typerIn(freeNames(lambda));
      const term = termOf(typer, lambda, undefined);
      if (!('k' in term)) return undefined;
      const { parameters, type } = schemeOf(typer, term);
      return termOfShown(type, new Set(parameters));
    });
    return found && 'k' in found ? found : undefined;
  }

  // In a schema, functions are plain functions, without members.
  #typerIn(names: Names): Typer {
    const { globals, shapes } = this.known(names);
    const plain = (name: string): Scheme | undefined => {
      const scheme = globals(name);
      const raw = scheme?.raw;
      if (raw?.k === 'named' && raw.name === 'UserFunction') return schemeOfType(raw.arguments[0] as Term);
      return scheme;
    };
    return new Typer(plain, shapes, OPERATORS, { tick: this.tick });
  }

  #computedType(collection: string, { name, found, signature, lambda }: ComputedDefinition): Term {
    return inferredOnce(this.#computed, `${collection}.${name}`, () => {
      if (!this.isTypechecked) return undefined;
      if (found) return uncheckedType(found);
      if (signature) return uncheckedType(signature);
      return lambda && this.#resultOf(collection, lambda);
    });
  }

  #resultOf(collection: string, lambda: Lambda): Term | undefined {
    const found = guarded(lambda.span, () => {
      const { values, types } = freeNames(lambda);
      const typer = this.#typerIn({ values, types: new Set([...types, collection]) });
      const call: Expression = {
        kind: 'chain',
        head: lambda,
        links: [
          {
            kind: 'apply',
            arguments: [{ kind: 'identifier', name: DOCUMENT, span: NULL_SPAN }],
            optional: undefined,
            applySpan: NULL_SPAN,
            span: NULL_SPAN,
          },
        ],
        span: lambda.span,
      };
      const scope = { name: DOCUMENT, scheme: schemeOfType(named(collection)), outer: undefined };
      const checked = checkExpression(typer, call, scope);
      return checked.ok ? termOfShown(checked.type, new Set()) : undefined;
    });
    return found && 'k' in found ? found : undefined;
  }
}
const DOCUMENT = '$document';

/** A type that is inferred once; what depends on itself has any type. */
function inferredOnce(types: Map<string, Term>, key: string, infer: () => Term | undefined): Term {
  const known = types.get(key);
  if (known) return known;
  types.set(key, any());
  try {
    const type = infer() ?? any();
    types.set(key, type);
    return type;
  } catch (thrown) {
    types.delete(key);
    throw thrown;
  }
}

/** The collections or functions from which the name of a type may come. */
function globalsOf(type: string): string[] {
  const names = [type];
  if (type.startsWith('Null') && type.length > 4) names.push(type.slice(4));
  if (type.endsWith('Collection') && type.length > 10) names.push(type.slice(0, -10));
  return names;
}

function namesOf(term: Term, into: Set<string>): void {
  const go = (each: Term): void => namesOf(each, into);
  switch (term.k) {
    case 'named':
      into.add(term.name);
      term.arguments.forEach(go);
      return;
    case 'record':
      for (const each of term.fields.values()) go(each);
      if (term.wildcard) go(term.wildcard);
      return;
    case 'tuple':
      term.elements.forEach(go);
      return;
    case 'union':
    case 'intersection':
      term.variants.forEach(go);
      return;
    case 'function':
      for (const [, each] of term.parameters) go(each);
      if (term.variadic) go(term.variadic[1]);
      go(term.result);
      return;
    case 'interface':
      go(term.result);
      return;
    default:
      return;
  }
}

/** A simplified type as a term. */
export function termOfShown(type: Shown, parameters: ReadonlySet<string>): Term {
  const go = (each: Shown): Term => termOfShown(each, parameters);
  switch (type.k) {
    case 'any':
    case 'hole':
    case 'projection':
    case 'difference':
    case 'recursive':
      return any();
    case 'never':
      return never();
    case 'singleton':
      return singleton(type.literal);
    case 'id':
      return parameters.has(type.name) ? skolem(type.name, 0) : named(type.name);
    case 'generic':
      return named(type.name, type.arguments.map(go));
    case 'object':
      return record(new Map(type.fields.map(([name, each]) => [name, go(each)])), type.wildcard && go(type.wildcard));
    case 'interface': {
      const fields = type.fields.map(([name, each]) => interfaceType(name, go(each)));
      return fields.length === 1 ? (fields[0] as Term) : intersection(fields);
    }
    case 'tuple':
      return tuple(type.elements.map(go));
    case 'lambda':
      return functionType(
        type.parameters.map(([name, each]) => [name, go(each)] as const),
        type.variadic && [type.variadic[0], go(type.variadic[1])],
        go(type.result),
      );
    case 'union':
      return union(type.members.map(go));
    case 'intersection':
      return intersection(type.members.map(go));
  }
}
