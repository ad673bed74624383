// The named types of a collection: its documents, references to missing ones, and the collection itself.
import type { TypeExpression } from '../parse/ast.js';
import type { Span } from '../parse/span.js';
import { collectionFields, RANGE, schemeOfType } from './library-types.js';
import {
  any,
  functionType,
  intersection,
  named,
  nullType,
  optional,
  record,
  type Scheme,
  singleton,
  stringType,
  type Term,
  type TypeShape,
  union,
} from './terms.js';
import { uncheckedType } from './written.js';

/** The part of a collection's definition that types need. */
export interface CollectionDefinition {
  /** The name, or the alias, by which it is known here. */
  readonly name: string;
  /** The position of the name in the schema, if the schema is checked. */
  readonly span?: Span;
  readonly fields: readonly { readonly name: string; readonly type: TypeExpression; readonly hasDefault: boolean }[];
  readonly computed: ReadonlyMap<string, Term>;
  readonly wildcard: TypeExpression | undefined;
  readonly hasTtls: boolean;
  readonly indexes: readonly {
    readonly name: string;
    readonly terms: readonly { readonly path: readonly (string | number)[]; readonly mva: boolean }[];
  }[];
}

type Fields = Map<string, Term>;
const NUMBERS = new Set(['Int', 'Long', 'Double', 'Float']);

// Integers are allowed for any kind of number.
function upcast(type: TypeExpression): TypeExpression {
  switch (type.kind) {
    case 'name':
      return NUMBERS.has(type.name) ? { ...type, name: 'Number' } : type;
    case 'generic':
      return { ...type, arguments: type.arguments.map(upcast) };
    case 'objectType': {
      const fields = type.fields.map((field) => ({ ...field, type: upcast(field.type) }));
      return { ...type, fields, wildcard: type.wildcard && upcast(type.wildcard) };
    }
    case 'tupleType':
      return { ...type, elements: type.elements.map(upcast) };
    case 'functionType': {
      const parameters = type.parameters.map((each) => ({ ...each, type: upcast(each.type) }));
      const variadic = type.variadic && { ...type.variadic, type: upcast(type.variadic.type) };
      return { ...type, parameters, variadic, result: upcast(type.result) };
    }
    case 'union':
    case 'intersection':
      return { ...type, members: type.members.map(upcast) };
    case 'nullable':
      return { ...type, base: upcast(type.base) };
    default:
      return type;
  }
}

const isPlainObject = (type: TypeExpression): type is TypeExpression & { kind: 'objectType' } =>
  type.kind === 'objectType' && !type.open;

function created(type: TypeExpression, hasDefault: boolean): Term {
  if (!isPlainObject(type)) {
    const plain = uncheckedType(upcast(type));
    return hasDefault ? optional(plain) : plain;
  }
  const fields = new Map(
    type.fields.map((field) => [field.name.text, created(field.type, field.default !== undefined)]),
  );
  const made = record(fields, type.wildcard && uncheckedType(upcast(type.wildcard)), type.span);
  return hasDefault || type.fields.every((field) => field.default !== undefined) ? optional(made) : made;
}

function updated(type: TypeExpression): Term {
  if (!isPlainObject(type)) return optional(uncheckedType(upcast(type)));
  const fields = new Map(type.fields.map((field) => [field.name.text, updated(field.type)]));
  return optional(record(fields, type.wildcard && uncheckedType(upcast(type.wildcard)), type.span));
}

function selected(type: Term, path: readonly (string | number)[]): Term {
  let current = type;
  for (const key of path) {
    let next: Term | undefined;
    if (typeof key === 'string' && current.k === 'record') next = current.fields.get(key) ?? current.wildcard;
    if (typeof key === 'number' && current.k === 'tuple') next = current.elements[key];
    if (typeof key === 'number' && current.k === 'named' && current.name === 'Array') next = current.arguments[0];
    if (!next) return any();
    current = next;
  }
  return current;
}

function elementsOf(type: Term): readonly Term[] {
  if (type.k === 'named' && type.name === 'Array') return type.arguments;
  if (type.k === 'tuple') return type.elements;
  return type.k === 'union' ? type.variants.flatMap(elementsOf) : [type];
}

/** The members of a collection's documents. */
export function documentType({ fields, computed, wildcard }: CollectionDefinition): Term {
  const all: Fields = new Map<string, Term>([
    ['id', named('ID')],
    ['ts', named('Time')],
    ['ttl', optional(named('Time'))],
  ]);
  for (const field of fields) all.set(field.name, uncheckedType(field.type));
  for (const [name, type] of computed) all.set(name, type);
  return record(all, wildcardOf(wildcard, fields.length));
}
const wildcardOf = (wildcard: TypeExpression | undefined, count: number): Term | undefined =>
  wildcard ? uncheckedType(wildcard) : count === 0 ? any() : undefined;

const method = (result: Term, ...parameters: readonly (readonly [string, Term])[]): Scheme =>
  schemeOfType(functionType(parameters, undefined, result));

/** The types of a collection, by their names. */
export function collectionShapes(definition: CollectionDefinition): ReadonlyMap<string, TypeShape> {
  const { name, fields, hasTtls, indexes, span } = definition;
  const document = named(name, [], span);
  const missing = named(`Null${name}`, [], span);
  const collection = named(`${name}Collection`, [], span);
  const wildcard = wildcardOf(definition.wildcard, fields.length);
  const data = documentType(definition);

  const special: Fields = new Map();
  if (hasTtls) special.set('ttl', optional(named('Time')));
  else if (wildcard) special.set('ttl', nullType());
  if (wildcard) special.set('data', nullType());
  const creating: Fields = new Map(fields.map((field) => [field.name, created(field.type, field.hasDefault)]));
  const updating: Fields = new Map(fields.map((field) => [field.name, updated(field.type)]));
  const of = (...parts: readonly Fields[]) => record(new Map(parts.flatMap((part) => [...part])), wildcard);
  const id: Fields = new Map([['id', optional(named('ID'))]]);

  const members = collectionFields(document, of(id, special, creating));
  const reference = named('Ref', [document], span);
  members
    .set('byId', method(reference, ['id', named('ID')]))
    .set('createData', method(document, ['data', of(creating)]))
    .set('definition', schemeOfType(named('CollectionDef')));
  const set = named('Set', [document]);
  for (const index of indexes) {
    const terms = index.terms.map(({ path, mva }, i) => {
      const type = selected(data, path);
      const elements = mva ? elementsOf(type) : [type];
      return [`term${i + 1}`, elements.length === 1 ? (elements[0] as Term) : union(elements, type.span)] as const;
    });
    const all = [functionType(terms, undefined, set), functionType([...terms, ['range', RANGE]], undefined, set)];
    members.set(index.name, schemeOfType(intersection(all)));
  }

  const literal = (value: boolean) => singleton({ kind: 'boolean', value });
  return new Map<string, TypeShape>([
    [
      name,
      {
        parameters: [],
        fields: new Map([
          ['coll', schemeOfType(collection)],
          ['update', method(document, ['data', of(special, updating)])],
          ['replace', method(document, ['data', of(special, creating)])],
          ['updateData', method(document, ['data', of(updating)])],
          ['replaceData', method(document, ['data', of(creating)])],
          ['exists', method(literal(true))],
          ['delete', method(missing)],
        ]),
        alias: { k: 'simple', raw: data },
        document: { kind: 'document', collection: name },
      },
    ],
    [
      missing.name,
      {
        parameters: [],
        fields: new Map([
          ['id', schemeOfType(named('ID'))],
          ['coll', schemeOfType(collection)],
          ['exists', method(literal(false))],
          ['toString', method(stringType())],
        ]),
        alias: schemeOfType(nullType()),
        document: { kind: 'missing', collection: name },
      },
    ],
    [collection.name, { parameters: [], fields: members, apply: method(reference, ['id', named('ID')]) }],
  ]);
}
