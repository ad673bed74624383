import { nativeSet } from '../../model/sets/native.js';
import { NATIVE } from '../../values/ids.js';
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
  UnresolvedRef,
  Uuid,
  type Value,
  Version,
} from '../../values/values.js';
import { any } from '../evaluate/casts.js';
import { type Form, form } from '../evaluate/form.js';

/** A function that says whether its argument, whatever it is, is of a kind. */
function check(key: string, is: (value: Value) => boolean): Form {
  return form('pure', { [key]: any }, ({ [key]: value }) => is(value as Value));
}

/** Whether it is a ref to, or a document of, one of the collections that FaunaDB itself has. */
function isNative(collection: number): (value: Value) => boolean {
  return (value) =>
    (value instanceof Ref && value.collection === collection) ||
    (value instanceof Version && value.ref.collection === collection);
}

/** A native collection is the set of its documents as well. */
function isSet(value: Value): boolean {
  return value instanceof SetValue || (value instanceof Ref && nativeSet(value) !== undefined);
}

/** One check for each kind of value. */
export const typeCheckFunctions: readonly Form[] = [
  check('is_number', (value) => typeof value === 'bigint' || typeof value === 'number'),
  check('is_double', (value) => typeof value === 'number'),
  check('is_integer', (value) => typeof value === 'bigint'),
  check('is_boolean', (value) => typeof value === 'boolean'),
  check('is_null', (value) => value === null),
  check('is_bytes', (value) => value instanceof Bytes),
  check('is_timestamp', (value) => value instanceof Time),
  check('is_date', (value) => value instanceof DateValue),
  check('is_uuid', (value) => value instanceof Uuid),
  check('is_string', (value) => typeof value === 'string' || value instanceof Action),
  check('is_array', (value) => Array.isArray(value)),
  check(
    'is_object',
    (value) =>
      value instanceof ObjectValue ||
      value instanceof Page ||
      value instanceof Version ||
      value instanceof DocumentEvent ||
      value instanceof SetEvent ||
      value instanceof Cursor,
  ),
  check('is_ref', (value) => value instanceof Ref || value instanceof UnresolvedRef),
  check('is_set', isSet),
  check('is_doc', (value) => value instanceof Ref || value instanceof Version),
  check('is_lambda', (value) => value instanceof Lambda),
  check('is_collection', isNative(NATIVE.collections)),
  check('is_database', isNative(NATIVE.databases)),
  check('is_index', isNative(NATIVE.indexes)),
  check('is_function', isNative(NATIVE.functions)),
  check('is_key', isNative(NATIVE.keys)),
  check('is_token', isNative(NATIVE.tokens)),
  check('is_credentials', isNative(NATIVE.credentials)),
  check('is_role', isNative(NATIVE.roles)),
];
