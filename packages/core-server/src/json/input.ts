import { parseInteger } from '@supertokens-faunadb/java/numbers';
import { trim } from '@supertokens-faunadb/java/text';
import { BadRequest } from '../common/errors.js';
import { isObject, type Json, type JsonObject } from './json.js';

// The real Core coerces its input in ways that SDKs rely on: an array of one element stands for the
// element, and a number for a boolean (never true, whatever its value). A field that is absent, where it may be, is
// undefined; null is never the same as absent.

/** Maximum length of an id, an email, a password or any other text, so that many of them fit in memory. */
const LONGEST_TEXT = 64 * 1024;

/** @throws BadRequest naming `field` when it is not a string, or is far too long */
export function stringField(input: JsonObject, field: string): string {
  return stringOf(own(input, field), field);
}

/** Like {@link stringField}, for access tokens, which are as long as what applications put in. */
export function tokenField(input: JsonObject, field: string): string {
  return stringOf(own(input, field), field, Number.POSITIVE_INFINITY);
}

export function optionalStringField(input: JsonObject, field: string): string | undefined {
  const value = own(input, field);
  return value === undefined ? undefined : stringOf(value, field);
}

/** Like {@link optionalStringField}, for the fields where null is a value. */
export function nullableStringField(
  input: JsonObject,
  field: string,
  presence: 'required' | 'optional',
): string | null | undefined {
  const value = own(input, field);
  if (value === null) return null;
  return value === undefined && presence === 'optional' ? undefined : stringOf(value, field);
}

/** @throws BadRequest naming `field` when it is not a boolean */
export function booleanField(input: JsonObject, field: string): boolean {
  return booleanOf(own(input, field), field);
}

export function optionalBooleanField(input: JsonObject, field: string): boolean | undefined {
  const value = own(input, field);
  return value === undefined ? undefined : booleanOf(value, field);
}

/** @throws BadRequest naming `field` when it is not an object */
export function objectField(input: JsonObject, field: string): JsonObject {
  const value = own(input, field);
  if (!isObject(value)) throw invalid(field);
  return value;
}

export function optionalObjectField(input: JsonObject, field: string): JsonObject | undefined {
  return own(input, field) === undefined ? undefined : objectField(input, field);
}

/** @throws BadRequest naming `field` when it is not an array */
export function arrayField(input: JsonObject, field: string): Json[] {
  const value = own(input, field);
  if (!Array.isArray(value)) throw invalid(field);
  return value;
}

/** @throws BadRequest naming `field` when it is not an array of strings */
export function optionalStringsField(input: JsonObject, field: string): string[] | undefined {
  if (own(input, field) === undefined) return undefined;
  return arrayField(input, field).map((element) => stringOf(element, field));
}

/**
 * A whole number: fractions are cut off, digits in a string are read. Of a number that 64 bits cannot hold the lower ones
 * count.
 */
export function integerField(input: JsonObject, field: string): bigint {
  return wholeNumber(input, field, 64);
}

/** Like {@link integerField}, in 32 bits. */
export function intField(input: JsonObject, field: string): number {
  return Number(wholeNumber(input, field, 32));
}

function wholeNumber(input: JsonObject, field: string, bits: 32 | 64): bigint {
  const value = single(own(input, field));
  if (typeof value === 'number') return BigInt.asIntN(bits, BigInt(Math.trunc(value)));
  const number = typeof value === 'string' ? parseInteger(value, bits) : undefined;
  if (number === undefined) throw invalid(field);
  return number;
}

/** A string field without the space around it. @throws BadRequest when nothing is left */
export function nonEmpty(value: string, field: string): string {
  const trimmed = trim(value);
  if (trimmed === '') throw new BadRequest(`Field name '${field}' cannot be an empty String`);
  return trimmed;
}

function own(input: JsonObject, field: string): Json | undefined {
  return Object.hasOwn(input, field) ? input[field] : undefined;
}

/** What an array of one element stands for, however deep; anything else stands for itself. */
export function single<Value extends Json | undefined>(value: Value): Json | Value {
  let inner: Json | Value = value;
  while (Array.isArray(inner) && inner.length === 1) inner = inner[0] as Json;
  return inner;
}

function stringOf(value: Json | undefined, field: string, longest = LONGEST_TEXT): string {
  const inner = single(value);
  if (typeof inner !== 'string') throw invalid(field);
  if (inner.length > longest) throw new BadRequest(`Field name '${field}' has more than ${longest} characters`);
  return inner;
}

function booleanOf(value: Json | undefined, field: string): boolean {
  const inner = single(value);
  if (typeof inner === 'boolean') return inner;
  if (typeof inner === 'number') return false;
  throw invalid(field);
}

function invalid(field: string): BadRequest {
  return new BadRequest(`Field name '${field}' is invalid in JSON input`);
}
