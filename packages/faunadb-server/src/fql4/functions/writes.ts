import {
  createDocument,
  deleteDocument,
  insertVersion,
  removeVersion,
  updateDocument,
} from '../../model/documents/access.js';
import { unwritableRefs } from '../../model/documents/references.js';
import { moveDatabase } from '../../model/kinds/databases.js';
import type { QueryContext } from '../../query/context.js';

import {
  collectErrors,
  invalidArgument,
  invalidWriteTime,
  unresolvedRef,
  validationFailed,
  wrongType,
} from '../../values/errors.js';
import { isUserCollection, NATIVE, nativeId } from '../../values/ids.js';
import { at, type Position, path } from '../../values/position.js';
import { Action, ObjectValue, Ref, UnresolvedRef, type Value } from '../../values/values.js';
import { databaseRef, object, ref, stringOrRef, timestamp } from '../evaluate/casts.js';
import { type Cast, type Form, form, only, optional } from '../evaluate/form.js';

const NOTHING = new ObjectValue(new Map());

/** Rejects dangling refs and refs to other databases in data to be written. */
export function refuseForeignRefs(context: QueryContext, params: ObjectValue, position: Position | undefined): void {
  const here = path(position);
  const failures = unwritableRefs(context.auth.scope, params, here);
  if (failures.length === 0) return;
  throw validationFailed(failures, position);
}

function refuseScopedRef(context: QueryContext, ref: Ref, position: Position | undefined): void {
  if (ref.scope !== context.auth.scope) throw invalidArgument('Cannot write a scoped ref.', position);
}

/** Applies both checks. */
function refuseForeign(
  context: QueryContext,
  ref: Ref,
  place: Position | undefined,
  params: ObjectValue,
  position: Position | undefined,
): void {
  collectErrors(
    () => refuseScopedRef(context, ref, place),
    () => refuseForeignRefs(context, params, position),
  );
}

const create = form(
  'write',
  { create: stringOrRef, params: optional(object) },
  ({ create, params = NOTHING }, context, position) => {
    refuseForeignRefs(context, params, position);
    const place = at(position, 'create');
    if (typeof create === 'string') {
      const id = context.model.committedSchema(context.auth.scope).idOf(NATIVE.collections, create);
      if (id === undefined) throw unresolvedRef(collectionByName(create), place);
      return createDocument(context, new Ref(context.auth.scope, NATIVE.collections, id), undefined, params, place);
    }
    refuseScopedRef(context, create, place);
    if (create.collection === NATIVE.collections) return createDocument(context, create, undefined, params, place);
    const collection = new Ref(create.scope, NATIVE.collections, BigInt(create.collection));
    return createDocument(context, collection, create.id, params, place);
  },
);

function collectionByName(name: string): UnresolvedRef {
  const native = nativeId(name) === undefined ? undefined : new UnresolvedRef(name, undefined, undefined);
  return native ?? new UnresolvedRef(name, new UnresolvedRef('collections', undefined, undefined), undefined);
}

/** `CreateCollection` and the like: documents of native collections. */
function createNative(key: string, collection: number): Form {
  return form('write', { [key]: object }, (args, context, position) => {
    const params = args[key] as ObjectValue;
    refuseForeignRefs(context, params, position);
    const ref = new Ref(context.auth.scope, NATIVE.collections, BigInt(collection));
    return createDocument(context, ref, undefined, params, at(position, key));
  });
}

function change(
  how: 'update' | 'replace',
  document: Ref,
  params: ObjectValue,
  context: QueryContext,
  position: Position | undefined,
): Value {
  refuseForeign(context, document, at(position, how), params, position);
  return updateDocument(context, document, params, how, position);
}

const update = form(
  'write',
  { update: ref, params: optional(object) },
  ({ update, params = NOTHING }, context, position) => change('update', update, params, context, position),
);

const replace = form(
  'write',
  { replace: ref, params: optional(object) },
  ({ replace, params = NOTHING }, context, position) => change('replace', replace, params, context, position),
);

const remove = form('write', { delete: ref }, (args, context, position) => {
  refuseScopedRef(context, args.delete, at(position, 'delete'));
  return deleteDocument(context, args.delete, position);
});

type DocumentAction = 'create' | 'update' | 'delete';

const documentAction: Cast<DocumentAction> = (value, position) => {
  const action = value instanceof Action ? value.name : value;
  if (action === 'create' || action === 'update' || action === 'delete') return action;
  throw wrongType(["String 'create', 'update', or 'delete'"], value, position);
};

const insert = form(
  'write',
  { insert: ref, ts: timestamp, action: documentAction, params: optional(object) },
  ({ insert, ts, action, params = NOTHING }, context, position) => {
    const time = ts.nanos / 1000n;
    if (time > context.snapshotTime) throw invalidWriteTime(position);
    refuseForeign(context, insert, at(position, 'insert'), params, position);
    if (!isUserCollection(insert.collection) && insert.collection !== NATIVE.keys) {
      throw invalidArgument('Cannot insert event for specified ref.', position);
    }
    return insertVersion(context, insert, time, action, params, position);
  },
);

const removeEvent = form(
  'write',
  { remove: ref, ts: timestamp, action: documentAction },
  ({ remove, ts, action }, context, position) => {
    refuseScopedRef(context, remove, at(position, 'remove'));
    if (!isUserCollection(remove.collection)) {
      throw invalidArgument('Cannot remove event for specified ref.', position);
    }
    removeVersion(context, remove, ts.nanos / 1000n, action, position);
    return null;
  },
);

const move = form('write', { move_database: databaseRef, to: databaseRef }, (args, context, position) =>
  moveDatabase(context, args.move_database, args.to, position),
);

export const writeFunctions: readonly Form[] = [
  create,
  createNative('create_class', NATIVE.collections),
  createNative('create_collection', NATIVE.collections),
  createNative('create_database', NATIVE.databases),
  createNative('create_index', NATIVE.indexes),
  createNative('create_key', NATIVE.keys),
  createNative('create_function', NATIVE.functions),
  createNative('create_role', NATIVE.roles),
  only({ since: '4' }, createNative('create_access_provider', NATIVE.access_providers)),
  update,
  replace,
  remove,
  insert,
  removeEvent,
  move,
];
