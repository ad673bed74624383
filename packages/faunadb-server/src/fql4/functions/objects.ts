import { hashOrder, MAX_ORDERED } from '@supertokens-faunadb/java/hash-order';
import { versionFields } from '../../model/documents/select.js';
import type { QueryContext } from '../../query/context.js';

import { wrongType } from '../../values/errors.js';
import { Failure, type FqlError } from '../../values/failure.js';
import { at, type Position } from '../../values/position.js';
import { type Lambda, ObjectValue, type Value, Version } from '../../values/values.js';
import { any, writtenLambda } from '../evaluate/casts.js';
import { type Form, form } from '../evaluate/form.js';

/** A field counts as much as creating this many characters, or more if it has to be ordered. */
const COPIED = 4;
const HASHED = 48;

/** Merges objects field by field; a lambda of name, left and right may choose the value. Null removes a field. */
function merge(
  left: Value,
  right: Value,
  lambda: Lambda | undefined,
  context: QueryContext,
  position: Position | undefined,
): Value {
  const errors: FqlError[] = [];
  const fieldsOf = (value: Value, place: Position | undefined): Iterable<readonly [string, Value]> => {
    if (value instanceof ObjectValue) return value.entries;
    if (value instanceof Version) return versionFields(value).fields;
    errors.push(...wrongType(['Object'], value, place).errors);
    return [];
  };
  const merged = new Map(fieldsOf(left, at(position, 'merge')));
  let isHashed = merged.size > MAX_ORDERED;
  const atWith = at(position, 'with');
  const others = Array.isArray(right)
    ? (right as readonly Value[]).map((o, i) => fieldsOf(o, at(atWith, i)))
    : [fieldsOf(right, atWith)];
  if (errors.length > 0) throw new Failure(errors);
  for (const fields of others) {
    for (const [name, value] of fields) {
      const result = lambda ? context.apply(lambda, [name, merged.get(name) ?? null, value], position) : value;
      if (result === null) merged.delete(name);
      else merged.set(name, result);
      isHashed ||= merged.size > MAX_ORDERED;
    }
  }
  context.budget.work((isHashed ? HASHED : COPIED) * merged.size);
  if (!isHashed) return new ObjectValue(merged);
  return new ObjectValue(new Map(hashOrder([...merged.keys()]).map((name) => [name, merged.get(name) as Value])));
}

/** The functions of objects. */
export const objectFunctions: readonly Form[] = [
  form('pure', { merge: any, with: any }, (args, context, position) =>
    merge(args.merge, args.with, undefined, context, position),
  ),
  form('pure', { merge: any, with: any, lambda: writtenLambda }, (args, context, position) =>
    merge(args.merge, args.with, args.lambda, context, position),
  ),
];
