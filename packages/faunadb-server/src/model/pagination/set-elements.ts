import { instanceNotFound, permissionDenied } from '../../values/errors.js';
import { at, type Position } from '../../values/position.js';
import type { Cursor, SetValue, Value, Version } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import { documentExists, getDocument } from '../documents/access.js';
import { paginate } from '../pagination/paginate.js';
import type { Element, ModelSet } from '../sets/set.js';
import { positionOf } from './page-position.js';

/** How many elements to read at once: the size of a page. */
const ALL = 100_000n;

/**
 * Goes through all elements of a set that the query may read, or through its events if it is a history.
 *
 * @throws {Failure} at `position` if the query may not read the set
 */
export function* setElements(context: ModelContext, set: SetValue, position: Position | undefined): Generator<Value> {
  const source = set as ModelSet;
  const request = { cursor: undefined, ascending: true, sources: false, size: ALL };
  for (let page = paginate(context, source, request, position, position); ; ) {
    yield* page.elements;
    if (page.after === undefined) return;
    const cursor = positionOf(source, page.after as Cursor);
    page = paginate(context, source, { ...request, cursor }, position, position);
  }
}

/** The first element of a set (the last one if `ascending` is false) that the query may read. */
export function firstOf(
  context: ModelContext,
  set: SetValue,
  ascending: boolean,
  position: Position | undefined,
  denied: Position | undefined,
): Value | undefined {
  const request = { cursor: undefined, ascending, sources: false, size: 1n };
  return paginate(context, set as ModelSet, request, position, denied).elements[0];
}

/** Whether a set has no element that the query may read. */
export function isSetEmpty(context: ModelContext, set: SetValue, position: Position | undefined): boolean {
  return firstOf(context, set, true, position, position) === undefined;
}

/** The document of a set's first element. */
export function getFromSet(context: ModelContext, set: SetValue, position: Position | undefined): Version {
  const first = head(context, set, at(position, 'get'));
  if (!first) throw instanceNotFound('Set', position);
  return getDocument(context, first.ref, context.validTime, position);
}

/** Whether a set has a first element whose document the query may read. */
export function existsInSet(context: ModelContext, set: SetValue, position: Position | undefined): boolean {
  const first = head(context, set, at(position, 'exists'));
  return first !== undefined && documentExists(context, first.ref, context.validTime);
}

function head(context: ModelContext, set: SetValue, denied: Position | undefined): Element | undefined {
  const readable = (set as ModelSet).readable(context);
  if (!readable) throw permissionDenied(denied);
  const { usage } = context.model.keys;
  const before = usage.bytesRead;
  const [first] = readable.elements(context, {});
  usage.endRead(before);
  return first;
}
