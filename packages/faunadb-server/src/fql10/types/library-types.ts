// The types of the standard library, read from their signatures when they are first used.
import type { TypeExpression } from '../parse/ast.js';
import { parseType } from '../parse/parse.js';
import { NULL_SOURCE, NULL_SPAN } from '../parse/span.js';
import { LazyMap } from './lazy-map.js';
import { hasSkolem } from './overloads.js';
import { FUNCTIONS, NATIVE_COLLECTIONS, type NativeSignatures, type Signatures, TYPES } from './signatures.js';
import {
  any,
  booleanType,
  functionType,
  intersection,
  named,
  nullType,
  optional,
  type Scheme,
  singleton,
  stringType,
  type Term,
  type TypeShape,
} from './terms.js';
import { uncheckedType } from './written.js';

const PARAMETERS: ReadonlySet<string> = new Set('ABCDEFG');

/** A type without source positions. */
export function unplaced<T>(tree: T): T {
  if (Array.isArray(tree)) return tree.map(unplaced) as T;
  if (tree === null || typeof tree !== 'object') return tree;
  const entries = Object.entries(tree).map(([key, each]) => [
    key,
    /^(?:markS|s)pan$/.test(key) ? NULL_SPAN : unplaced(each),
  ]);
  return Object.fromEntries(entries) as T;
}

function read(text: string): TypeExpression {
  const parsed = parseType(text, NULL_SOURCE);
  if (!parsed.ok) throw new Error(`No type: ${text}: ${parsed.errors[0]?.message}`);
  return unplaced(parsed.value);
}

export const schemeOfType = (raw: Term): Scheme => ({ k: hasSkolem(raw) ? 'skolemized' : 'simple', raw });
const scheme = (text: string): Scheme => schemeOfType(uncheckedType(read(text), PARAMETERS));
type Makers = Map<string, () => Scheme>;
const schemes = (texts: Readonly<Record<string, string>> = {}): Makers =>
  new Map(Object.entries(texts).map(([name, text]) => [name, () => scheme(text)]));
const made = (all: ReadonlyMap<string, Scheme>): Makers => new Map([...all].map(([name, each]) => [name, () => each]));
const fn = (...parameters: readonly (readonly [string, Term])[]) => ({
  to: (result: Term) => schemeOfType(functionType(parameters, undefined, result)),
});

export const RANGE = uncheckedType(read('{ from: Any } | { to: Any } | { from: Any, to: Any }'));

/** The members of all collections. */
export function collectionFields(document: Term, create: Term): Map<string, Scheme> {
  const set = named('Set', [document]);
  const predicate = functionType([[undefined, document]], undefined, booleanType());
  return new Map([
    [
      'all',
      schemeOfType(intersection([functionType([], undefined, set), functionType([['range', RANGE]], undefined, set)])),
    ],
    ['where', fn(['pred', predicate]).to(set)],
    ['firstWhere', fn(['pred', predicate]).to(optional(document))],
    ['create', fn(['data', create]).to(document)],
    ['toString', fn().to(stringType())],
  ]);
}

/** The types of a native collection, of its documents, and of references to missing ones. */
function nativeShapes(name: string): readonly (readonly [string, () => TypeShape])[] {
  const given = NATIVE_COLLECTIONS[name] as NativeSignatures;
  const document = named(given.document);
  const collection = named(`${name}Collection`);
  const missing = named(`Null${given.document}`);
  const id = schemeOfType(functionType([['id', named('ID')]], undefined, named('Ref', [document])));
  const ofCollection = (): TypeShape => {
    const members = made(collectionFields(document, uncheckedType(read(given.create))));
    if (given.isNamed) members.set('byName', () => fn(['name', stringType()]).to(named('NamedRef', [document])));
    else members.set('byId', () => id);
    const fields = new LazyMap([...members, ...schemes(given.fields)]);
    const apply = given.apply === undefined ? (given.isNamed ? undefined : id) : scheme(given.apply);
    return { parameters: [], fields, apply };
  };
  const ofDocument = (): TypeShape => {
    const data = uncheckedType(read('{ *: Any }'));
    const fields = new LazyMap([
      ...schemes(given.documentFields),
      ...made(
        new Map([
          ['coll', schemeOfType(collection)],
          ['delete', fn().to(missing)],
          ['exists', fn().to(singleton({ kind: 'boolean', value: true }))],
          ['replace', fn(['data', data]).to(document)],
          ['update', fn(['data', data]).to(document)],
        ]),
      ),
    ]);
    return {
      parameters: [],
      fields,
      alias: scheme(given.data),
      isPersistable: true,
      document: { kind: 'document', collection: name },
    };
  };
  const key = given.isNamed
    ? (['name', schemeOfType(stringType())] as const)
    : (['id', schemeOfType(named('ID'))] as const);
  const ofMissing = (): TypeShape => ({
    parameters: [],
    fields: new Map([
      key,
      ['coll', schemeOfType(collection)],
      ['exists', fn().to(singleton({ kind: 'boolean', value: false }))],
      ['toString', fn().to(stringType())],
    ]),
    alias: schemeOfType(nullType()),
    isPersistable: true,
    document: { kind: 'missing', collection: name },
  });
  return [
    [`${name}Collection`, ofCollection],
    [given.document, ofDocument],
    [`Null${given.document}`, ofMissing],
  ];
}

const shapeOf = (given: Signatures): TypeShape => ({
  parameters: given.parameters ?? [],
  fields: new LazyMap(schemes(given.fields)),
  apply: given.apply === undefined ? undefined : scheme(given.apply),
  access: given.access === undefined ? undefined : scheme(given.access),
  alias: given.alias === undefined ? undefined : scheme(given.alias),
  isPersistable: given.isPersistable ?? false,
});

/** A function that checks know, and no list shows. */
export const UNLISTED_FUNCTION = 'evalV4';

/** The names known to every query. */
export const LIBRARY_GLOBALS: ReadonlyMap<string, Scheme> = new LazyMap([
  ...globals(),
  ['FQL', () => schemeOfType(named('FQLModule'))],
]);

function globals(): Makers {
  const all = schemes(FUNCTIONS);
  for (const name of Object.keys(TYPES)) {
    if (name.endsWith('Module') && !name.includes('.'))
      all.set(name.slice(0, -'Module'.length), () => schemeOfType(named(name)));
  }
  for (const name of Object.keys(NATIVE_COLLECTIONS)) all.set(name, () => schemeOfType(named(`${name}Collection`)));
  return all.set('Credentials', () => schemeOfType(named('CredentialCollection')));
}

/** The type names of every database. */
export const LIBRARY_SHAPES: ReadonlyMap<string, TypeShape> = new LazyMap<TypeShape>([
  ...Object.entries(TYPES).map(([name, given]) => [name, () => shapeOf(given)] as const),
  ...['Int', 'Long', 'Double', 'Float'].map((name) => [name, () => LIBRARY_SHAPES.get('Number') as TypeShape] as const),
  ...Object.keys(NATIVE_COLLECTIONS).flatMap(nativeShapes),
  [
    'FQLModule',
    () => ({
      parameters: [],
      fields: new LazyMap([
        ...globals(),
        ['Schema', () => schemeOfType(named('FQL.SchemaModule'))],
        // Only the real server's own databases have it.
        [UNLISTED_FUNCTION, () => scheme('(expr: { *: Any }) => Any')],
      ]),
    }),
  ],
]);

const [NUMBER, BOOLEAN] = [named('Number'), named('Boolean')];
const infix = (type: Term, result: Term) =>
  functionType(
    [
      [undefined, type],
      [undefined, type],
    ],
    undefined,
    result,
  );

/** The operators that are functions of their operands. */
export const OPERATORS: ReadonlyMap<string, Scheme> = new Map<string, Scheme>([
  ...['==', '!=', '>', '<', '>=', '<='].map((name) => [name, schemeOfType(infix(any(), BOOLEAN))] as const),
  ...['%', '&', '*', '/', '^', '|', '**'].map((name) => [name, schemeOfType(infix(NUMBER, NUMBER))] as const),
  ['+', schemeOfType(intersection([infix(NUMBER, NUMBER), infix(stringType(), stringType())]))],
  ['-', schemeOfType(intersection([infix(NUMBER, NUMBER), functionType([[undefined, NUMBER]], undefined, NUMBER)]))],
  ['~', schemeOfType(functionType([[undefined, NUMBER]], undefined, NUMBER))],
  ['!', schemeOfType(functionType([[undefined, BOOLEAN]], undefined, BOOLEAN))],
]);
