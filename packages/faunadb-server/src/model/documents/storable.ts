import type { EvalContext } from '../../language/context.js';
import { eventFields, versionFields } from '../../language/select.js';
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
  Uuid,
  type Value,
  Version,
} from '../../language/values.js';
import type { StoredValue } from '../../storage/data.js';

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
export function storable(context: EvalContext, value: Value): StoredValue {
  if (value instanceof TransactionTime) {
    return value.as === 'time' ? new Time(context.snapshotTime * 1000n) : context.snapshotTime;
  }
  if (value instanceof Action) return value.name;
  if (Array.isArray(value)) return (value as readonly Value[]).map((element) => storable(context, element));
  if (value instanceof ObjectValue) return storableFields(context, value.fields);
  if (isScalar(value) || value instanceof Lambda) return value as StoredValue;
  if (value instanceof SetValue) {
    const parts = value.parts();
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
  throw new TypeError('A ref to nothing cannot be stored.');
}

function storableFields(context: EvalContext, fields: ReadonlyMap<string, Value>): ObjectValue {
  let changed: Map<string, Value> | undefined;
  for (const [name, value] of fields) {
    const stored = storable(context, value);
    if (stored === value) continue;
    changed ??= new Map(fields);
    changed.set(name, stored);
  }
  return new ObjectValue(changed ?? fields);
}
