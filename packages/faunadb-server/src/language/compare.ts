import type { StoredValue } from '../storage/data.js';
import { compareValues } from '../storage/order.js';
import type { EvalContext } from './context.js';
import { unresolvedRef } from './errors.js';
import { objectOf } from './expression.js';
import { MAX_INTEGER } from './numbers/integer64.js';
import type { Position } from './position.js';
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
  UnresolvedRef,
  type Value,
  Version,
} from './values.js';

/**
 * FaunaDB's order of any two values: that in which an index would hold them.
 *
 * @throws {Failure} at `position` where one of them holds a ref to nothing.
 */
export function compare(context: EvalContext, a: Value, b: Value, position: Position | undefined): number {
  return compareValues(storable(context, a, position), storable(context, b, position));
}

/** A value as an index would hold it: what only queries have becomes the data that it shows. */
function storable(context: EvalContext, value: Value, position: Position | undefined): StoredValue {
  context.budget.visit();
  if (Array.isArray(value)) return (value as readonly Value[]).map((element) => storable(context, element, position));
  if (value instanceof ObjectValue) {
    return new ObjectValue(
      new Map([...value.fields].map(([name, field]) => [name, storable(context, field, position)])),
    );
  }
  if (value instanceof Version) return storable(context, versionFields(value), position);
  if (value instanceof DocumentEvent || value instanceof SetEvent)
    return storable(context, eventFields(value), position);
  if (value instanceof Cursor) return storable(context, value.position as Value, position);
  if (value instanceof Page) {
    return storable(context, objectOf({ before: value.before, after: value.after, data: value.elements }), position);
  }
  if (value instanceof SetValue) {
    const parts = value.parts();
    return parts instanceof Ref ? parts : objectOf({ '@set': storable(context, parts, position) as Value });
  }
  // The real server fails here.
  if (value instanceof UnresolvedRef) throw unresolvedRef(value, position);
  if (value instanceof Action) return value.name;
  // Not known yet, but later than all others.
  if (value instanceof TransactionTime) return MAX_INTEGER;
  return value as StoredValue;
}
