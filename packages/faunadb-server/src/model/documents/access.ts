import {
  instanceAlreadyExists,
  instanceNotFound,
  instanceNotUnique,
  invalidArgument,
  invalidObjectInContainer,
  invalidWriteTime,
  permissionDenied,
  schemaValidationFailed,
  validationFailed,
} from '../../values/errors.js';
import type { FieldFailure } from '../../values/failure.js';
import { isUserCollection, NATIVE } from '../../values/ids.js';
import { withField } from '../../values/objects.js';
import { at, type Position } from '../../values/position.js';
import { DocumentEvent, ObjectValue, Ref, Version } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import { Invalid } from '../base/fields.js';
import type { DocumentKind } from '../base/kind.js';
import { StoredVersion } from '../base/stored-version.js';
import { withDefaultTtl } from './default-ttl.js';
import { refuseBefore } from './earliest-time.js';
import { NameTaken, NotUnique } from './not-unique.js';
import { shownTime } from './shown.js';
import { storable } from './storable.js';

// Reads and writes of single documents, each with its permission check and FaunaDB's errors. The order of the checks
// is
// FaunaDB's (`ReadAdaptor.scala`, `WriteAdaptor.scala`), because clients see the first that fails.

type At = Position | undefined;

/** The length of a document's key, in bytes. */
const DOCUMENT_KEY = 15;

const NOTHING = new ObjectValue(new Map());

/** Reads a document; at `time`, in µs, if given. */
export function getDocument(context: ModelContext, ref: Ref, time: bigint | undefined, position: At): Version {
  const version = readDocument(context, ref, time);
  if (!context.auth.permissions.mayRead(context, ref)) throw permissionDenied(position);
  if (!version) throw notFound(ref, position);
  return new Version(
    ref,
    shownTime(context, version.ts),
    'update',
    context.model.kindOf(ref.collection).shown(version.data),
  );
}

/** Whether a document exists (at `time`, in µs, if given) and the query may read it. */
export function documentExists(context: ModelContext, ref: Ref, time: bigint | undefined): boolean {
  return readDocument(context, ref, time) !== undefined && context.auth.permissions.mayRead(context, ref);
}

function readDocument({ model }: ModelContext, ref: Ref, time: bigint | undefined): StoredVersion | undefined {
  const version = model.documents.read(ref, time);
  const before = model.keys.usage.bytesRead;
  if (version) model.keys.usage.read(DOCUMENT_KEY + version.size);
  model.keys.usage.endRead(before);
  return version;
}

/** Creates a document in a collection; `id` is its id if the query chose one. */
export function createDocument(
  context: ModelContext,
  collection: Ref,
  id: bigint | undefined,
  params: ObjectValue,
  position: At,
): Version {
  refuseWhileStaged(context, collection.scope, Number(collection.id), position);
  const kind = context.model.kindOf(Number(collection.id));
  const diff = kind.writable(params, true);
  const ref = new Ref(collection.scope, Number(collection.id), id ?? kind.nextId(context));
  if (!context.auth.permissions.mayCreate(context, ref, diff, id !== undefined)) throw permissionDenied(position);
  if (id !== undefined && context.model.documents.read(ref)) {
    throw instanceAlreadyExists(nameOfKind(ref), position);
  }
  if (!kind.allowedInContainer && context.model.schema(ref.scope).database?.container) {
    throw invalidObjectInContainer(position);
  }
  const shown = write(context, kind, ref, kind.defaults, diff, true, position);
  return new Version(ref, undefined, 'create', shown, true);
}

/** Changes some fields of a document (`update`), or all of them (`replace`). */
export function updateDocument(
  context: ModelContext,
  ref: Ref,
  params: ObjectValue,
  how: 'update' | 'replace',
  position: At,
): Version {
  if (isNativeCollection(ref)) throw invalidArgument('Cannot update a schema meta collection.', at(position, how));
  refuseWhileStaged(context, ref.scope, ref.collection, position);
  const kind = context.model.kindOf(ref.collection);
  const diff = kind.writable(params, false);
  const previous = context.model.documents.read(ref);
  if (!previous) throw notFound(ref, at(position, how));
  const before = new Version(ref, shownTime(context, previous.ts), 'update', kind.shown(previous.data));
  if (!context.auth.permissions.mayWrite(context, before, diff)) throw permissionDenied(position);
  const base = how === 'update' ? previous.data : kind.beforeReplace(previous.data);
  return new Version(ref, undefined, 'update', write(context, kind, ref, base, diff, false, position));
}

/** Deletes a document and returns its last state. */
export function deleteDocument(context: ModelContext, ref: Ref, position: At): Version {
  refuseWhileStaged(context, ref.scope, ref.collection, position);
  const kind = context.model.kindOf(ref.collection);
  const version = context.model.documents.read(ref);
  if (!version) throw notFound(ref, position);
  if (isNativeCollection(ref)) throw invalidArgument('Cannot delete a schema meta collection.', at(position, 'delete'));
  if (!context.auth.permissions.mayDelete(context, ref)) throw permissionDenied(position);
  const refusal = kind.refusalToDelete(context, ref, position);
  if (refusal) throw refusal;
  kind.remove(context, ref, version, () => {
    context.model.documents.append(context, ref, StoredVersion.deletion(context.model.keys.writeTime));
  });
  return new Version(ref, shownTime(context, version.ts), 'update', kind.shown(version.data));
}

/** Inserts a version into a document's history, at `ts` in µs. */
export function insertVersion(
  context: ModelContext,
  ref: Ref,
  ts: bigint,
  action: 'create' | 'update' | 'delete',
  params: ObjectValue,
  position: At,
): DocumentEvent {
  const kind = context.model.kindOf(ref.collection);
  const diff = kind.writable(params, false);
  if (!context.auth.permissions.mayWriteHistory(context, ref, ts, action, diff)) throw permissionDenied(position);
  refuseBefore(ts);
  const { documents } = context.model;
  const versions = documents.stored(ref);
  let data: ObjectValue | undefined;
  if (action !== 'delete') {
    const given = resolved(context, kind.apply(context, NOTHING, diff));
    const change = { context, ref, previous: NOTHING, diff, isInserted: true };
    validated(() => refuse([...kind.checkChange(change), ...kind.checkFields(given)]), position);
    data = isUserCollection(ref.collection)
      ? withDefaultTtl(context, ref.collection, ref.scope, withField(given, 'credentials', undefined))
      : given;
  }
  const inserted = data ? StoredVersion.live(ts, data) : StoredVersion.deletion(ts);
  documents.rewrite(context, ref, [
    ...versions.filter((v) => v.ts < ts),
    inserted,
    ...versions.filter((v) => v.ts > ts),
  ]);
  return new DocumentEvent(ts, action === 'delete' ? 'delete' : 'create', ref, data);
}

/** Removes a version from a document's history. */
export function removeVersion(
  context: ModelContext,
  ref: Ref,
  ts: bigint,
  action: 'create' | 'update' | 'delete',
  position: At,
): void {
  const { documents } = context.model;
  const versions = documents.stored(ref);
  const found = versions.find((v) => v.ts === ts);
  const data = found && !found.deleted ? found.data : NOTHING;
  if (!context.auth.permissions.mayWriteHistory(context, ref, ts, action, data)) throw permissionDenied(position);
  if (!found || found.deleted !== (action === 'delete')) return;
  documents.rewrite(
    context,
    ref,
    versions.filter((v) => v !== found),
  );
}

/** The name of a document's kind in errors. */
function nameOfKind(ref: Ref): string {
  return NAMES.get(ref.collection) ?? (isUserCollection(ref.collection) ? 'Document' : 'other');
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [NATIVE.databases, 'Database'],
  [NATIVE.collections, 'Collection'],
  [NATIVE.indexes, 'Index'],
  [NATIVE.keys, 'Key'],
  [NATIVE.tokens, 'Token'],
  [NATIVE.functions, 'Function'],
  [NATIVE.roles, 'Role'],
  [NATIVE.credentials, 'Credentials'],
]);

const notFound = (ref: Ref, position: At) => instanceNotFound(nameOfKind(ref), position);

function write(
  context: ModelContext,
  kind: DocumentKind,
  ref: Ref,
  previous: ObjectValue,
  diff: ObjectValue,
  isCreate: boolean,
  position: At,
): ObjectValue {
  refuseOtherTimes(context, position);
  try {
    const data = resolved(context, kind.apply(context, previous, diff));
    const writing = { context, ref, position, isCreate, previous, data };
    refuse([
      ...kind.checkChange({ context, ref, previous, diff, isInserted: false }),
      ...kind.checkFields(data),
      ...kind.check(writing),
    ]);
    kind.refuse(writing);
    const shown = kind.write(writing, (stored) => {
      context.model.documents.append(context, ref, StoredVersion.live(context.model.keys.writeTime, stored));
    });
    return kind.shown(shown);
  } catch (error) {
    if (error instanceof Invalid) throw validationFailed(error.failures, position);
    if (error instanceof NotUnique) throw instanceNotUnique(position);
    if (error instanceof NameTaken) {
      throw isCreate ? instanceAlreadyExists(nameOfKind(ref), position) : instanceNotUnique(position);
    }
    throw error;
  }
}

/** Throws an error with each distinct failure once. */
function refuse(failures: readonly FieldFailure[]): void {
  if (failures.length === 0) return;
  throw new Invalid([...new Map(failures.map((failure) => [JSON.stringify(failure), failure])).values()]);
}

/** Within `at`, documents can be neither created nor changed; deleting one is not refused here. */
function refuseOtherTimes(context: ModelContext, position: At): void {
  if (context.validTime !== undefined) throw invalidWriteTime(position);
}

function validated<T>(validate: () => T, position: At): T {
  try {
    return validate();
  } catch (error) {
    if (error instanceof Invalid) throw validationFailed(error.failures, position);
    throw error;
  }
}

/** Inserts the transaction's time where the data refers to it, and converts sets to the objects they are stored as. */
function resolved(context: ModelContext, data: ObjectValue): ObjectValue {
  return storable(context, data) as ObjectValue;
}

const SCHEMA: ReadonlySet<number> = new Set([
  NATIVE.collections,
  NATIVE.indexes,
  NATIVE.functions,
  NATIVE.roles,
  NATIVE.access_providers,
]);

/** FQL v4 does not stage, and does not change what is staged. */
function refuseWhileStaged({ model }: ModelContext, scope: number, collection: number, position: At): void {
  if (!SCHEMA.has(collection) || model.schema(scope).pinnedAt === undefined) return;
  throw schemaValidationFailed(['Cannot update schema from FQL v4 if schema has been staged.'], position);
}

function isNativeCollection(ref: Ref): boolean {
  return ref.collection === NATIVE.collections && !isUserCollection(Number(ref.id));
}
