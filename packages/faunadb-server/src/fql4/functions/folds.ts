import { wrap } from '@supertokens-faunadb/java/numbers';
import { compare } from '../../model/documents/compare.js';
import type { QueryContext } from '../../query/context.js';

import { emptyArray, unresolvedRef } from '../../values/errors.js';
import { Failure } from '../../values/failure.js';
import { at, type Position } from '../../values/position.js';
import { Page, SetValue, UnresolvedRef, type Value } from '../../values/values.js';
import { boolean, iterable, number } from '../evaluate/casts.js';
import { elementsOf, foldResult } from '../evaluate/elements.js';
import { type Form, form } from '../evaluate/form.js';

type At = Position | undefined;
type Collection = readonly Value[] | Page | SetValue;

/** A function that combines all elements of an array, a page or a set into one value. */
function fold(key: string, apply: (elements: Iterable<Value>, context: QueryContext, position: At) => Value): Form {
  return form('read', { [key]: iterable }, ({ [key]: collection }, context, position) => {
    const place = at(position, key);
    return foldResult(collection!, apply(elementsOf(context, collection!, place), context, place));
  });
}

function sum(numbers: readonly (bigint | number)[]): bigint | number {
  return numbers.reduce(
    (a, b) => (typeof a === 'bigint' && typeof b === 'bigint' ? wrap(a + b) : Number(a) + Number(b)),
    0n,
  );
}

function mean(numbers: readonly (bigint | number)[], position: At): number {
  if (numbers.length === 0) throw emptyArray(position);
  return Number(sum(numbers)) / numbers.length;
}

/** The first or last element in the order of an index; among equal ones, the last. */
function extreme(key: 'max' | 'min', isBetter: (comparison: number) => boolean): Form {
  return form('read', { [key]: iterable }, ({ [key]: given }, context, position) => {
    const place = at(position, key);
    const collection = innermost(given!);
    const elements = [...elementsOf(context, collection, place)];
    refuseUnresolved(elements, place);
    if (elements.length === 0) throw emptyArray(place);
    return foldResult(
      collection,
      elements.reduce((best, element) => (isBetter(compare(context, best, element)) ? best : element)),
    );
  });
}

/** An array that contains a single collection stands for that collection. */
function innermost(collection: Collection): Collection {
  if (!Array.isArray(collection) || collection.length !== 1) return collection;
  const only = (collection as readonly Value[])[0];
  return Array.isArray(only) || only instanceof Page || only instanceof SetValue
    ? innermost(only as Collection)
    : collection;
}

function refuseUnresolved(elements: readonly Value[], position: At): void {
  const errors = elements.flatMap((element) =>
    element instanceof UnresolvedRef ? unresolvedRef(element, position).errors : [],
  );
  if (errors.length > 0) throw new Failure(errors);
}

/** Folds with names of their own. All elements are read, even after one decides the result. */
export const foldFunctions: readonly Form[] = [
  fold('count', (elements) => BigInt([...elements].length)),
  fold('sum', (elements, context, place) => sum(Array.from(elements, (element) => number(element, place, context)))),
  fold('mean', (elements, context, place) =>
    mean(
      Array.from(elements, (element) => number(element, place, context)),
      place,
    ),
  ),
  fold('any', (elements, context, place) =>
    Array.from(elements, (element) => boolean(element, place, context)).includes(true),
  ),
  fold(
    'all',
    (elements, context, place) => !Array.from(elements, (element) => boolean(element, place, context)).includes(false),
  ),
  extreme('max', (comparison) => comparison > 0),
  extreme('min', (comparison) => comparison < 0),
];
