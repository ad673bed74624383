import { setElements } from '../../model/pagination/set-elements.js';
import type { QueryContext } from '../../query/context.js';

import type { Position } from '../../values/position.js';
import { Page, type SetValue, type Value } from '../../values/values.js';

/** Iterating over an element counts as much as creating this many characters. */
const ELEMENT = 4;

/** Iterates over an array, a page or a set that the query may read. */
export function elementsOf(
  context: QueryContext,
  collection: readonly Value[] | Page | SetValue,
  position: Position | undefined,
): Iterable<Value> {
  const known = collection instanceof Page ? collection.elements : collection;
  // The elements of a set are counted as they are read.
  if (Array.isArray(known)) context.budget.work(ELEMENT * known.length);
  if (collection instanceof Page) return collection.elements;
  return Array.isArray(collection) ? collection : setElements(context, collection as SetValue, position);
}

/** The result of a fold over a collection: for a page, a page of one element with the same cursors. */
export function foldResult(collection: readonly Value[] | Page | SetValue, value: Value): Value {
  if (!(collection instanceof Page)) return value;
  return new Page([value], collection.before, collection.after, collection.unmapped);
}
