import { parseInteger } from '@supertokens-faunadb/java/numbers';
import { scopeOfDatabase } from '../../model/refs/database-lookups.js';
import type { QueryContext } from '../../query/context.js';

import { collectErrors, invalidArgument, wrongType } from '../../values/errors.js';
import { isUserCollection, NATIVE, SCHEMA_COLLECTIONS } from '../../values/ids.js';
import { at, type Position } from '../../values/position.js';
import { Ref, UnresolvedRef, type Value } from '../../values/values.js';
import { any, databaseRef, nothing, nullable, string } from '../evaluate/casts.js';
import { type Form, form, only, optional } from '../evaluate/form.js';

type NativeName = keyof typeof NATIVE;

/** The ref of a named document. A missing document is an error only where the ref is used. */
function named(key: string, native: NativeName): Form {
  return form('pure', { [key]: string, scope: optional(databaseRef) }, (args, context) => {
    const { [key]: name, scope } = args as unknown as Readonly<Record<string, unknown>>;
    return refByName(context, native, name as string, scope as Ref | undefined);
  });
}

function refByName(context: QueryContext, native: NativeName, name: string, database: Ref | undefined): Value {
  const { model, auth } = context;
  const scope = database ? scopeOfDatabase(model, database) : auth.scope;
  const collection = new UnresolvedRef(native, undefined, undefined);
  if (scope === undefined) return new UnresolvedRef(name, collection, undefined);
  // Unlike others, databases that the same query created are found.
  const schema = native === 'databases' ? model.schema(scope) : model.committedSchema(scope);
  const id = schema.idOf(NATIVE[native], name);
  if (id !== undefined) return new Ref(scope, NATIVE[native], id);
  const databaseName = database && scope !== auth.scope ? model.schema(scope).database?.name : undefined;
  const databases = new UnresolvedRef('databases', undefined, undefined);
  return new UnresolvedRef(
    name,
    collection,
    databaseName === undefined ? undefined : new UnresolvedRef(databaseName, databases, undefined),
  );
}

/** The ref of a native collection, of the query's database or of another. */
function native(key: string, collection: NativeName): Form {
  return form('pure', { [key]: nullable(databaseRef) }, (args, context, position) => {
    const database = args[key] as Ref | null;
    const scope = database ? scopeOfDatabase(context.model, database) : context.auth.scope;
    if (scope === undefined) throw wrongType(['Database Ref'], database, at(position, 'scope'));
    return new Ref(scope, NATIVE.collections, BigInt(NATIVE[collection]));
  });
}

/** `Ref(collection, id)`. Passing a database has no effect: as in FaunaDB, the ref belongs to that database's parent. */
const ref = form('pure', { ref: any, id: any, scope: optional(databaseRef) }, (args, _context, position) => {
  const [collection, id] = collectErrors(
    () => collectionOfDocuments(args.ref, at(position, 'ref')),
    () => documentId(args.id, at(position, 'id')),
  );
  if (collection instanceof UnresolvedRef) return new UnresolvedRef(id.toString(), collection, undefined);
  return new Ref(args.scope?.scope ?? collection.scope, Number(collection.id), id);
});

function collectionOfDocuments(value: Value, position: Position | undefined): Ref | UnresolvedRef {
  if (value instanceof UnresolvedRef && value.collection?.id === 'collections') return value;
  if (!(value instanceof Ref) || value.collection !== NATIVE.collections) {
    throw wrongType(['Collection Ref'], value, position);
  }
  if (!isUserCollection(Number(value.id)) && SCHEMA_COLLECTIONS.has(Number(value.id))) {
    throw invalidArgument('Regular Class Ref expected, Schema Class Ref provided.', position);
  }
  return value;
}

/** An id, as a number or digits: 64 bits. */
function documentId(value: Value, position: Position | undefined): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value !== 'string') throw wrongType(['String', 'Number'], value, position);
  const id = parseInteger(value);
  if (id !== undefined) return id;
  if (/^\p{Nd}*$/u.test(value)) throw invalidArgument(`The id provided is too large: '${value}'`, position);
  throw invalidArgument(`Number or numeric String expected, non-numeric '${value}' provided.`, position);
}

/** A new id that no document has. */
const newId = (key: string) => form('write', { [key]: nothing }, (_args, { model }) => model.nextId().toString());

export const schemaRefFunctions: readonly Form[] = [
  ref,
  named('database', 'databases'),
  named('collection', 'collections'),
  named('class', 'collections'),
  named('index', 'indexes'),
  named('function', 'functions'),
  named('role', 'roles'),
  only({ since: '4' }, named('access_provider', 'access_providers')),
  native('databases', 'databases'),
  native('collections', 'collections'),
  native('classes', 'collections'),
  native('indexes', 'indexes'),
  native('functions', 'functions'),
  native('roles', 'roles'),
  native('keys', 'keys'),
  native('tokens', 'tokens'),
  native('credentials', 'credentials'),
  only({ since: '4' }, native('access_providers', 'access_providers')),
  newId('new_id'),
  newId('next_id'),
];
