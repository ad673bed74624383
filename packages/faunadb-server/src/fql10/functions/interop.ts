// Conversion of values between FQL v4 and FQL v10, for calls between the languages.

import { StoredVersion } from '../../model/base/stored-version.js';
import type { StoredValue } from '../../storage/data.js';
import {
  Action,
  Cursor,
  DocumentEvent,
  Lambda,
  ObjectValue,
  Page,
  Ref,
  SetEvent,
  SetValue as StoredSet,
  TransactionTime,
  UnresolvedRef,
  type Value as ValueOf4,
  Version,
} from '../../values/values.js';
import type { Context } from '../evaluate/context.js';
import { fromStored } from '../evaluate/stored.js';
import {
  Bytes,
  DateValue,
  Doc,
  Double,
  Id,
  isArray,
  Null,
  Struct,
  Time,
  Uuid,
  type Value,
} from '../evaluate/values.js';
import { NULL_SPAN } from '../parse/span.js';

/** A value that FQL v4 does not have. */
export class NoValueOf4 extends Error {
  static override stackTraceLimit = 0;
}

/** Converts a value of FQL v10 to FQL v4. @throws {NoValueOf4} */
export function toValueOf4(context: Context, value: Value): ValueOf4 {
  context.host.budget.visit();
  if (value instanceof Null) return null;
  if (typeof value === 'number') return BigInt(value);
  if (typeof value === 'bigint' || typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof Double) return value.value;
  if (value instanceof Id) return value.value;
  if (isArray(value)) return value.map((each) => toValueOf4(context, each));
  if (value instanceof Struct) {
    return new ObjectValue(new Map([...value.fields].map(([name, each]) => [name, toValueOf4(context, each)])));
  }
  if (value instanceof Doc) {
    const { version } = value;
    return version && !version.deleted ? new Version(value.ref, version.ts, 'update', version.data) : value.ref;
  }
  if (
    value instanceof TransactionTime ||
    value instanceof Time ||
    value instanceof DateValue ||
    value instanceof Bytes ||
    value instanceof Uuid
  ) {
    return value;
  }
  throw new NoValueOf4();
}

/** Converts a value of FQL v4 to FQL v10. */
export function fromValueOf4(context: Context, value: ValueOf4): Value {
  const { host } = context;
  const document = (ref: Ref) =>
    ref.scope === host.auth.scope ? new Doc(ref, undefined, host.validTime) : '[db-external Document]';
  const go = (each: ValueOf4): Value => {
    host.budget.visit();
    if (each instanceof Version) {
      // The argument of a predicate may not be stored yet, or no longer.
      if (each.ref.scope !== host.auth.scope) return '[db-external Document]';
      return new Doc(
        each.ref,
        undefined,
        undefined,
        StoredVersion.live(each.ts ?? host.model.keys.writeTime, each.data),
      );
    }
    if (each instanceof Ref) return document(each);
    if (each instanceof UnresolvedRef) return '[unresolved Document]';
    if (Array.isArray(each)) return (each as readonly ValueOf4[]).map(go);
    if (each instanceof ObjectValue)
      return new Struct(new Map([...each.fields].map(([name, field]) => [name, go(field)])));
    if (each instanceof Action) return each.name;
    if (each instanceof Cursor) return go(each.position as ValueOf4);
    if (each instanceof Page) {
      const fields = new Map<string, Value>();
      if (each.before !== undefined) fields.set('before', go(each.before));
      if (each.after !== undefined) fields.set('after', go(each.after));
      return new Struct(fields.set('data', each.elements.map(go)));
    }
    if (each instanceof StoredSet) {
      const parts = each.parts();
      return Struct.of({ '@set': go(parts) });
    }
    if (each instanceof DocumentEvent || each instanceof SetEvent) return Null.at(NULL_SPAN);
    if (each instanceof Lambda || each instanceof TransactionTime)
      return each instanceof Lambda ? fromStored(each as never) : each;
    return fromStored(each as StoredValue, context.span);
  };
  return go(value);
}
