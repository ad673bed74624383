import type { StoredValue } from '../../storage/data.js';
import { badRequest } from '../../values/errors.js';
import { type Cases, type Kind, kindOf, match } from '../../values/match.js';
import { type Lambda, ObjectValue, Ref, type UnresolvedRef, type Value } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import { resolveRef } from '../refs/refs.js';
import { eventFields, versionFields } from './select.js';

/** Sets without a stored form. The real server fails on them. */
const UNSTORABLE = ['singleton', 'range', 'reverse'];

/** Kinds of values that are not arrays, objects, or made of them. */
const SCALARS: ReadonlySet<Kind> = new Set([
  ...(['null', 'boolean', 'integer', 'double', 'string', 'bytes', 'uuid'] as const),
  ...(['time', 'date', 'transactionTime', 'ref', 'action'] as const),
]);

/** Whether a value is neither an array nor an object, nor made of them. */
export function isScalar(value: Value): boolean {
  return SCALARS.has(kindOf(value));
}

/**
 * The stored form of a value: the transaction's time where the value refers to it; sets, pages, documents and events as
 * the objects that they look like.
 */
export function storable(context: ModelContext, value: Value): StoredValue {
  context.budget.visit();
  return typeof value === 'object' ? match(value, STORABLE, context) : value;
}

const itself = <T extends StoredValue>(value: T): T => value;

const STORABLE: Cases<StoredValue, ModelContext> = {
  null: itself,
  boolean: itself,
  integer: itself,
  double: itself,
  string: itself,
  array: (elements, context) => elements.map((element) => storable(context, element)),
  object: ({ fields }, context) => storableFields(context, fields),
  bytes: itself,
  uuid: itself,
  time: itself,
  date: itself,
  transactionTime: (_, { model }) => model.keys.ownTime(),
  ref: itself,
  unresolvedRef: (written, context) => {
    const ref = resolveRef(context, written);
    return ref instanceof Ref ? ref : writtenRef(ref);
  },
  set: (set, context) => {
    const parts = set.parts();
    if (parts instanceof Ref) return parts;
    if (UNSTORABLE.some((kind) => parts.fields.has(kind))) {
      throw badRequest(`A set made by ${[...parts.fields.keys()][0]} cannot be stored.`);
    }
    return storableFields(context, new Map([['@set', parts]]));
  },
  lambda: (lambda, context) => storableLambda(context, lambda),
  page: ({ elements, before, after }, context) => {
    const fields = new Map<string, Value>();
    if (before !== undefined) fields.set('before', before);
    if (after !== undefined) fields.set('after', after);
    return storableFields(context, fields.set('data', elements));
  },
  version: (version, context) => storableFields(context, versionFields(version).fields),
  documentEvent: (event, context) => storableFields(context, eventFields(event).fields),
  setEvent: (event, context) => storableFields(context, eventFields(event).fields),
  cursor: ({ position }, context) => storable(context, position as Value),
  action: ({ name }) => name,
};

/** A lambda whose refs are resolved to what their names mean now. */
function storableLambda(context: ModelContext, lambda: Lambda): Lambda {
  const literal = lambda.literal();
  const stored = storableFields(context, literal.fields);
  return stored.fields === literal.fields ? lambda : context.model.lambda(stored, context.auth.scope);
}

/** An unresolved ref as written. Lambdas may contain it until its target exists. */
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
