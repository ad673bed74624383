import { isUserCollection, NATIVE, nativeId, nativeName, ROOT_SCOPE, SCHEMA_COLLECTIONS } from '../../values/ids.js';
import { NumberedRef, Ref, type UnresolvedRef } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import type { Databases } from '../base/databases.js';

import { credentialsOf } from './credentials-lookup.js';
import { scopeOfDatabase } from './database-lookups.js';

/** A ref's parts by name, as the wire shows them. */
export interface RefParts {
  readonly id: string;
  readonly collection?: RefParts;
  readonly database?: RefParts;
}

/**
 * Finds what a ref written by names refers to, in the schema as it was before the query. Where there is nothing of that
 * name, it comes back as it was.
 */
export function resolveRef(context: ModelContext, ref: UnresolvedRef): Ref | UnresolvedRef {
  const scope = scopeOf(context, ref);
  if (scope === undefined) return ref;
  const { collection, id } = ref;
  if (id === undefined) return ref;
  if (collection === undefined) {
    const native = nativeId(id);
    return native === undefined ? ref : new Ref(scope, NATIVE.collections, BigInt(native));
  }
  const schema = context.model.committedSchema(scope);
  const parent = resolveRef(context, collection);
  if (!(parent instanceof Ref)) return ref;
  const collectionId = Number(parent.id);
  if (ref instanceof NumberedRef) return new Ref(parent.scope, collectionId, BigInt(id));
  if (SCHEMA_COLLECTIONS.has(collectionId)) {
    const found = schema.idOf(collectionId, id);
    return found === undefined ? ref : new Ref(scope, collectionId, found);
  }
  if (id === 'self') return self(context, collectionId) ?? ref;
  // Only the ref of a key says its database by itself; all others are in that of their collection.
  const home = ref.database === undefined ? parent.scope : scope;
  return /^[+-]?\d+$/.test(id) ? new Ref(home, collectionId, BigInt.asIntN(64, BigInt(id))) : ref;
}

/** The document of a collection that the query acts as, or its token, or its credentials. */
function self({ auth, model }: ModelContext, collection: number): Ref | undefined {
  const { source, identity } = auth;
  if (collection === NATIVE.tokens) return source.kind === 'token' ? source.ref : undefined;
  if (collection === NATIVE.credentials) {
    return source.kind === 'token' && identity ? credentialsOf(model, identity) : undefined;
  }
  return identity?.collection === collection ? identity : undefined;
}

/** The database that a ref says it is in; that of the query where it says nothing. */
function scopeOf(context: ModelContext, ref: UnresolvedRef): number | undefined {
  if (ref.database === undefined) return context.auth.scope;
  const database = resolveRef(context, ref.database);
  return database instanceof Ref ? scopeOfDatabase(context.model, database) : undefined;
}

/** Whether a document is known by its name, as schema documents are. */
export function hasName({ collection }: Ref): boolean {
  return SCHEMA_COLLECTIONS.has(collection);
}

/**
 * Names a ref's parts for one who asks from the database `requestScope`.
 *
 * @returns `undefined` where its collection or database is no more
 */
export function describeRef(view: Databases, ref: Ref, requestScope: number): RefParts | undefined {
  if (ref.collection === NATIVE.collections && !isUserCollection(Number(ref.id))) {
    const id = nativeName(ref.id);
    return id === undefined ? undefined : inDatabase(view, { id }, ref.scope, requestScope);
  }
  if (hasName(ref)) {
    const id = view.schema(ref.scope).nameOf(ref.collection, ref.id);
    const collection = { id: nativeName(ref.collection)! };
    return id === undefined ? undefined : inDatabase(view, { id, collection }, ref.scope, requestScope);
  }
  const collection = describeRef(view, new Ref(ref.scope, NATIVE.collections, BigInt(ref.collection)), requestScope);
  return collection && { id: ref.id.toString(), collection };
}

function inDatabase(view: Databases, parts: RefParts, scope: number, requestScope: number): RefParts | undefined {
  if (scope === requestScope || scope === ROOT_SCOPE) return parts;
  const database = view.databaseOf(scope);
  const described = database && describeRef(view, database, requestScope);
  return described && { ...parts, database: described };
}
