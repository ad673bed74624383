// Checks a whole schema: the types of its fields, the bodies of its functions, and the names that its items refer to.
import type { Expression, Lambda, TypeExpression } from '../parse/ast.js';
import type { Diagnostic } from '../parse/diagnostic.js';
import type {
  AccessProviderItem,
  CollectionItem,
  FunctionItem,
  OptionalPredicate,
  RoleItem,
  SchemaItem,
} from '../parse/schema-ast.js';
import { NULL_SPAN, type Span } from '../parse/span.js';
import { problemsOf } from './annotated.js';
import { termOf } from './check.js';
import { collectionShapes } from './collection-types.js';
import { indexedComputedProblems } from './indexed-computed.js';
import { infer } from './inference.js';
import { LIBRARY_GLOBALS, LIBRARY_SHAPES, OPERATORS, schemeOfType } from './library-types.js';
import { anneal } from './overloads.js';
import { unpersistable } from './persistable.js';
import { diagnosticOf, problem, type TypeProblem } from './problem.js';
import { definitionOf, indexedPaths, lambdaOf, namesOf, selection, signatureOf } from './schema-parts.js';
import { shown as shownTypes, textOf } from './shown.js';
import { NATIVE_COLLECTIONS } from './signatures.js';
import { schemeOf } from './simplify.js';
import {
  any,
  booleanType,
  functionType,
  named,
  optional,
  type Scheme,
  type Shapes,
  type Term,
  type TypeShape,
} from './terms.js';
import { Typer } from './typer.js';
import { checkedType } from './written.js';

/** All items of a database's schema, and the names of the functions and roles that only FQL v4 can read. */
export interface SchemaDefinitions {
  readonly items: readonly SchemaItem[];
  readonly functions4: readonly string[];
  readonly roles4: readonly string[];
}

/** The types that a check has found, as texts. */
export interface Signatures {
  /** Of functions, with their parameters. */
  readonly functions: ReadonlyMap<string, string>;
  /** Of the computed fields of collections: an object type for each collection that has any. */
  readonly computed: ReadonlyMap<string, string | undefined>;
}

export type SchemaChecked =
  /** `typer` knows the types of the schema. There are no signatures if types are not checked. */
  | { readonly ok: true; readonly typer: Typer; readonly signatures: Signatures | undefined }
  | { readonly ok: false; readonly errors: readonly Diagnostic[] };

/**
 * Checks a schema. If types are not checked in its database, only the types of fields, their defaults, and names are.
 *
 * @param tick called regularly; may throw to end the check.
 */
export function checkSchema(
  definitions: SchemaDefinitions,
  isTypechecked: boolean,
  tick: () => void = () => {},
): SchemaChecked {
  const check = new SchemaCheck(definitions, isTypechecked, tick);
  const found = check.run();
  if (found.length > 0) return { ok: false, errors: found.map(diagnosticOf) };
  return isTypechecked
    ? { ok: true, typer: check.typer, signatures: check.signatures() }
    : { ok: true, typer: check.unchecked(), signatures: undefined };
}

const libraryGlobal = (name: string): Scheme | undefined => LIBRARY_GLOBALS.get(name);
const libraryShape = (name: string): TypeShape | undefined => LIBRARY_SHAPES.get(name);

const BUILTIN_ROLES = new Set(['client', 'server', 'admin', 'server-readonly']);

class SchemaCheck {
  readonly #collections: readonly CollectionItem[];
  readonly #functions: readonly FunctionItem[];
  readonly #roles: readonly RoleItem[];
  readonly #providers: readonly AccessProviderItem[];
  readonly #globals = new Map<string, Scheme>();
  readonly #shapes = new Map<string, TypeShape>();
  /** What the check of bodies finds is reported after what is found here. */
  readonly #problems: TypeProblem[] = [];
  /** Bodies, and the types that they must have. */
  readonly #bodies: (readonly [Expression, Term])[] = [];
  /** The types of the functions that compute fields, by collection. */
  readonly #computed = new Map<string, ReadonlyMap<string, Term>>();
  /** Knows collections only by name. */
  readonly stubs: Typer;
  readonly typer: Typer;

  constructor(
    readonly definitions: SchemaDefinitions,
    readonly isTypechecked: boolean,
    readonly tick: () => void,
  ) {
    const { items } = definitions;
    this.#collections = items.filter((item) => item.kind === 'collection');
    this.#functions = items.filter((item) => item.kind === 'function');
    this.#roles = items.filter((item) => item.kind === 'role');
    this.#providers = items.filter((item) => item.kind === 'access provider');
    const globals = (name: string) => libraryGlobal(name) ?? this.#globals.get(name);
    this.typer = new Typer(globals, (name) => libraryShape(name) ?? this.#shapes.get(name), OPERATORS, { tick });
    this.stubs = new Typer(libraryGlobal, stubs(this.#collections), OPERATORS, { tick });
  }

  run(): readonly TypeProblem[] {
    for (const collection of this.#collections) this.#collection(collection);
    const inBodies = this.#checkBodies();
    this.#problems.push(...inBodies);
    if (this.isTypechecked) {
      // After errors, nothing is known about the types of the schema.
      const typer =
        inBodies.length === 0 ? this.typer : new Typer(libraryGlobal, libraryShape, OPERATORS, { tick: this.tick });
      const functions = this.#functions.map(({ name }) => name.text);
      this.#problems.push(...indexedComputedProblems(typer, this.#collections, functions));
    }
    if (this.#problems.length > 0) return this.#problems;
    return [
      ...this.#roles.flatMap((role) => this.#role(role)),
      ...this.#providers.flatMap((each) => this.#provider(each)),
    ];
  }

  /** Knows collections, whose computed fields have any value, and no functions. */
  unchecked(): Typer {
    const globals = new Map<string, Scheme>();
    const shapes = new Map<string, TypeShape>();
    for (const collection of this.#collections) {
      const computed = collection.fields.flatMap((field) =>
        field.kind === 'computed' ? [[field.name.text, any()] as const] : [],
      );
      for (const known of namesOf(collection)) {
        for (const [type, shape] of collectionShapes(definitionOf(collection, known, new Map(computed))))
          shapes.set(type, shape);
        globals.set(known.text, schemeOfType(named(`${known.text}Collection`, [], known.span)));
      }
    }
    return new Typer(
      (name) => libraryGlobal(name) ?? globals.get(name),
      (name) => libraryShape(name) ?? shapes.get(name),
      OPERATORS,
      { tick: this.tick },
    );
  }

  /** The types found, if there are no errors. */
  signatures(): Signatures {
    const shown = (term: Term) => {
      this.typer.renew();
      return schemeOf(this.typer, anneal(this.typer, term, true, { level: 0, free: new Set() }));
    };
    const functions = new Map<string, string>();
    for (const { name } of this.#functions) {
      const scheme = this.#globals.get(name.text);
      if (!scheme) continue;
      const { parameters, type } = shown(scheme.raw);
      const generic = parameters.length === 0 ? '' : `<${parameters.join(', ')}> `;
      functions.set(name.text, `${generic}${textOf(type)}`);
    }
    const computed = new Map<string, string | undefined>();
    for (const { name } of this.#collections) {
      const fields = [...(this.#computed.get(name.text) ?? [])].flatMap(([field, type]) => {
        const found = shown(type).type;
        return found.k === 'lambda' ? [[field, found.result] as const] : [];
      });
      computed.set(name.text, fields.length === 0 ? undefined : textOf(shownTypes.object(fields, undefined)));
    }
    return { functions, computed };
  }

  #collection(collection: CollectionItem): void {
    const name = collection.name.text;
    const document = named(name);
    for (const field of collection.fields) {
      if (field.kind !== 'defined') continue;
      const type = this.#type(field.type);
      if (!type) continue;
      const causes = unpersistable(this.stubs, type);
      if (causes.length > 0) {
        const message = `Field \`${field.name.text}\` in collection ${name} is not persistable`;
        this.#problems.push(problem(message, field.type.span, { causes }));
      } else if (field.default) this.#bodies.push([field.default.expression, type]);
    }
    const computed = new Map<string, Term>();
    const functions = new Map<string, Term>();
    if (this.isTypechecked) {
      for (const field of collection.fields) {
        if (field.kind !== 'computed') continue;
        const result = (field.type && this.#type(field.type)) ?? this.#unknown(field.type);
        functions.set(field.name.text, this.#documentFunction(document, field.body.lambda, result));
        computed.set(field.name.text, result);
      }
    }
    this.#computed.set(name, functions);
    const wildcard = collection.fields.find((field) => field.kind === 'wildcard')?.type;
    if (wildcard && wildcard.kind !== 'any')
      this.#problems.push(problem('Top-level wildcard must have type `Any`', wildcard.span));
    if (!this.isTypechecked) return;
    for (const { config } of collection.checks)
      this.#documentFunction(document, config.lambda, optional(booleanType()));
    for (const { path, span } of indexedPaths(collection))
      this.#documentFunction(document, selection(path, span), any());
    // Without its types, errors in what uses the collection follow.
    if (this.#problems.length > 0) return;
    for (const known of namesOf(collection)) {
      for (const [type, shape] of collectionShapes(definitionOf(collection, known, computed)))
        this.#shapes.set(type, shape);
      this.#globals.set(known.text, schemeOfType(named(`${known.text}Collection`, [], known.span)));
    }
  }

  /** The type of a field; `undefined` if it is not valid. */
  #type(type: TypeExpression): Term | undefined {
    const checked = checkedType(this.stubs, type, { level: 0, allowsParameters: false });
    this.#problems.push(...checked.problems);
    return checked.problems.length === 0 ? checked.type : undefined;
  }

  /** A type to be inferred; errors that follow from a wrong one are not reported. */
  #unknown(wrong: TypeExpression | undefined): Term {
    const unknown = this.typer.freshVariable(wrong?.span ?? NULL_SPAN, 0);
    unknown.isPoisoned = wrong !== undefined;
    return unknown;
  }

  #documentFunction(document: Term, body: Lambda, result: Term): Term {
    const type = functionType([[undefined, document]], undefined, result);
    this.#bodies.push([body, type]);
    return type;
  }

  #checkBodies(): TypeProblem[] {
    const found: TypeProblem[] = [];
    const inferred = new Map<string, Expression>();
    const declared: (readonly [Expression, Term])[] = [];
    for (const item of this.isTypechecked ? this.#functions : []) {
      const name = item.name.text;
      if (this.#globals.has(name)) continue;
      const signature = signatureOf(item);
      if (!signature) {
        inferred.set(name, lambdaOf(item));
        continue;
      }
      const { type, problems } = checkedType(this.typer, signature, { level: 0, allowsParameters: true });
      found.push(...problems);
      this.#globals.set(name, schemeOfType(type));
      declared.push([lambdaOf(item), type]);
    }
    if (this.isTypechecked) {
      for (const name of this.definitions.functions4) {
        if (!this.#globals.has(name) && !inferred.has(name)) this.#globals.set(name, schemeOfType(any()));
      }
    }
    const { schemes, problems } = infer(this.typer, inferred);
    found.push(...problems);
    for (const [name, scheme] of schemes) this.#globals.set(name, scheme);
    for (const [body, type] of [...declared, ...this.#bodies]) {
      this.typer.renew();
      found.push(...problemsOf(this.typer, body, type));
    }
    return found;
  }

  #role({ membership, privileges }: RoleItem): TypeProblem[] {
    return [
      ...membership.flatMap(({ name, config }) => [
        ...this.#resource(name.text, name.span, false),
        ...this.#predicate(config),
      ]),
      ...privileges.flatMap(({ name, config }) => [
        ...this.#resource(name.text, name.span, true),
        ...config.members.flatMap((action) =>
          action.config.kind === 'optional' ? this.#predicate(action.config) : [],
        ),
      ]),
    ];
  }

  #provider({ roles }: AccessProviderItem): TypeProblem[] {
    return roles.flatMap(({ name, config }) => [
      ...this.#providerRole(name.text, name.span),
      ...this.#predicate(config),
    ]);
  }

  #predicate({ predicate }: OptionalPredicate): readonly TypeProblem[] {
    if (!predicate || !this.isTypechecked) return [];
    this.typer.renew();
    const found = termOf(this.typer, predicate.lambda, undefined);
    return 'k' in found ? [] : found;
  }

  #resource(name: string, span: Span, allowsFunctions: boolean): TypeProblem[] {
    const isNamed = (item: CollectionItem | FunctionItem) =>
      item.name.text === name || item.alias?.config.name.text === name;
    const exists =
      Object.hasOwn(NATIVE_COLLECTIONS, name) ||
      name === 'Credentials' ||
      this.#collections.some(isNamed) ||
      (allowsFunctions && (this.#functions.some(isNamed) || this.definitions.functions4.includes(name)));
    return exists ? [] : [problem(`Resource \`${name}\` does not exist`, span)];
  }

  #providerRole(name: string, span: Span): TypeProblem[] {
    if (BUILTIN_ROLES.has(name)) return [problem(`Builtin role \`${name}\` is not allowed`, span)];
    const exists = this.#roles.some((role) => role.name.text === name) || this.definitions.roles4.includes(name);
    return exists ? [] : [problem(`Role \`${name}\` does not exist`, span)];
  }
}

/** Types of collections without members, which suffice to check types. */
function stubs(collections: readonly CollectionItem[]): Shapes {
  const shapes = new Map<string, TypeShape>();
  const nothing = { parameters: [], fields: new Map() };
  for (const item of collections) {
    for (const { text: collection } of namesOf(item)) {
      shapes.set(collection, { ...nothing, document: { kind: 'document', collection } });
      shapes.set(`Null${collection}`, { ...nothing, document: { kind: 'missing', collection } });
      shapes.set(`${collection}Collection`, nothing);
    }
  }
  return (name) => libraryShape(name) ?? shapes.get(name);
}
