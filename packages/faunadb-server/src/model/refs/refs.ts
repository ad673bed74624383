import { isUserCollection, NATIVE, nativeId, nativeName, ROOT_SCOPE, SCHEMA_COLLECTIONS } from '../../values/ids.js';
import { NumberedRef, Ref, type UnresolvedRef } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import type { Databases } from '../base/databases.js';

import { credentialsOf } from './credentials-lookup.js';
import { scopeOfDatabase } from './database-lookups.js';

/** A ref's parts by name, as in the wire form. */
export interface RefParts {
  readonly id: string;
  readonly collection?: RefParts;
  readonly database?: RefParts;
}

/**
 * Resolves a ref written by names, in the schema as it was before the query. If a name does not exist, returns the ref
 * unchanged.
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
  // Only the ref of a key names its own database; all others are in that of their collection.
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

/** The database that a ref names, or that of the query. */
function scopeOf(context: ModelContext, ref: UnresolvedRef): number | undefined {
  if (ref.database === undefined) return context.auth.scope;
  const database = resolveRef(context, ref.database);
  return database instanceof Ref ? scopeOfDatabase(context.model, database) : undefined;
}

/** Whether a document has a name, as schema documents do. */
export function hasName({ collection }: Ref): boolean {
  return SCHEMA_COLLECTIONS.has(collection);
}

/**
 * Returns the names of a ref's parts as seen from the database `requestScope`.
 *
 * @returns `undefined` if its collection or database no longer exists
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
