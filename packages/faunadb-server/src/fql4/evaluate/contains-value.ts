import { changeTime } from '../../model/documents/select.js';
import { paginate } from '../../model/pagination/paginate.js';
import type { ModelSet } from '../../model/sets/set.js';
import type { QueryContext } from '../../query/context.js';
import { sameValue } from '../../values/equality.js';
import { invalidArgument } from '../../values/errors.js';
import { Failure } from '../../values/failure.js';
import { NATIVE, SCHEMA_COLLECTIONS } from '../../values/ids.js';
import { at, type Position } from '../../values/position.js';
import {
  Action,
  Cursor,
  DocumentEvent,
  ObjectValue,
  Page,
  Ref,
  SetEvent,
  SetValue,
  UnresolvedRef,
  type Value,
  Version,
} from '../../values/values.js';
import { scalar } from './casts.js';
import { readCursor } from './cursor.js';

/** Whether a value is a field, element or part of another. */
export function containsValue(
  context: QueryContext,
  container: Value,
  value: Value,
  position: Position | undefined,
): boolean {
  const any = (values: Iterable<Value | undefined>) =>
    [...values].some((v) => v !== undefined && sameValue(v, value, context.budget));
  if (Array.isArray(container)) return any(container as readonly Value[]);
  if (container instanceof ObjectValue) return any(container.fields.values());
  if (container instanceof Ref) return any(partsOfRef(context, container));
  if (container instanceof SetValue) return setContains(context, container, value, position);
  if (container instanceof Page)
    return any([container.elements, cursorArray(container.before), cursorArray(container.after)]);
  if (container instanceof Version) {
    const { ref } = container;
    return any([ref, collectionOf(ref), changeTime(container.ts), ...container.data.fields.values()]);
  }
  if (container instanceof DocumentEvent || container instanceof SetEvent) {
    const data = container instanceof SetEvent ? container.values : [...(container.data?.fields.values() ?? [])];
    return any([changeTime(container.ts), new Action(container.action), container.ref, ...data]);
  }
  if (container instanceof UnresolvedRef || isScalar(container, context)) {
    throw invalidArgument('Object, Array, Page, Set, or Ref expected, Scalar provided.', at(position, 'in'));
  }
  return false;
}

function isScalar(value: Value, context: QueryContext): boolean {
  try {
    scalar(value, undefined, context);
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

function collectionOf(ref: Ref): Ref {
  return new Ref(ref.scope, NATIVE.collections, BigInt(ref.collection));
}

/** A ref to a named document contains nothing: the real server looks its name up in the wrong place. */
function partsOfRef(context: QueryContext, ref: Ref): (Value | undefined)[] {
  if (SCHEMA_COLLECTIONS.has(ref.collection)) return [];
  const elsewhere = ref.scope === context.auth.scope ? undefined : context.model.databaseOf(ref.scope);
  return [ref.id.toString(), collectionOf(ref), elsewhere];
}

function cursorArray(cursor: Value | undefined): Value | undefined {
  return cursor instanceof Cursor && Array.isArray(cursor.position) ? (cursor.position as Value) : undefined;
}

/** Whether a set contains a value at the value's own position. */
function setContains(context: QueryContext, set: SetValue, value: Value, position: Position | undefined): boolean {
  const source = set as ModelSet;
  const cursor = readCursor(context, source, value, at(position, 'contains_value'));
  const request = { cursor, ascending: true, sources: false, size: 1n };
  return paginate(context, source, request, position, position).elements.some((element) => sameValue(element, value));
}
