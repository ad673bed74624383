// The types of the standard library, read from their signatures.
import type { TypeExpression } from '../parse/ast.js';
import { parseType } from '../parse/parse.js';
import { NULL_SOURCE, NULL_SPAN } from '../parse/span.js';
import { hasSkolem } from './overloads.js';
import { FUNCTIONS, NATIVE_COLLECTIONS, TYPES } from './signatures.js';
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
const schemes = (texts: Readonly<Record<string, string>> = {}): Map<string, Scheme> =>
  new Map(Object.entries(texts).map(([name, text]) => [name, scheme(text)]));
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

function nativeShapes(): [string, TypeShape][] {
  return Object.entries(NATIVE_COLLECTIONS).flatMap(([name, given]): [string, TypeShape][] => {
    const document = named(given.document);
    const collection = named(`${name}Collection`);
    const missing = named(`Null${given.document}`);
    const data = uncheckedType(read('{ *: Any }'));
    const id = schemeOfType(functionType([['id', named('ID')]], undefined, named('Ref', [document])));
    const fields = collectionFields(document, uncheckedType(read(given.create)));
    if (given.isNamed) fields.set('byName', fn(['name', stringType()]).to(named('NamedRef', [document])));
    else fields.set('byId', id);
    for (const [field, each] of schemes(given.fields)) fields.set(field, each);
    const own = schemes(given.documentFields);
    own
      .set('coll', schemeOfType(collection))
      .set('delete', fn().to(missing))
      .set('exists', fn().to(singleton({ kind: 'boolean', value: true })))
      .set('replace', fn(['data', data]).to(document))
      .set('update', fn(['data', data]).to(document));
    const key = given.isNamed
      ? (['name', schemeOfType(stringType())] as const)
      : (['id', schemeOfType(named('ID'))] as const);
    const apply = given.apply === undefined ? (given.isNamed ? undefined : id) : scheme(given.apply);
    return [
      [`${name}Collection`, { parameters: [], fields, apply }],
      [
        given.document,
        {
          parameters: [],
          fields: own,
          alias: scheme(given.data),
          isPersistable: true,
          document: { kind: 'document', collection: name },
        },
      ],
      [
        `Null${given.document}`,
        {
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
        },
      ],
    ];
  });
}

/** The type names of every database. */
export const LIBRARY_SHAPES: ReadonlyMap<string, TypeShape> = (() => {
  const shapes = new Map<string, TypeShape>();
  for (const [name, given] of Object.entries(TYPES)) {
    shapes.set(name, {
      parameters: given.parameters ?? [],
      fields: schemes(given.fields),
      apply: given.apply === undefined ? undefined : scheme(given.apply),
      access: given.access === undefined ? undefined : scheme(given.access),
      alias: given.alias === undefined ? undefined : scheme(given.alias),
      isPersistable: given.isPersistable ?? false,
    });
  }
  const number = shapes.get('Number') as TypeShape;
  for (const name of ['Int', 'Long', 'Double', 'Float']) shapes.set(name, number);
  for (const [name, shape] of nativeShapes()) shapes.set(name, shape);
  return shapes;
})();

/** The names known to every query. */
export const LIBRARY_GLOBALS: ReadonlyMap<string, Scheme> = (() => {
  const globals = schemes(FUNCTIONS);
  for (const name of LIBRARY_SHAPES.keys()) {
    if (name.endsWith('Module') && !name.includes('.'))
      globals.set(name.slice(0, -'Module'.length), schemeOfType(named(name)));
  }
  for (const name of Object.keys(NATIVE_COLLECTIONS)) globals.set(name, schemeOfType(named(`${name}Collection`)));
  globals.set('Credentials', schemeOfType(named('CredentialCollection')));
  const fields = new Map(globals).set('Schema', schemeOfType(named('FQL.SchemaModule')));
  (LIBRARY_SHAPES as Map<string, TypeShape>).set('FQLModule', { parameters: [], fields });
  globals.set('FQL', schemeOfType(named('FQLModule')));
  return globals;
})();

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
