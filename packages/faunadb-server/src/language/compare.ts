import type { StoredValue } from '../storage/data.js';
import { compareValues } from '../storage/order.js';
import { objectOf } from './expression.js';
import { MAX_INTEGER } from './numbers/integer64.js';
import { eventFields, versionFields } from './select.js';
import {
  Action,
  Cursor,
  DocumentEvent,
  ObjectValue,
  Page,
  Ref,
  SetEvent,
  SetValue,
  TransactionTime,
  type Value,
  Version,
} from './values.js';

/** FaunaDB's order of any two values: that in which an index would hold them. */
export function compare(a: Value, b: Value): number {
  return compareValues(storable(a), storable(b));
}

/** A value as an index would hold it: what only queries have becomes the data that it shows. */
export function storable(value: Value): StoredValue {
  if (Array.isArray(value)) return (value as readonly Value[]).map(storable);
  if (value instanceof ObjectValue) {
    return new ObjectValue(new Map([...value.fields].map(([name, field]) => [name, storable(field)])));
  }
  if (value instanceof Version) return storable(versionFields(value));
  if (value instanceof DocumentEvent || value instanceof SetEvent) return storable(eventFields(value));
  if (value instanceof Cursor) return storable(value.position as Value);
  if (value instanceof Page) {
    return storable(objectOf({ before: value.before, after: value.after, data: value.elements }));
  }
  if (value instanceof SetValue) {
    const parts = value.parts();
    return parts instanceof Ref ? parts : objectOf({ '@set': storable(parts) as Value });
  }
  if (value instanceof Action) return value.name;
  // Not known yet, but later than all others.
  if (value instanceof TransactionTime) return MAX_INTEGER;
  return value as StoredValue;
}
