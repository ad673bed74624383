// What schemas of FQL v10 require of documents that FQL v4 writes.
import type { QueryContext } from '../../query/context.js';
import { constraintsViolated } from '../../values/errors.js';
import { withField } from '../../values/objects.js';
import type { Position } from '../../values/position.js';
import { ObjectValue, type Ref } from '../../values/values.js';
import { rejection } from '../documents/checks.js';
import { withoutData } from '../documents/write.js';
import { type Collection, collectionOf } from '../evaluate/collection.js';
import type { Context } from '../evaluate/context.js';
import { outermostContext } from '../evaluate/outermost-context.js';
import { failuresOf, faults } from '../evaluate/shape.js';
import { Doc } from '../evaluate/values.js';
import { failureFor4 } from '../functions/source-code.js';
import './index.js';

const NO_DATA = new ObjectValue(new Map());

/**
 * What the types of its collection's fields forbid in a document, in words. Fields with defaults may be absent; the
 * defaults are not stored.
 *
 * @throws {Failure} if a default cannot be evaluated
 */
export function typeFailures(
  host: QueryContext,
  ref: Ref,
  data: ObjectValue,
  position: Position | undefined,
): readonly string[] {
  const context = outermostContext(host, host.effectLimit);
  const collection = collectionOf(context, ref.collection);
  if (!collection) return [];
  const whole = data.fields.has('data') ? data : withField(data, 'data', NO_DATA);
  const found = faults(collection.shape, withDefaults(context, collection, whole, position), undefined, []);
  return failuresOf(found.map((fault) => withoutData(collection, fault))).map(
    ({ label, message }) => `${label}: ${message}`,
  );
}

function withDefaults(
  context: Context,
  collection: Collection,
  data: ObjectValue,
  position: Position | undefined,
): ObjectValue {
  try {
    return collection.withDefaults(context, data);
  } catch (error) {
    throw failureFor4(context, error, position);
  }
}

/**
 * Evaluates the check constraints of a stored document.
 *
 * @throws {Failure} if it violates one; if one fails, only the error of the first that does
 */
export function requireConstraints(host: QueryContext, ref: Ref, position: Position | undefined): void {
  const context = outermostContext(host, host.effectLimit);
  const collection = collectionOf(context, ref.collection);
  if (!collection) return;
  const document = new Doc(ref, undefined, undefined);
  const rejected = collection.checks.flatMap((check) => {
    try {
      return rejection(check.name, check.evaluate(context, document)) ?? [];
    } catch (error) {
      throw failureFor4(context, error, position);
    }
  });
  if (rejected.length > 0) throw constraintsViolated(rejected, position);
}
