import { isSetEmpty } from '../../model/pagination/set-elements.js';
import { filterSet } from '../../model/sets/filter.js';
import type { QueryContext } from '../../query/context.js';

import { invalidArgument, wrongType } from '../../values/errors.js';
import { at, type Position } from '../../values/position.js';
import { Page, type SetValue, type Value } from '../../values/values.js';
import { any, array, boolean, collect, integer, iterable, writtenLambda, zeroOrMore } from '../evaluate/casts.js';
import { type Form, form } from '../evaluate/form.js';

function requireArray(
  value: readonly Value[] | Page | SetValue | Value,
  position: Position | undefined,
): readonly Value[] | Page {
  if (Array.isArray(value)) return value as readonly Value[];
  if (value instanceof Page) return value;
  throw wrongType(['Array or Page'], value as Value, at(position, 'collection'));
}

const map = form('pure', { map: writtenLambda, collection: iterable }, ({ map, collection }, context, position) => {
  const source = requireArray(collection, position);
  const place = at(position, 'map');
  const apply = (value: Value) => context.apply(map, value, place);
  if (!(source instanceof Page)) return source.map(apply);
  return new Page(source.elements.map(apply), source.before, source.after, source.unmapped);
});

const foreach = form('pure', { foreach: writtenLambda, collection: iterable }, (args, context, position) => {
  const source = requireArray(args.collection, position);
  const place = at(position, 'foreach');
  for (const value of source instanceof Page ? source.elements : source) context.apply(args.foreach, value, place);
  return source;
});

const filter = form('pure', { filter: writtenLambda, collection: iterable }, (args, context, position) => {
  const { filter, collection } = args;
  if (!Array.isArray(collection) && !(collection instanceof Page)) {
    if (filter.effect === 'write') {
      throw invalidArgument(
        'Invalid lambda. Lambda in this context may not write or call a user function.',
        at(position, 'filter'),
      );
    }
    return filterSet(collection as SetValue, filter, position);
  }
  const values = collection instanceof Page ? collection.elements : (collection as readonly Value[]);
  const place = at(position, 'filter');
  const verdicts = collect(values, (value) => context.apply(filter, value, place));
  const keeps = zeroOrMore(boolean)(verdicts, position, context);
  const kept = (list: readonly Value[]) => list.filter((_, i) => keeps[i]);
  if (!(collection instanceof Page)) return kept(values);
  return new Page(kept(values), collection.before, collection.after, kept(collection.unmapped));
});

function joined(first: readonly Value[], second: readonly Value[], { budget }: QueryContext): Value {
  budget.make(first.length + second.length);
  return first.concat(second);
}

const prepend = form('pure', { prepend: zeroOrMore(any), collection: array }, ({ prepend, collection }, context) =>
  joined(prepend, collection, context),
);

const append = form('pure', { append: zeroOrMore(any), collection: array }, ({ append, collection }, context) =>
  joined(collection, append, context),
);

/** The real server uses 32-bit counts here. */
const count = (n: bigint) => Number(BigInt.asIntN(32, n));

const take = form('pure', { take: integer, collection: any }, (args, { budget }, position) => {
  const source = requireArray(args.collection, position);
  budget.make(source instanceof Page ? source.elements.length : source.length);
  const n = count(args.take);
  const first = (list: readonly Value[]) => list.slice(0, Math.max(n, 0));
  if (!(source instanceof Page)) return first(source);
  const after = n < 0 ? source.before : (source.unmapped[n] ?? source.after);
  return new Page(first(source.elements), source.before, after, first(source.unmapped));
});

const drop = form('pure', { drop: integer, collection: any }, (args, { budget }, position) => {
  const source = requireArray(args.collection, position);
  budget.make(source instanceof Page ? source.elements.length : source.length);
  const n = count(args.drop);
  const rest = (list: readonly Value[]) => list.slice(Math.max(n, 0));
  if (!(source instanceof Page)) return rest(source);
  const unmapped = rest(source.unmapped);
  const before = n < 0 ? source.before : (unmapped[0] ?? source.after);
  return new Page(rest(source.elements), before, source.after, unmapped);
});

function isEmpty(
  collection: readonly Value[] | Page | SetValue,
  context: QueryContext,
  position: Position | undefined,
): boolean {
  if (collection instanceof Page) return collection.elements.length === 0;
  if (Array.isArray(collection)) return collection.length === 0;
  return isSetEmpty(context, collection as SetValue, at(position, 'exists'));
}

const isEmptyForm = form('pure', { is_empty: iterable }, (args, context, position) =>
  isEmpty(args.is_empty, context, position),
);

const isNonEmpty = form(
  'pure',
  { is_nonempty: iterable },
  (args, context, position) => !isEmpty(args.is_nonempty, context, position),
);

/** Applies lambdas to arrays, pages and sets, or takes parts of them. */
export const arrayFunctions: readonly Form[] = [
  map,
  foreach,
  filter,
  prepend,
  append,
  take,
  drop,
  isEmptyForm,
  isNonEmpty,
];
