import type { Context } from '../evaluate/context.js';
import { errors } from '../evaluate/failures.js';
import { isSame } from '../evaluate/identity.js';
import { Table, types } from '../evaluate/members.js';
import {
  EventSource,
  type FunctionValue,
  LambdaValue,
  Null,
  SetCursor,
  SetValue,
  type Value,
} from '../evaluate/values.js';
import { THIS } from '../parse/ast.js';
import { fieldPathOf } from '../parse/parse.js';
import { decodeCursor } from '../sets/cursors.js';
import {
  ArraySet,
  ConcatSet,
  type Creation,
  DistinctSet,
  DropSet,
  FlatMapSet,
  MapSet,
  OrderedSet,
  SequenceSet,
  SingletonSet,
  SizedSet,
  TakeSet,
  WhereSet,
} from '../sets/kinds.js';
import { orderings } from '../sets/orderings.js';
import { allElements, elementsOf, emptySet, MAX_PAGE, type PagedValue, pageValue } from '../sets/set.js';
import { eventSource } from '../sets/streams.js';
import { checkArity, holds } from './arrays.js';
import { LibraryModule, shown } from './base.js';
import { hintFullRead } from './hints.js';

const creationOf = (context: Context): Creation => ({ time: context.host.validTime, trace: context.trace });

export function whereSet(context: Context, set: PagedValue, predicate: FunctionValue): WhereSet {
  checkArity(context, 'pred', 1, predicate);
  return new WhereSet(set, predicate, creationOf(context));
}

export function first(context: Context, set: PagedValue): Value {
  return set.page(context, 1, undefined).elements[0]?.value ?? emptySet(context);
}
export function firstWhere(context: Context, set: PagedValue, predicate: FunctionValue): Value {
  return first(context, whereSet(context, set, predicate));
}

function checkSize(context: Context, size: number): void {
  if (size <= 0 || size > MAX_PAGE) {
    throw errors.invalidBounds('size', `between 1 and ${MAX_PAGE} (inclusive)`, String(size), context.trace);
  }
}

function quantified(context: Context, self: PagedValue, predicate: FunctionValue, all: boolean): boolean {
  checkArity(context, 'predicate', 1, predicate);
  for (const { value } of elementsOf(context, self)) if (holds(context, predicate, value) !== all) return !all;
  return all;
}

function fold(context: Context, set: PagedValue, seed: Value, reducer: FunctionValue): Value {
  checkArity(context, 'reducer', 2, reducer);
  let sum = seed;
  for (const { value } of elementsOf(context, set)) sum = context.call(reducer, [sum, value]);
  return sum;
}
function reduce(context: Context, set: PagedValue, reducer: FunctionValue): Value {
  checkArity(context, 'reducer', 2, reducer);
  let sum: Value | undefined;
  for (const { value } of elementsOf(context, set))
    sum = sum === undefined ? value : context.call(reducer, [sum, value]);
  return sum ?? emptySet(context);
}
// Pairs within each page, then the results of the pages.
function aggregate(context: Context, self: PagedValue, seed: Value, combiner: FunctionValue): Value {
  checkArity(context, 'combiner', 2, combiner);
  let sum = seed;
  let page: Value[] = [];
  const flush = () => {
    while (page.length > 1) {
      const halved: Value[] = [];
      for (let i = 0; i < page.length; i += 2) {
        const one = page[i] as Value;
        halved.push(i + 1 < page.length ? context.call(combiner, [one, page[i + 1] as Value]) : one);
      }
      page = halved;
    }
    const [value] = page;
    if (value !== undefined) sum = context.call(combiner, [value, sum]);
    page = [];
  };
  for (const { value } of elementsOf(context, self)) if (page.push(value) === MAX_PAGE) flush();
  flush();
  return sum;
}

function watchedPaths(context: Context, fields: readonly FunctionValue[]): (string | number)[][] {
  return fields.map((field, i) => {
    const isShort = field instanceof LambdaValue && field.parameters.length === 1 && field.parameters[0] === THIS;
    const path = isShort
      ? fieldPathOf({
          kind: 'lambda',
          parameters: [],
          variadic: undefined,
          body: field.body,
          short: true,
          span: field.body.span,
        })
      : undefined;
    if (!path?.ok) throw errors.invalidArgument(String(i), 'invalid field path given', context.trace);
    return path.value.elements.map(({ key }) => key);
  });
}

const predicate = ['predicate', types.function] as const;
const reducer = ['reducer', types.function] as const;
const mapper = ['mapper', types.function] as const;
const seed = ['seed', types.any] as const;
const size = ['size', types.int] as const;

/** A method that reads the whole set, which causes a performance hint. */
const whole =
  <A extends unknown[], R>(name: string, run: (context: Context, self: PagedValue, ...args: A) => R) =>
  (context: Context, self: PagedValue, ...args: A): R => {
    hintFullRead(context, self, name);
    return run(context, self, ...args);
  };

const mapSet = (context: Context, set: PagedValue, mapper: FunctionValue): MapSet => {
  checkArity(context, 'mapper', 1, mapper);
  return new MapSet(set, mapper, creationOf(context));
};

/** An event source with the same changes, of another set. */
const sourceOf = ({ start, watched }: EventSource, set: PagedValue) => new EventSource(set, start, watched);

export const eventSourceTable = new Table<EventSource>(shown)
  .method('where', [predicate], (context, self, fn) => sourceOf(self, whereSet(context, self.set as PagedValue, fn)))
  .method('map', [mapper], (context, self, fn) => sourceOf(self, mapSet(context, self.set as PagedValue, fn)));

export const setTable = new Table<PagedValue>(shown)
  .method('aggregate', [seed, ['combiner', types.function]], whole('aggregate', aggregate))
  .method('any', [predicate], (context, self, fn) => quantified(context, self, fn, false))
  .method(
    'every',
    [predicate],
    whole('every', (context, self, fn: FunctionValue) => quantified(context, self, fn, true)),
  )
  .method('where', [predicate], (context, self, fn) => whereSet(context, self, fn))
  .method(
    'distinct',
    [],
    whole('distinct', (_, self) => new DistinctSet(self)),
  )
  .method('drop', [['amount', types.int]], (_, self, amount) => new DropSet(self, amount))
  .method('first', [], (context, self) => first(context, self))
  .method('firstWhere', [predicate], (context, self, fn) => firstWhere(context, self, fn))
  .method('last', [], (context, self) => first(context, self.reverse(context)))
  .method('lastWhere', [predicate], (context, self, fn) => firstWhere(context, self.reverse(context), fn))
  .method('flatMap', [mapper], (context, self, fn) => {
    checkArity(context, 'mapper', 1, fn);
    return new FlatMapSet(self, undefined, fn, creationOf(context));
  })
  .method('map', [mapper], (context, self, fn) => mapSet(context, self, fn))
  .variadic('order', ['ordering', types.any], (context, self, given) => {
    hintFullRead(context, self, 'order');
    return new OrderedSet(self, orderings(context, given), creationOf(context));
  })
  .method('reverse', [], (context, self) => self.reverse(context))
  .method('paginate', [], (context, self) => pageValue(context, self.page(context, self.pageSize, undefined)))
  .method('paginate', [size], (context, self, count) => {
    checkSize(context, count);
    return pageValue(context, self.page(context, count, undefined));
  })
  .method('pageSize', [size], (context, self, count) => {
    checkSize(context, count);
    return new SizedSet(self, count);
  })
  .method('isEmpty', [], (context, self) => self.page(context, 1, undefined).elements.length === 0)
  .method('nonEmpty', [], (context, self) => self.page(context, 1, undefined).elements.length > 0)
  .method(
    'includes',
    [['element', types.any]],
    whole('includes', (context, self, element: Value) => {
      for (const { value } of elementsOf(context, self)) if (isSame(context.host.budget, value, element)) return true;
      return false;
    }),
  )
  .method('take', [['limit', types.int]], (context, self, limit) => {
    if (limit < 0) throw errors.invalidBounds('limit', 'greater than 0', String(limit), context.trace);
    return limit === 0 ? new ArraySet([]) : new TakeSet(self, limit);
  })
  .method(
    'toArray',
    [],
    whole('toArray', (context, self) => allElements(context, self).map(({ value }) => value)),
  )
  .method('toSet', [], (_, self) => self)
  .method('concat', [['other', types.set]], (_, self, other) => new ConcatSet(self, other as PagedValue))
  .method('fold', [seed, reducer], whole('fold', fold))
  .method(
    'foldRight',
    [seed, reducer],
    whole('foldRight', (context, self, initial: Value, fn: FunctionValue) =>
      fold(context, self.reverse(context), initial, fn),
    ),
  )
  .method('reduce', [reducer], whole('reduce', reduce))
  .method(
    'reduceRight',
    [reducer],
    whole('reduceRight', (context, self, fn: FunctionValue) => reduce(context, self.reverse(context), fn)),
  )
  .method(
    'forEach',
    [['callback', types.function]],
    whole('forEach', (context, self, fn: FunctionValue) => {
      checkArity(context, 'func', 1, fn);
      for (const { value } of elementsOf(context, self)) context.call(fn, [value]);
      return Null.at(context.span);
    }),
  )
  .method(
    'count',
    [],
    whole('count', (context, self) => {
      let count = 0;
      for (const _ of elementsOf(context, self)) count++;
      return count;
    }),
  )
  .method('toStream', [], (context, self) => eventSource(context, self, [], '.toStream()'))
  .method('eventSource', [], (context, self) => eventSource(context, self, [], '.eventSource()'))
  .variadic(
    'changesOn',
    ['fields', types.function],
    (context, self, fields): EventSource =>
      eventSource(context, self, watchedPaths(context, fields), '.changesOn()', true),
  )
  .variadic(
    'eventsOn',
    ['fields', types.function],
    (context, self, fields): EventSource =>
      eventSource(context, self, watchedPaths(context, fields), '.eventsOn()', true),
  );

function paginate(context: Context, value: Value, count: number | undefined): Value {
  if (typeof value !== 'string' && !(value instanceof SetCursor)) {
    throw errors.invalidArgumentType('cursor', 'String', value, context.trace);
  }
  const cursor = value instanceof SetCursor ? value : decodeCursor(context, value);
  if (cursor === undefined) throw errors.invalidCursor(context.trace);
  const time = cursor.time === context.host.model.keys.writeTime ? undefined : cursor.time;
  const inside = context.with({ systemTime: time });
  return pageValue(inside, (cursor.set as PagedValue).page(inside, count ?? cursor.pageSize, cursor.position));
}

export const setModule = new LibraryModule('Set', (value) => value instanceof SetValue).define((table) => {
  table
    .method('single', [['element', types.any]], (_, __, value) => new SingletonSet(value))
    .method(
      'sequence',
      [
        ['from', types.int],
        ['until', types.int],
      ],
      (_, __, from, until) => new SequenceSet(from, until),
    )
    .method('paginate', [['cursor', types.any]], (context, _, cursor) => paginate(context, cursor, undefined))
    .method('paginate', [['cursor', types.any], size], (context, _, cursor, count) => {
      checkSize(context, count);
      return paginate(context, cursor, count);
    });
});
