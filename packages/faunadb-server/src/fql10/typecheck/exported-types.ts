// The types of everything that queries in a database can name, as text: for editors and other tools.
import { NATIVE } from '../../values/ids.js';
import { Ref } from '../../values/values.js';
import type { Context } from '../evaluate/context.js';
import { NULL_SPAN } from '../parse/span.js';
import { LIBRARY_GLOBALS, LIBRARY_SHAPES, UNLISTED_FUNCTION } from '../types/library-types.js';
import { type Shown, shown, textOf } from '../types/shown.js';
import { NATIVE_COLLECTIONS } from '../types/signatures.js';
import { named, record, type Scheme, skolem, type Term, type TypeShape, union } from '../types/terms.js';
import { databaseTypesOf } from './checker.js';

/** A named type: its members, and how its values can be used. */
interface ExportedType {
  readonly self: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly ops?: Readonly<Record<string, string>>;
  readonly apply?: string;
  readonly access?: string;
  readonly alias?: string;
  readonly type_hint?: 'server_collection' | 'user_collection' | 'module';
}

export interface ExportedTypes {
  readonly globals: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, ExportedType>>;
}

const TO_NUMBER = '(other: Number) => Number';
const NUMBER_OPERATORS = {
  '%': TO_NUMBER,
  '&': TO_NUMBER,
  '*': TO_NUMBER,
  '**': '(exponent: Number) => Number',
  '-': `(${TO_NUMBER}) & (() => Number)`,
  '/': TO_NUMBER,
  '^': TO_NUMBER,
  '|': TO_NUMBER,
  '~': '() => Number',
};
const TO_BOOLEAN = '(other: Boolean) => Boolean';
const BOOLEAN_OPERATORS = { '!': '() => Boolean', '&&': TO_BOOLEAN, '||': TO_BOOLEAN };
/** The operators that belong to a type; the others compare values of any type. */
const OPERATORS_OF: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Boolean: BOOLEAN_OPERATORS,
  ...Object.fromEntries(['Number', 'Int', 'Long', 'Double', 'Float'].map((name) => [name, NUMBER_OPERATORS])),
};

/** What FaunaDB shows after simplifying a type. */
const SIMPLIFIED: Readonly<Record<string, string>> = Object.fromEntries(
  ['Array', 'Set'].map((name) => [`${name}.order`, `<A> (ordering: ...(A => Any) & {}) => ${name}<A>`]),
);

/** Work after which the clock is looked at. */
const SLOW = 10_000;

/** The types of a database, sorted by name. */
export function exportedTypes(context: Context): ExportedTypes {
  const collections = namesOf(context, NATIVE.collections);
  const names = [...collections, ...namesOf(context, NATIVE.functions)];
  const types = databaseTypesOf(context);
  // Each may take long to infer. What is inferred is kept.
  for (const name of names) {
    types.known({ values: new Map([[name, NULL_SPAN]]), types: new Set() });
    context.host.budget.work(SLOW);
  }
  const { globals, shapes } = types.known({
    values: new Map(names.map((name) => [name, NULL_SPAN])),
    types: new Set(),
  });
  const typeNames = [
    ...LIBRARY_SHAPES.keys(),
    ...collections.flatMap((name) => [name, `Null${name}`, `${name}Collection`]),
  ];
  return {
    globals: sorted([...LIBRARY_GLOBALS.keys(), ...names], (name) => {
      const scheme = globals(name);
      return scheme && schemeText(scheme);
    }),
    types: sorted(typeNames, (name) => {
      const shape = shapes(name);
      return shape && exported(name, shape);
    }),
  };
}

/** The names and aliases of collections or functions. */
function namesOf({ host }: Context, collection: number): string[] {
  const { documents } = host.model;
  const { scope } = host.auth;
  const names: string[] = [];
  for (const id of documents.ids(scope, collection)) {
    const fields = documents.read(new Ref(scope, collection, id))?.data.fields;
    for (const name of [fields?.get('name'), fields?.get('alias')]) if (typeof name === 'string') names.push(name);
  }
  return names;
}

function sorted<T>(names: Iterable<string>, make: (name: string) => T | undefined): Record<string, T> {
  const made: Record<string, T> = {};
  for (const name of [...new Set(names)].sort()) {
    const value = make(name);
    if (value !== undefined) made[name] = value;
  }
  return made;
}

function exported(name: string, { parameters, fields, apply, access, alias }: TypeShape): ExportedType {
  const members = sorted(
    [...fields.keys()].filter((field) => field !== UNLISTED_FUNCTION),
    (field) => SIMPLIFIED[`${name}.${field}`] ?? schemeText(fields.get(field) as Scheme),
  );
  const hint = hintOf(name);
  const operators = OPERATORS_OF[name];
  return {
    self: selfText(name, parameters),
    ...(Object.keys(members).length > 0 ? { fields: members } : {}),
    ...(operators ? { ops: operators } : {}),
    ...(apply ? { apply: schemeText(apply) } : {}),
    ...(access ? { access: schemeText(access) } : {}),
    ...(alias ? { alias: schemeText({ ...alias, raw: joined(alias.raw) }) } : {}),
    ...(hint ? { type_hint: hint } : {}),
  };
}

function selfText(name: string, parameters: readonly string[]): string {
  // All kinds of numbers have the members of `Number`.
  if (OPERATORS_OF[name] === NUMBER_OPERATORS) return 'Number';
  if (name === 'object') return '{ *: Any }';
  const given = parameters.map((parameter) => skolem(parameter, 0));
  return termText(named(name, given));
}

function hintOf(name: string): ExportedType['type_hint'] {
  if (name.endsWith('Module')) return 'module';
  if (!name.endsWith('Collection')) return undefined;
  return Object.hasOwn(NATIVE_COLLECTIONS, name.slice(0, -'Collection'.length))
    ? 'server_collection'
    : 'user_collection';
}

/** The type of values that one may read, in which several objects are one with the fields that all of them have. */
function joined(term: Term): Term {
  switch (term.k) {
    case 'record':
      return { ...term, fields: new Map([...term.fields].map(([name, each]) => [name, joined(each)])) };
    case 'named':
      return { ...term, arguments: term.arguments.map(joined) };
    case 'union': {
      const [first, ...others] = term.variants;
      if (first?.k !== 'record' || !others.every((other) => other.k === 'record')) {
        return { ...term, variants: term.variants.map(joined) };
      }
      const fields = [...first.fields].filter(([name]) => others.every((other) => other.fields.has(name)));
      return record(
        new Map(
          fields.map(([name, each]) => [name, union([each, ...others.map((other) => other.fields.get(name) as Term)])]),
        ),
      );
    }
    default:
      return term;
  }
}

const schemeText = ({ raw }: Scheme): string => termText(raw);

/** A type with the parameters that stand for any type. */
function termText(term: Term): string {
  const parameters = new Set<string>();
  const text = textOf(shownTerm(term, parameters));
  return parameters.size === 0 ? text : `<${[...parameters].sort().join(', ')}> ${text}`;
}

function shownTerm(term: Term, parameters: Set<string>): Shown {
  const go = (each: Term): Shown => shownTerm(each, parameters);
  switch (term.k) {
    case 'never':
      return shown.never;
    case 'singleton':
      return shown.singleton(term.literal);
    case 'skolem':
      parameters.add(term.name);
      return shown.id(term.name);
    case 'named':
      return term.arguments.length === 0 ? shown.id(term.name) : shown.generic(term.name, term.arguments.map(go));
    case 'record':
      return shown.object(
        [...term.fields].map(([name, each]) => [name, go(each)]),
        term.wildcard && go(term.wildcard),
      );
    case 'interface':
      return shown.interface([[term.field, go(term.result)]]);
    case 'tuple':
      return shown.tuple(term.elements.map(go));
    case 'function':
      return shown.lambda(
        term.parameters.map(([name, each]) => [name, go(each)]),
        term.variadic && [term.variadic[0], go(term.variadic[1])],
        go(term.result),
      );
    case 'union':
    case 'intersection': {
      const members = term.variants.map(go).flatMap((each) => (each.k === term.k ? each.members : [each]));
      return shown.many(term.k, [...new Map(members.map((each) => [each.key, each])).values()]);
    }
    default:
      return shown.any;
  }
}
