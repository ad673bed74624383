import { parseInteger } from '@supertokens-faunadb/java/numbers';
import { invalidArgument, invalidNativeCollection, wrongType } from '../../values/errors.js';
import { Failure } from '../../values/failure.js';
import { nativeId } from '../../values/ids.js';
import { at, type Position } from '../../values/position.js';
import { typeName } from '../../values/types.js';
import { NumberedRef, ObjectValue, UnresolvedRef, type Value } from '../../values/values.js';

const SHAPES: ReadonlySet<string> = new Set([
  'id',
  'class\0id',
  'collection\0id',
  'database\0id',
  'class\0database\0id',
  'collection\0database\0id',
]);

/** Collections whose documents are identified by name; all others use numbers. */
const NAMED: ReadonlySet<string> = new Set([
  'databases',
  'collections',
  'classes',
  'indexes',
  'functions',
  'roles',
  'access_providers',
]);

/**
 * Reads the content of `@ref`: `{ id, collection?, database? }`, where the latter two are refs themselves.
 *
 * @throws {Failure} with the errors of all parts.
 */
export function parseRefObject(value: Value, position: Position | undefined): UnresolvedRef {
  if (!(value instanceof ObjectValue)) throw wrongType(['Ref'], value, position);
  const { fields } = value;
  if (fields.size === 1 && fields.has('@ref')) return parseRefObject(fields.get('@ref')!, position);
  if (!SHAPES.has([...fields.keys()].sort().join('\0'))) throw wrongType(['Ref'], value, position);

  const errors: Failure[] = [];
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      errors.push(error);
      return undefined;
    }
  };
  const id = fields.get('id')!;
  attempt(() => {
    if (typeof id !== 'string' && typeof id !== 'bigint')
      throw wrongType(['String', 'Integer'], id, at(position, 'id'));
  });
  const part = (name: string, type: string, at_: string) =>
    attempt(() => {
      const given = fields.get(name);
      if (given === undefined || given === null) return undefined;
      const ref = parseRefObject(given, at(position, at_));
      const provided = ref instanceof NumberedRef ? 'Ref' : typeName(ref);
      if (provided !== type) throw invalidArgument(`${type} expected, ${provided} provided.`, at(position, at_));
      return ref;
    });
  const collection = part(fields.has('class') ? 'class' : 'collection', 'Collection Ref', 'class');
  const database = part('database', 'Database Ref', 'database');
  if (errors.length > 0) throw new Failure(errors.flatMap((e) => e.errors));
  return makeRef(id as string | bigint, collection, database, position);
}

function makeRef(
  id: string | bigint,
  collection: UnresolvedRef | undefined,
  database: UnresolvedRef | undefined,
  position: Position | undefined,
): UnresolvedRef {
  const atId = at(position, 'id');
  if (collection === undefined) {
    if (typeof id === 'bigint') throw invalidArgument('String expected, Number provided.', atId);
    if (nativeId(id) === undefined) throw invalidNativeCollection(id, atId);
    // The name of collections before version 2.7.
    return new UnresolvedRef(id === 'classes' ? 'collections' : id, undefined, database);
  }
  const isNative = collection.collection === undefined;
  if (isNative && typeof id === 'string' && NAMED.has(collection.id ?? '')) {
    return new UnresolvedRef(id, collection, database);
  }
  if (isNative && collection.id === 'keys' && typeof id === 'bigint') {
    return new UnresolvedRef(String(id), collection, database);
  }
  if (database !== undefined) {
    throw invalidArgument('Null expected, Database Ref provided.', at(position, 'database'));
  }
  if (id === 'self') return new UnresolvedRef(id, collection, undefined);
  const isNumbered = isNative && NAMED.has(collection.id ?? '');
  return new (isNumbered ? NumberedRef : UnresolvedRef)(documentId(id, atId), collection, undefined);
}

/** The number of a document, from a number or digits. */
function documentId(id: string | bigint, position: Position | undefined): string {
  if (typeof id === 'bigint') return String(id);
  const number = parseInteger(id);
  if (number !== undefined) return String(number);
  // Includes the empty id, which contains no other characters either.
  if (/^\d*$/.test(id)) throw invalidArgument(`The id provided is too large: '${id}'`, position);
  throw invalidArgument(`Number or numeric String expected, non-numeric '${id}' provided.`, position);
}
