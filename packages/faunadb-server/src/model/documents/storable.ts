import type { StoredValue } from '../../storage/data.js';
import { badRequest } from '../../values/errors.js';
import {
  Action,
  Bytes,
  Cursor,
  DateValue,
  DocumentEvent,
  Lambda,
  ObjectValue,
  Page,
  Ref,
  SetEvent,
  SetValue,
  Time,
  TransactionTime,
  UnresolvedRef,
  Uuid,
  type Value,
  Version,
} from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import { resolveRef } from '../refs/refs.js';
import { eventFields, versionFields } from './select.js';

/** Sets that have no stored form; the real server fails on them. */
const UNSTORABLE = ['singleton', 'range', 'reverse'];

/** Whether a value is no array, no object, and nothing made of them. */
export function isScalar(value: Value): boolean {
  return (
    value === null ||
    typeof value !== 'object' ||
    value instanceof Ref ||
    value instanceof Time ||
    value instanceof DateValue ||
    value instanceof Bytes ||
    value instanceof Uuid ||
    value instanceof TransactionTime ||
    value instanceof Action
  );
}

/**
 * A value as it is kept: with the transaction's time for what means it; sets, pages, documents and events as the objects
 * that they look like.
 */
export function storable(context: ModelContext, value: Value): StoredValue {
  context.budget.visit();
  if (value instanceof TransactionTime) return context.model.keys.ownTime();
  if (value instanceof Action) return value.name;
  if (Array.isArray(value)) return (value as readonly Value[]).map((element) => storable(context, element));
  if (value instanceof ObjectValue) return storableFields(context, value.fields);
  if (value instanceof Lambda) return storableLambda(context, value);
  if (value instanceof UnresolvedRef) {
    const ref = resolveRef(context, value);
    return ref instanceof Ref ? ref : writtenRef(ref);
  }
  if (isScalar(value)) return value as StoredValue;
  if (value instanceof SetValue) {
    const parts = value.parts();
    if (parts instanceof ObjectValue && UNSTORABLE.some((kind) => parts.fields.has(kind))) {
      throw badRequest(`A set made by ${[...parts.fields.keys()][0]} cannot be stored.`);
    }
    return parts instanceof Ref ? parts : storableFields(context, new Map([['@set', parts]]));
  }
  if (value instanceof Version) return storableFields(context, versionFields(value).fields);
  if (value instanceof DocumentEvent || value instanceof SetEvent) {
    return storableFields(context, eventFields(value).fields);
  }
  if (value instanceof Cursor) return storable(context, value.position as Value);
  if (value instanceof Page) {
    const fields = new Map<string, Value>();
    if (value.before !== undefined) fields.set('before', value.before);
    if (value.after !== undefined) fields.set('after', value.after);
    return storableFields(context, fields.set('data', value.elements));
  }
  throw new TypeError(`A ${(value as object).constructor.name} cannot be stored.`);
}

/** A lambda whose refs are those that their names mean now. */
function storableLambda(context: ModelContext, lambda: Lambda): Lambda {
  const literal = lambda.literal();
  const stored = storableFields(context, literal.fields);
  return stored.fields === literal.fields ? lambda : context.model.lambda(stored, context.auth.scope);
}

/** A ref to nothing as it is written, which lambdas may hold until what they name is there. */
function writtenRef({ id, collection, database }: UnresolvedRef): ObjectValue {
  const parts = new Map<string, StoredValue>();
  if (id !== undefined) parts.set('id', id);
  if (collection) parts.set('collection', writtenRef(collection));
  if (database) parts.set('database', writtenRef(database));
  return new ObjectValue(new Map([['@ref', new ObjectValue(parts)]]));
}

function storableFields(context: ModelContext, fields: ReadonlyMap<string, Value>): ObjectValue {
  let changed: Map<string, Value> | undefined;
  for (const [name, value] of fields) {
    const stored = storable(context, value);
    if (stored === value) continue;
    changed ??= new Map(fields);
    changed.set(name, stored);
  }
  return new ObjectValue(changed ?? fields);
}
