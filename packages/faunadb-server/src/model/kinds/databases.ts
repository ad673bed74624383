import { instanceAlreadyExists, moveDatabaseError, permissionDenied } from '../../values/errors.js';
import type { FieldFailure } from '../../values/failure.js';
import { NATIVE } from '../../values/ids.js';
import { omit, pick, sameStored, withField } from '../../values/objects.js';
import type { Position } from '../../values/position.js';
import { ObjectValue, Ref, Version } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import { boolean, type FieldType, invalidType, map, name, optional, required } from '../base/fields.js';
import type { Writing } from '../base/kind.js';
import { StoredVersion } from '../base/stored-version.js';
import { danglingRefs } from '../documents/references.js';
import { discardScope } from '../maintenance/discard.js';
import { scopeOfDatabase, setDatabaseLookups } from '../refs/database-lookups.js';
import { globalIdOf } from '../schema/global-id.js';
import { NamedKind } from './named.js';

/** A database's share of the server relative to others: stored and returned, without effect on one node. */
export const priority: FieldType = {
  name: 'Priority',
  check: (value, path) =>
    typeof value === 'bigint' && value >= 1n && value <= 500n ? [] : [invalidType(path, 'Priority', value)],
};

/** The owner of a database, for the real server's operators; without effect here. */
const account: FieldType = {
  name: 'Map',
  check(value, path) {
    const field = [...path, 'id'];
    if (!(value instanceof ObjectValue)) return [...map.check(value, path), ...map.check(value, field)];
    const id = value.fields.get('id');
    return id === undefined || typeof id === 'bigint' ? [] : [invalidType(field, 'Account', id)];
  },
};

class DatabaseKind extends NamedKind {
  override readonly fields = [
    optional('data', map),
    required('name', name),
    optional('account', account),
    optional('priority', priority),
    optional('container', boolean),
    optional('typechecked', boolean),
    optional('protected', boolean),
  ];
  override readonly hidden = ['scope', 'account', 'disabled'];
  override readonly final = ['global_id'];
  override readonly allowedInContainer = true;

  /** Hidden fields are accepted if they have the right type. */
  override writable(diff: ObjectValue): ObjectValue {
    return omit(diff, ['scope', 'disabled', 'global_id']);
  }

  override check({ context, data, isCreate }: Writing): readonly FieldFailure[] {
    const failures = danglingRefs(context, data);
    if (isCreate || data.fields.get('container') !== true) return failures;
    const scope = Number(data.fields.get('scope'));
    const before = context.model.schema(scope).database;
    if (before?.container || !holdsObjects(context, scope)) return failures;
    const description = 'cannot make database a container while it contains collections, indexes, or user functions';
    return [...failures, { field: [], code: 'container candidate contains data', description }];
  }

  override write(writing: Writing, store: (data: ObjectValue) => void): ObjectValue {
    const { context, ref, isCreate } = writing;
    let { data } = writing;
    if (isCreate && !data.fields.has('scope')) {
      data = withField(data, 'scope', BigInt(context.model.keys.count('databases', 1)));
      data = withField(data, 'global_id', globalIdOf(context.model.nextId()));
    }
    const scope = Number(data.fields.get('scope'));
    const written = super.write({ ...writing, data }, store);
    setDatabaseLookups(context.model, scope, data.fields.get('global_id') as string, ref);
    context.model.changeSchema(scope, NATIVE.databases, ref.id, []);
    return written;
  }

  override remove(context: ModelContext, ref: Ref, version: StoredVersion, remove: () => void): void {
    const view = context.model;
    const scope = Number(version.data.fields.get('scope'));
    for (const id of [...view.documents.ids(scope, NATIVE.databases)]) {
      const inner = new Ref(scope, NATIVE.databases, id);
      this.remove(context, inner, view.documents.latest(inner)!, () => {
        view.documents.append(context, inner, StoredVersion.deletion(context.model.keys.writeTime));
      });
    }
    for (const [key, of] of [...view.documents.scan(scope, NATIVE.keys)]) {
      if (!of.deleted) view.kindOf(NATIVE.keys).clear(context, key, of, () => {});
    }
    this.clear(context, ref, version, remove);
    discardScope(view, scope);
  }

  override clear(context: ModelContext, ref: Ref, version: StoredVersion, remove: () => void): void {
    const view = context.model;
    const scope = Number(version.data.fields.get('scope'));
    super.clear(context, ref, version, remove);
    view.changeSchema(scope, NATIVE.databases, ref.id, []);
    setDatabaseLookups(view, scope, version.data.fields.get('global_id') as string, undefined);
  }
}

export const databaseKind = new DatabaseKind();

function holdsObjects(context: ModelContext, scope: number): boolean {
  return [NATIVE.collections, NATIVE.indexes, NATIVE.functions].some(
    (collection) => context.model.documents.ids(scope, collection).next().done === false,
  );
}

/**
 * Moves a database, with its contents and the keys that open it, into another one. The contents and their ids stay the
 * same; only its document moves. Keys retain only the fields that open the database.
 */
export function moveDatabase(context: ModelContext, ref: Ref, into: Ref, position: Position | undefined): Version {
  const view = context.model;
  const version = view.documents.latest(ref)!;
  const names = [ref, into].map((r) => view.schema(r.scope).nameOf(NATIVE.databases, r.id) ?? '__root__');
  const refuse = (reason: string) => moveDatabaseError(names[0]!, names[1]!, reason, position);
  const scope = scopeOfDatabase(view, ref)!;
  const destination = scopeOfDatabase(view, into)!;
  if (view.schema(destination).isWithin(scope)) throw refuse('Cannot move database from ancestor to descendant.');
  // As in FaunaDB, a child's database is treated here like one of the query's own.
  const own = new Ref(context.auth.scope, ref.collection, ref.id);
  if (!context.auth.permissions.mayDelete(context, own)) throw permissionDenied(position);
  if (view.schema(destination).idOf(NATIVE.databases, names[0]!) !== undefined) {
    throw instanceAlreadyExists('Database', position);
  }

  const keys = [...view.documents.scan(ref.scope, NATIVE.keys)].filter(
    ([, key]) => !key.deleted && sameStored(key.data.fields.get('database') ?? null, ref),
  );
  const clear = (document: Ref, of: StoredVersion) =>
    view.kindOf(document.collection).clear(context, document, of, () => view.documents.rewrite(context, document, []));
  clear(ref, version);
  const moved = new Ref(destination, NATIVE.databases, databaseKind.nextId(context));
  const put = (document: Ref, data: ObjectValue) =>
    view
      .kindOf(document.collection)
      .write({ context, ref: document, position, isCreate: true, previous: NOTHING, data }, (stored) =>
        view.documents.append(context, document, StoredVersion.live(context.model.keys.writeTime, stored)),
      );
  const data = put(moved, version.data);
  for (const [key, of] of keys) {
    clear(key, of);
    const kept = pick(of.data, ['role', 'hashed_secret', 'ttl']);
    put(new Ref(destination, NATIVE.keys, key.id), withField(kept, 'database', moved));
  }
  return new Version(moved, undefined, 'create', databaseKind.shown(data), true);
}

const NOTHING = new ObjectValue(new Map());
