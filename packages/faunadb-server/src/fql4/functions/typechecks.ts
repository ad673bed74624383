import { nativeSet } from '../../model/sets/native.js';
import { NATIVE } from '../../values/ids.js';
import { type Kind, kindOf } from '../../values/match.js';
import { Ref, SetValue, type Value, Version } from '../../values/values.js';
import { any } from '../evaluate/casts.js';
import { type Form, form } from '../evaluate/form.js';

/** A function that returns whether its argument, of any type, is one of these kinds. */
function checkKind(key: string, ...kinds: readonly Kind[]): Form {
  const all: ReadonlySet<Kind> = new Set(kinds);
  return check(key, (value) => all.has(kindOf(value)));
}

/** A function that applies a test to an argument of any type. */
function check(key: string, is: (value: Value) => boolean): Form {
  return form('pure', { [key]: any }, ({ [key]: value }) => is(value as Value));
}

/** Whether it is a ref to, or a document of, one of FaunaDB's native collections. */
function isNative(collection: number): (value: Value) => boolean {
  return (value) =>
    (value instanceof Ref && value.collection === collection) ||
    (value instanceof Version && value.ref.collection === collection);
}

/** A native collection also counts as the set of its documents. */
function isSet(value: Value): boolean {
  return value instanceof SetValue || (value instanceof Ref && nativeSet(value) !== undefined);
}

/** One check for each kind of value. */
export const typeCheckFunctions: readonly Form[] = [
  checkKind('is_number', 'integer', 'double'),
  checkKind('is_double', 'double'),
  checkKind('is_integer', 'integer'),
  checkKind('is_boolean', 'boolean'),
  checkKind('is_null', 'null'),
  checkKind('is_bytes', 'bytes'),
  checkKind('is_timestamp', 'time'),
  checkKind('is_date', 'date'),
  checkKind('is_uuid', 'uuid'),
  checkKind('is_string', 'string', 'action'),
  checkKind('is_array', 'array'),
  checkKind('is_object', 'object', 'page', 'version', 'documentEvent', 'setEvent', 'cursor'),
  checkKind('is_ref', 'ref', 'unresolvedRef'),
  check('is_set', isSet),
  checkKind('is_doc', 'ref', 'version'),
  checkKind('is_lambda', 'lambda'),
  check('is_collection', isNative(NATIVE.collections)),
  check('is_database', isNative(NATIVE.databases)),
  check('is_index', isNative(NATIVE.indexes)),
  check('is_function', isNative(NATIVE.functions)),
  check('is_key', isNative(NATIVE.keys)),
  check('is_token', isNative(NATIVE.tokens)),
  check('is_credentials', isNative(NATIVE.credentials)),
  check('is_role', isNative(NATIVE.roles)),
];
