import { setElements } from '../../model/pagination/set-elements.js';
import type { QueryContext } from '../../query/context.js';

import type { Position } from '../../values/position.js';
import { Page, type SetValue, type Value } from '../../values/values.js';

/** An element that is gone through takes as long as making so many characters. */
const ELEMENT = 4;

/** Goes through an array, a page or a set that the query may read. */
export function elementsOf(
  context: QueryContext,
  collection: readonly Value[] | Page | SetValue,
  position: Position | undefined,
): Iterable<Value> {
  const known = collection instanceof Page ? collection.elements : collection;
  // Those of a set are accounted for as they are read.
  if (Array.isArray(known)) context.budget.work(ELEMENT * known.length);
  if (collection instanceof Page) return collection.elements;
  return Array.isArray(collection) ? collection : setElements(context, collection as SetValue, position);
}

/** What a fold over a collection gives: over a page, a page of one element with the same cursors. */
export function foldResult(collection: readonly Value[] | Page | SetValue, value: Value): Value {
  if (!(collection instanceof Page)) return value;
  return new Page([value], collection.before, collection.after, collection.unmapped);
}
