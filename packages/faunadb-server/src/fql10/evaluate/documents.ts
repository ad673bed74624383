// Reading documents: whether they exist, and their fields.

import type { StoredVersion } from '../../model/base/stored-version.js';
import { refuseBefore } from '../../model/documents/earliest-time.js';
import { isUserCollection, NATIVE } from '../../values/ids.js';
import type { Ref } from '../../values/values.js';
import { NULL_SPAN, type Span } from '../parse/span.js';
import { type Collection, collectionOf, deletedCollection } from './collection.js';
import type { Context } from './context.js';
import { noteRead, noteReturnedDocument } from './coverage.js';
import { errors, type Frame, type RuntimeFailure } from './failures.js';
import { Absent } from './members.js';
import { quoted } from './quoted.js';
import { fromStored } from './stored.js';
import {
  type Doc,
  Id,
  type Module,
  NO_ID,
  Null,
  type NullCause,
  Struct,
  Time,
  TransactionTime,
  type Value,
} from './values.js';

/** A document that was found, or why it was not. */
type Found = { readonly collection: Collection; readonly version: StoredVersion } | { readonly cause: NullCause };

/** Finds a document. `action` names the caller in errors. */
export function find(context: Context, document: Doc, action: string): Found {
  const collection = collectionOf(context, document.ref.collection);
  const { span } = context;
  if (collection === undefined) return { cause: { kind: 'collectionDeleted', document, span } };
  const { version } = document;
  if (version) {
    return version.deleted
      ? { cause: { kind: 'deleted', document, collection: collection.name, span } }
      : { collection, version };
  }
  context.require('read', action);
  if (!mayRead(context, document.ref, document.readTime)) return { cause: { kind: 'forbidden', document, span } };
  const stored =
    document.ref.id === NO_ID && document.name !== undefined
      ? undefined
      : readVersion(context, document.ref, document.readTime ?? context.readTime);
  return stored
    ? { collection, version: stored }
    : { cause: { kind: 'notFound', document, collection: collection.name, span } };
}

/**
 * Whether a document may be read. `at` is the time in µs if the query asks for the past: that needs the right to read
 * history. Where a cursor or an event brings the time, the right to read must have held then: clients can change cursors.
 */
export function mayRead({ host, systemTime }: Context, ref: Ref, at: bigint | undefined): boolean {
  const { permissions } = host.auth;
  if (at !== undefined) return permissions.mayReadHistory(host, ref);
  return systemTime === undefined ? permissions.mayRead(host, ref) : permissions.mayReadAt(host, ref, systemTime);
}

/** The version of a document at a time in µs, or the current one. */
export function readVersion({ host }: Context, ref: Ref, time: bigint | undefined): StoredVersion | undefined {
  const {
    documents,
    keys: { usage },
  } = host.model;
  if (time !== undefined) refuseBefore(time, documents.minValidTime(ref));
  const before = usage.bytesRead;
  const version = documents.read(ref, time);
  usage.read(15 + (version?.size ?? 0));
  usage.endRead(before);
  return version;
}

/** Why a document counts as null; `undefined` if it does not. */
export function guardFromNull(context: Context, document: Doc, action: string): NullCause | undefined {
  const found = find(context, document, action);
  return 'cause' in found ? found.cause : undefined;
}

/** Whether a document exists and may be read. */
export const documentExists = (context: Context, document: Doc): boolean =>
  guardFromNull(context, document, '`exists`') === undefined;

/** The error for a field of a missing document. */
export function forbiddenOrMissing(cause: NullCause, trace: Frame): RuntimeFailure | undefined {
  if (cause.kind === 'notFound') return errors.documentNotFound(cause.collection, cause.document, trace);
  return cause.kind === 'forbidden' ? errors.permissionDenied(trace) : undefined;
}

/** The fields that a reference itself has: its id or name, and its collection. */
function referenceField(
  context: Context,
  collection: Collection | undefined,
  document: Doc,
  name: string,
  span: Span,
): Value | undefined {
  if (name === 'coll') return collection?.module ?? deletedCollection();
  if (collection?.isNamed === true) {
    if (name !== 'name') return undefined;
    return nameOf(context, document) ?? Null.missing(document, { text: name, span });
  }
  return name === 'id' ? new Id(document.ref.id) : undefined;
}

/** The name of a schema document. */
export function nameOf(context: Context, document: Doc): string | undefined {
  const stored = document.version && !document.version.deleted ? document.version.data.fields.get('name') : undefined;
  if (typeof stored === 'string') return stored;
  const { scope, collection, id } = document.ref;
  if (id === NO_ID) return document.name;
  // FQL v10 has no name for the native collections that FQL v4 refers to.
  if (collection === NATIVE.collections && !isUserCollection(Number(id))) return '[new collection]';
  return context.host.model.schema(scope).written.nameOf(collection, id) ?? document.name;
}

/** A field of a document. */
export function documentField(context: Context, document: Doc, name: string, span: Span): Value | Absent {
  const own = referenceField(context, collectionOf(context, document.ref.collection), document, name, span);
  if (own !== undefined) return own;
  const found = find(context, document, 'Reading a field');
  if ('cause' in found) return new Absent(found.cause);
  const { collection, version } = found;
  const computed = collection.computed.get(name);
  if (computed) {
    if (!context.allowsComputation) throw errors.computedFieldAccess(context.trace);
    return computed.evaluate(context, document);
  }
  const value =
    storedField(context, collection, document, version, name, span) ?? Null.missing(document, { text: name, span });
  const path = name === 'data' && collection.isUser ? [] : [name];
  if (document.covering) noteRead(context, document.covering, path, span, value);
  return value;
}

function storedField(
  context: Context,
  collection: Collection,
  document: Doc,
  version: StoredVersion,
  name: string,
  span: Span,
): Value | undefined {
  if (name === 'ts') {
    if (!context.allowsComputation) throw errors.timestampAccess(undefined);
    return timeOf(context, version);
  }
  const stored = collection.read(version.data, name, context);
  if (stored === undefined || stored === null) return undefined;
  return collection.show(name, fromStored(stored, span, document.readTime, nowOf(context)));
}

/** The transaction's own time, in ns. */
const nowOf = ({ host }: Context): bigint => host.model.keys.writeTime * 1000n;

/** When a version was written. The current transaction's time is unknown until it ends. */
function timeOf({ host }: Context, { ts }: StoredVersion): Value {
  return ts === host.model.keys.writeTime ? new TransactionTime() : new Time(ts * 1000n);
}

/** All fields of a document, or why there are none. */
export function allFields(context: Context, document: Doc): Struct | Null {
  const found = find(context, document, 'Reading a document');
  if ('cause' in found) return new Null(found.cause);
  if (document.covering) noteReturnedDocument(context, document.covering);
  return versionFields(context, found.collection, document, found.version);
}

/** All fields of a version of a document; `computes` is whether to include computed ones. */
export function versionFields(
  context: Context,
  collection: Collection,
  document: Doc,
  version: StoredVersion,
  computes = true,
): Struct {
  const fields = new Map<string, Value>();
  const now = nowOf(context);
  const key = collection.isNamed ? 'name' : 'id';
  const own = referenceField(context, collection, document, key, NULL_SPAN);
  if (own !== undefined && !(own instanceof Null)) fields.set(key, own);
  fields.set('coll', collection.module);
  fields.set('ts', timeOf(context, version));
  const ttl = version.data.fields.get('ttl');
  if (ttl instanceof Time) fields.set('ttl', ttl);
  if (computes) {
    for (const [name, computed] of collection.computed) {
      if (!context.allowsComputation) throw errors.computedFieldAccess(context.trace);
      fields.set(name, computed.evaluate(context, document));
    }
  }
  for (const [name, stored] of collection.visible(version.data, context)) {
    if (fields.has(name)) continue;
    const value = collection.show(name, fromStored(stored, NULL_SPAN, document.readTime, now));
    if (!(value instanceof Null)) fields.set(name, value);
  }
  return new Struct(fields);
}

/** The short form of a document that is not shown in full. */
export function documentLabel(context: Context, document: Doc): string {
  const collection = collectionOf(context, document.ref.collection);
  const name = collection?.isNamed === true ? nameOf(context, document) : undefined;
  return `[doc ${name ?? document.ref.id} in ${collection?.name ?? '<deleted collection>'}]`;
}

/** A reference to a document, in its wire form and as code. */
export function referenceOf(context: Context, document: Doc): { readonly fields: Struct; readonly text: string } {
  const collection = collectionOf(context, document.ref.collection);
  const module = collection?.module ?? deletedCollection();
  if (collection?.isNamed === true) {
    const name = nameOf(context, document) ?? '';
    return { fields: pair('name', name, module), text: `${module.name}.byName(${quoted(name)})` };
  }
  const text = `${module === deletedCollection() ? 'Collection.Deleted' : module.name}("${document.ref.id}")`;
  return { fields: pair('id', new Id(document.ref.id), module), text };
}

// Every document in an answer needs one.
const pair = (key: 'id' | 'name', value: Value, coll: Module): Struct =>
  new Struct(new Map<string, Value>().set(key, value).set('coll', coll));
