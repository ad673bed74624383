// Creating, changing and deleting documents, with checks in the order of the real server.

import type { StoredVersion } from '../../model/base/stored-version.js';
import { NameTaken, NotUnique } from '../../model/documents/not-unique.js';
import type { StoredValue } from '../../storage/data.js';
import { isUserCollection, NATIVE } from '../../values/ids.js';
import { omit, patch } from '../../values/objects.js';
import { ObjectValue, Ref, Version } from '../../values/values.js';
import { type Collection, collectionOf, FieldsTaken } from '../evaluate/collection.js';
import type { Context } from '../evaluate/context.js';
import { find, nameOf, readVersion } from '../evaluate/documents.js';
import { type ConstraintFailure, errors, RuntimeFailure } from '../evaluate/failures.js';
import { types } from '../evaluate/members.js';
import { type Fault, failure, failuresOf, faults, type Path, shapeOf, shapeText } from '../evaluate/shape.js';
import { NotStorable, pathText, toStored } from '../evaluate/stored.js';
import { Doc, Null, Struct, type Value } from '../evaluate/values.js';
import { RESERVED_FIELDS } from '../parse/reserved-fields.js';
import { rejection } from './checks.js';

/** Whether field names have their special meaning (`ttl` is the time to live), or all fields are data. */
export type Mode = 'fields' | 'data';

const EMPTY = new ObjectValue(new Map());
const ID_TYPE = 'ID | String | Long';

/** The summary above the failures of a write. */
function violation(context: Context, collection: Collection, action: string, document: Doc | undefined): string {
  const { name, isUser, isNamed } = collection;
  if (!document) return `Failed to ${action} ${isUser ? `document in collection \`${name}\`` : name}.`;
  if (isNamed) return `Failed to ${action} ${name} \`${nameOf(context, document)}\`.`;
  const { id } = document.ref;
  return `Failed to ${action} ${isUser ? `document with id ${id} in collection \`${name}\`` : `${name} with id ${id}`}.`;
}

/** Thrown inside a write; becomes an error with the write's summary. */
class Refused extends Error {
  static override stackTraceLimit = 0;
  constructor(readonly failures: readonly ConstraintFailure[]) {
    super();
  }
}
const refuse = (failures: readonly ConstraintFailure[]): void => {
  if (failures.length > 0) throw new Refused(failures);
};

function writing<T>(context: Context, action: string, message: () => string, work: () => T): T {
  context.require('write', action);
  if (context.readTime !== undefined) throw errors.mustWriteNow(context.trace);
  try {
    return work();
  } catch (error) {
    if (error instanceof Refused) throw errors.constraintViolation(message(), error.failures, context.trace);
    if (error instanceof NotStorable) throw new RuntimeFailure('invalid_type', error.message, context.trace);
    if (error instanceof NotUnique) throw notUnique(context, error);
    if (error instanceof FieldsTaken) throw notUniqueFields(context, error.fields);
    if (error instanceof NameTaken) throw notUniqueOf(context, [['name']], 'name');
    throw error;
  }
}

function notUnique(context: Context, { indexes }: NotUnique): RuntimeFailure {
  const { model } = context.host;
  const failures = indexes.map((index) => {
    if (index.collection === NATIVE.credentials) return notUniqueFailure([['document']], 'document');
    const schema = model.schema(index.scope);
    const found = index.collection === NATIVE.indexes ? schema.index(index.id) : undefined;
    // A constraint that is only staged is enforced, but the schema in effect knows no fields of it.
    const isActive =
      schema.pinnedAt === undefined ||
      [...(found?.collections ?? [])].some((id) => schema.collection(id)?.ownIndexes.has(index.id));
    const paths = isActive ? found?.constraint : undefined;
    return notUniqueFailure(paths ?? [], paths ? paths.map(pathText).join(',') : (found?.name ?? ''));
  });
  return errors.constraintViolation('Failed unique constraint.', failures, context.trace);
}

const notUniqueOf = (context: Context, paths: readonly Path[], label: string): RuntimeFailure =>
  errors.constraintViolation('Failed unique constraint.', [notUniqueFailure(paths, label)], context.trace);

const notUniqueFields = (context: Context, fields: readonly string[]): RuntimeFailure =>
  errors.constraintViolation(
    'Failed unique constraint.',
    fields.map((field) => notUniqueFailure([[field]], field)),
    context.trace,
  );

const notUniqueFailure = (paths: readonly Path[], label: string): ConstraintFailure => ({
  paths,
  message: 'Failed unique constraint',
  label,
});

/** A document and its collection cannot be changed in the same query. */
function checkCollectionWrite(context: Context, ref: Ref): void {
  const isCollection = ref.collection === NATIVE.collections;
  if (!isCollection && !isUserCollection(ref.collection)) return;
  const id = isCollection ? Number(ref.id) : ref.collection;
  const { collectionWrites } = context.session;
  const what = isCollection ? 'collection' : 'document';
  const before = collectionWrites.get(id);
  if (before !== undefined && before !== what) throw errors.collectionAndDocument(context.trace);
  collectionWrites.set(id, what);
}

function checkComputed(collection: Collection, mode: Mode, fields: Struct): void {
  if (mode !== 'fields') return;
  refuse(
    [...collection.computed.keys()]
      .filter((name) => fields.fields.has(name))
      .map((name) => failure([name], 'Cannot write to a computed field')),
  );
}

function chosenId(context: Context, fields: Struct, mode: Mode): bigint | undefined {
  const given = mode === 'fields' ? fields.fields.get('id') : undefined;
  if (given === undefined) return undefined;
  if (given instanceof Null) throw new Refused([failure(['id'], `Missing required field of type ${ID_TYPE}`)]);
  const id = types.id.cast(given);
  if (id === undefined) {
    const provided = shapeText(shapeOf(toStored(context, given)));
    throw new Refused([failure(['id'], `Expected ${ID_TYPE}, provided ${provided}`)]);
  }
  if (id.value < 0n) throw new Refused([failure(['id'], 'id must be nonnegative')]);
  return id.value;
}

/** The given fields as they are stored: all except meta fields under `data`. */
function internal(collection: Collection, mode: Mode, given: ObjectValue): ObjectValue {
  const fields = new Map<string, Value | unknown>();
  const data = new Map<string, unknown>();
  if (!collection.isUser) {
    for (const [name, value] of given.fields) {
      const alias = collection.shape.fields.get(name)?.alias;
      if (alias === undefined) fields.set(name, value);
      else fields.set(alias, withoutNulls(value as StoredValue, true));
    }
    return new ObjectValue(fields as Map<string, StoredValue>);
  }
  for (const [name, value] of given.fields) {
    if (mode === 'fields' && (name === 'ts' || name === 'ttl' || name === 'id')) fields.set(name, value);
    else data.set(name, value);
  }
  return new ObjectValue(
    new Map<string, StoredValue>([
      ['data', new ObjectValue(data as Map<string, StoredValue>)],
      ...(fields as Map<string, StoredValue>),
    ]),
  );
}

function checkReserved(collection: Collection, mode: Mode, given: ObjectValue, isCreate: boolean): void {
  if (mode !== 'fields') return;
  const reserved = RESERVED_FIELDS.filter(
    (name) => (name !== 'data' || collection.isUser) && !(isCreate && name === 'id'),
  );
  refuse(
    reserved
      .filter((name) => given.fields.has(name))
      .map((name) => failure([name], 'Is a reserved field and cannot be used')),
  );
}

/** Removes the null fields of objects, at any depth, and the null elements of arrays too if `ofArrays`. */
function withoutNulls(value: StoredValue, ofArrays = false): StoredValue {
  if (Array.isArray(value)) {
    const elements = value as readonly StoredValue[];
    return elements.filter((each) => each !== null || !ofArrays).map((each) => withoutNulls(each, ofArrays));
  }
  if (!(value instanceof ObjectValue)) return value;
  const kept = new Map<string, StoredValue>();
  for (const [name, each] of value.fields) {
    if (each !== null) kept.set(name, withoutNulls(each as StoredValue, ofArrays));
  }
  return new ObjectValue(kept);
}

/** Creates a document. */
export function createDocument(context: Context, collection: Collection, mode: Mode, fields: Struct): Doc {
  return writing(
    context,
    '`create`',
    () => violation(context, collection, 'create', undefined),
    () => {
      checkComputed(collection, mode, fields);
      const id = chosenId(context, fields, mode);
      const rest =
        id === undefined ? fields : new Struct(new Map([...fields.fields].filter(([name]) => name !== 'id')));
      const given = toStored(context, rest) as ObjectValue;
      const { host } = context;
      const ref = new Ref(host.auth.scope, collection.id, id ?? collection.nextId(context));
      const data = internal(collection, mode, given);
      const { permissions } = host.auth;
      // Choosing an id also requires the privilege to create with one.
      const mayCreate =
        permissions.mayCreate(host, ref, data, false) &&
        (id === undefined || permissions.mayCreate(host, ref, data, true));
      if (!mayCreate) throw errors.permissionDenied(context.trace);
      checkCollectionWrite(context, ref);
      // The id of a collection is part of the key of its documents: one that is or was in use would give access to others.
      if (id !== undefined && collection.id === NATIVE.collections)
        throw errors.invalidDocumentId(collection.name, id, context.trace);
      if (id !== undefined && readVersion(context, ref, undefined))
        throw errors.documentIdExists(collection.name, id, context.trace);
      checkReserved(collection, mode, given, true);
      const message = () => violation(context, collection, 'create', undefined);
      const made = store(context, collection, ref, undefined, collection.withDefaults(context, data), message);
      const document = new Doc(
        ref,
        collection.isNamed ? (data.fields.get('name') as string) : undefined,
        undefined,
        made,
      );
      runChecks(context, collection, document);
      return document;
    },
  );
}

/** Changes some fields of a document (`update`) or all (`replace`). */
export function writeDocument(
  context: Context,
  document: Doc,
  how: 'update' | 'replace',
  mode: Mode,
  fields: Struct,
): Doc {
  const collection = collectionOf(context, document.ref.collection);
  if (!collection) throw errors.collectionDeleted(document, context.trace);
  return writing(
    context,
    `\`${how}\``,
    () => violation(context, collection, 'update', document),
    () => {
      const found = find(context, document, 'Reading a document');
      if ('cause' in found) throw errors.documentNotFound(collection.name, document, context.trace);
      const given = toStored(context, fields) as ObjectValue;
      checkComputed(collection, mode, fields);
      const { ref } = document;
      const before = collection.decode(context, found.version.data);
      const diff = internal(collection, mode, given);
      const next = how === 'update' ? patch(before, patchOf(collection, diff)) : kept(collection, diff, before);
      const previous = new Version(ref, found.version.ts, 'update', found.version.data);
      if (!mayWrite(context, previous, how === 'update' ? diff : replacing(before, next)))
        throw errors.permissionDenied(context.trace);
      checkCollectionWrite(context, ref);
      checkReserved(collection, mode, given, false);
      const message = () => violation(context, collection, 'update', document);
      const whole = how === 'update' ? next : collection.withDefaults(context, next);
      const made = store(context, collection, ref, found.version, whole, message);
      runChecks(context, collection, document);
      return made || document.version ? new Doc(ref, document.name, document.readTime, made) : document;
    },
  );
}

const mayWrite = ({ host }: Context, previous: Version, diff: ObjectValue): boolean =>
  host.auth.permissions.mayWrite(host, previous, diff);

/** The patch that turns one document into another: a null for each field to remove. */
function replacing(before: ObjectValue, next: ObjectValue): ObjectValue {
  const fields = new Map<string, StoredValue>();
  for (const name of before.fields.keys()) fields.set(name, null);
  for (const [name, value] of next.fields) {
    const old = before.fields.get(name);
    fields.set(
      name,
      value instanceof ObjectValue && old instanceof ObjectValue ? replacing(old, value) : (value as StoredValue),
    );
  }
  return new ObjectValue(fields);
}

/** What an update changes: a null for a field that is stored under another name changes nothing, as on the real server. */
function patchOf({ shape }: Collection, diff: ObjectValue): ObjectValue {
  const kept = [...shape.fields.values()].flatMap(({ alias }) =>
    alias !== undefined && diff.fields.get(alias) === null ? alias : [],
  );
  return kept.length === 0 ? diff : omit(diff, kept);
}

/** Adds the old values of fields that clients cannot see to a replacement. */
function kept(collection: Collection, next: ObjectValue, before: ObjectValue): ObjectValue {
  const fields = new Map(next.fields);
  for (const [name, field] of collection.shape.fields) {
    const stored = field.alias ?? name;
    if ((field.internal || field.readOnly) && !fields.has(stored) && before.fields.has(stored))
      fields.set(stored, before.fields.get(stored) as Value as never);
  }
  return new ObjectValue(fields);
}

function store(
  context: Context,
  collection: Collection,
  ref: Ref,
  previous: StoredVersion | undefined,
  data: ObjectValue,
  message: () => string,
): StoredVersion | undefined {
  const before = previous && collection.decode(context, previous.data);
  const given = { context, ref, before, data, message };
  const found = faults(collection.shape, data, before, [], (field) => collection.validate?.(given, field) ?? []);
  refuse(failuresOf(found.map((fault) => withoutData(collection, fault))));
  const clean = withoutNulls(data) as ObjectValue;
  const change = { ...given, data: clean };
  refuse(collection.check(change));
  return collection.write(change);
}

const META_FIELDS: ReadonlySet<string> = new Set(['id', 'ts', 'ttl']);

/** Failures in users' documents show fields with their visible paths. */
export function withoutData({ isUser }: Collection, fault: Fault): Fault {
  const [top, name] = fault.path;
  const isVisible = isUser && top === 'data' && name !== undefined && !META_FIELDS.has(String(name));
  return isVisible ? { ...fault, path: fault.path.slice(1) } : fault;
}

function runChecks(context: Context, collection: Collection, document: Doc): void {
  if (collection.checks.length === 0) return;
  const rejections = collection.checks.map((check) => rejection(check.name, check.evaluate(context, document)));
  refuse(rejections.flatMap((message) => (message === undefined ? [] : { paths: [], message, label: '' })));
}

/** Deletes a document. The result is a reference to the deleted document. */
export function deleteDocument(context: Context, document: Doc): Doc {
  const collection = collectionOf(context, document.ref.collection);
  if (!collection) throw errors.collectionDeleted(document, context.trace);
  return writing(
    context,
    '`delete`',
    () => violation(context, collection, 'delete', document),
    () => {
      const { host } = context;
      const { ref } = document;
      if (!host.auth.permissions.mayDelete(host, ref)) throw errors.permissionDenied(context.trace);
      const before = readVersion(context, ref, undefined);
      if (!before) throw errors.documentNotFound(collection.name, document, context.trace);
      checkCollectionWrite(context, ref);
      const name = collection.isNamed ? nameOf(context, document) : undefined;
      refuse(collection.deletionFailures(context, ref, before.data));
      collection.remove(context, ref, before);
      const deletion = host.model.documents.latest(ref);
      return new Doc(ref, name, document.readTime, deletion?.deleted ? deletion : undefined);
    },
  );
}

export { EMPTY };
