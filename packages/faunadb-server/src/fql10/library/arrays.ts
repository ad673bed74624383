import type { Context } from '../evaluate/context.js';
import { errors } from '../evaluate/failures.js';
import { distinct, isSame } from '../evaluate/identity.js';
import { Table, types } from '../evaluate/members.js';
import { accepts, type FunctionValue, isArray, Null, type Value } from '../evaluate/values.js';
import { ArraySet } from '../sets/kinds.js';
import { orderings, sortedBy } from '../sets/orderings.js';
import { LibraryModule, shown } from './base.js';

/** The maximum number of elements of an array created by a single function. */
export const MAX_ELEMENTS = 16_000;

export function checkArity(context: Context, name: string, count: number, fn: FunctionValue): void {
  if (!accepts(fn.arity, count)) throw errors.invalidParameterArity(name, count, fn.arity, context.trace);
}

/** The result of a predicate for a value: null counts as false. */
export function holds(context: Context, predicate: FunctionValue, value: Value, blamed?: Value): boolean {
  const result = context.call(predicate, [value]);
  if (typeof result === 'boolean') return result;
  if (result instanceof Null) return false;
  throw errors.invalidType('Boolean', blamed ?? result, context.trace);
}

const noElement = (context: Context) => Null.noElement('no element found', context.span);
const emptyArray = (context: Context) => Null.noElement('empty array', context.span);
const made = (context: Context, values: readonly Value[]): readonly Value[] => {
  context.host.budget.make(values.length);
  return values;
};

function checkIndex(context: Context, self: readonly Value[], at: number): number {
  if (at < 0 || at >= self.length) throw errors.indexOutOfBounds(at, self.length, context.trace);
  return at;
}
const at = (context: Context, self: readonly Value[], index: number): Value =>
  self[checkIndex(context, self, index)] as Value;

function indexWhere(context: Context, self: readonly Value[], predicate: FunctionValue, from: number): Value {
  checkArity(context, 'predicate', 1, predicate);
  for (let i = Math.max(0, from); i < self.length; i++) if (holds(context, predicate, self[i] as Value)) return i;
  return noElement(context);
}
function lastIndexWhere(context: Context, self: readonly Value[], predicate: FunctionValue, end: number): Value {
  checkArity(context, 'predicate', 1, predicate);
  for (let i = Math.min(self.length - 1, end); i >= 0; i--) if (holds(context, predicate, self[i] as Value)) return i;
  return noElement(context);
}
function where(context: Context, self: readonly Value[], predicate: FunctionValue): readonly Value[] {
  checkArity(context, 'pred', 1, predicate);
  return self.filter((value) => holds(context, predicate, value));
}
// `any` (false) or `every` (true), decided by the first element with the opposite result.
function quantified(context: Context, self: readonly Value[], predicate: FunctionValue, all: boolean): boolean {
  checkArity(context, 'predicate', 1, predicate);
  for (const value of self) if (holds(context, predicate, value) !== all) return !all;
  return all;
}
function aggregate(context: Context, self: readonly Value[], seed: Value, combiner: FunctionValue): Value {
  checkArity(context, 'combiner', 2, combiner);
  if (self.length === 0) return seed;
  let values = self;
  while (values.length > 1) {
    const halved: Value[] = [];
    for (let i = 0; i < values.length; i += 2) {
      const first = values[i] as Value;
      halved.push(i + 1 < values.length ? context.call(combiner, [first, values[i + 1] as Value]) : first);
    }
    values = halved;
  }
  return context.call(combiner, [values[0] as Value, seed]);
}
function fold(context: Context, values: readonly Value[], seed: Value, reducer: FunctionValue): Value {
  checkArity(context, 'reducer', 2, reducer);
  return values.reduce((sum, value) => context.call(reducer, [sum, value]), seed);
}
function reduce(context: Context, values: readonly Value[], reducer: FunctionValue): Value {
  checkArity(context, 'reducer', 2, reducer);
  const [first, ...rest] = values;
  return first === undefined
    ? emptyArray(context)
    : rest.reduce((sum, value) => context.call(reducer, [sum, value]), first);
}
const slice = (self: readonly Value[], from: number, until: number) => {
  const start = Math.max(0, from);
  return until <= start ? [] : self.slice(start, until);
};
const indexOf = (context: Context, self: readonly Value[], element: Value, from: number): Value => {
  for (let i = from; i < self.length; i++) {
    if (isSame(context.host.budget, self[i] as Value, element)) return i;
  }
  return noElement(context);
};
const lastIndexOf = (context: Context, self: readonly Value[], element: Value, end: number): Value => {
  for (let i = end; i >= 0; i--) {
    if (isSame(context.host.budget, self[i] as Value, element)) return i;
  }
  return noElement(context);
};

const index = ['index', types.int] as const;
const element = ['element', types.any] as const;
const predicate = ['predicate', types.function] as const;
const reducer = ['reducer', types.function] as const;
const mapper = ['mapper', types.function] as const;
const seed = ['seed', types.any] as const;

export const arrayTable = new Table<readonly Value[]>(shown)
  .field('length', (_, self) => self.length)
  .indexed(index, at)
  .method('at', [index], at)
  .method('aggregate', [seed, ['combiner', types.function]], aggregate)
  .method('any', [predicate], (context, self, fn) => quantified(context, self, fn, false))
  .method('append', [element], (context, self, value) => made(context, [...self, value]))
  .method('concat', [['other', types.array]], (context, self, other) => made(context, [...self, ...other]))
  .method('distinct', [], (context, self) => {
    return distinct(context.host.budget, self);
  })
  .method('drop', [['amount', types.int]], (_, self, amount) => self.slice(Math.max(0, amount)))
  .method('every', [predicate], (context, self, fn) => quantified(context, self, fn, true))
  .method('entries', [], (context, self) =>
    made(
      context,
      self.map((value, i) => [i, value]),
    ),
  )
  .method('filter', [predicate], (context, self, fn) => {
    checkArity(context, 'predicate', 1, fn);
    return self.filter((value) => holds(context, fn, value, value));
  })
  .method('first', [], (context, self) => self[0] ?? emptyArray(context))
  .method('firstWhere', [predicate], (context, self, fn) => where(context, self, fn)[0] ?? noElement(context))
  .method('flatten', [], (context, self) =>
    made(
      context,
      self.flatMap((value) => {
        if (!isArray(value)) throw errors.invalidType('Array<Any>', value, context.trace);
        return value;
      }),
    ),
  )
  .method('flatMap', [mapper], (context, self, fn) => {
    checkArity(context, 'mapper', 1, fn);
    const values: Value[] = [];
    for (const value of self) {
      const result = context.call(fn, [value]);
      if (!isArray(result)) throw errors.invalidType('Array<Any>', result, context.trace);
      made(context, result);
      for (const each of result) values.push(each);
    }
    return values;
  })
  .method('fold', [seed, reducer], (context, self, initial, fn) => fold(context, self, initial, fn))
  .method('foldRight', [seed, reducer], (context, self, initial, fn) => fold(context, [...self].reverse(), initial, fn))
  .method('forEach', [['callback', types.function]], (context, self, fn) => {
    checkArity(context, 'fn', 1, fn);
    for (const value of self) context.call(fn, [value]);
    return Null.at(context.span);
  })
  .method('indexOf', [element], (context, self, value) => indexOf(context, self, value, 0))
  .method('indexOf', [element, ['start', types.int]], (context, self, value, start) =>
    indexOf(context, self, value, checkIndex(context, self, start)),
  )
  .method('indexWhere', [predicate], (context, self, fn) => indexWhere(context, self, fn, 0))
  .method('indexWhere', [predicate, ['start', types.int]], (context, self, fn, start) =>
    indexWhere(context, self, fn, checkIndex(context, self, start)),
  )
  .method('isEmpty', [], (_, self) => self.length === 0)
  .method('includes', [element], (context, self, value) =>
    self.some((each) => {
      return isSame(context.host.budget, each, value);
    }),
  )
  .method('last', [], (context, self) => self.at(-1) ?? emptyArray(context))
  .method('lastIndexOf', [element], (context, self, value) => lastIndexOf(context, self, value, self.length - 1))
  .method('lastIndexOf', [element, ['end', types.int]], (context, self, value, end) =>
    lastIndexOf(context, self, value, checkIndex(context, self, end)),
  )
  .method('lastIndexWhere', [predicate], (context, self, fn) => lastIndexWhere(context, self, fn, self.length))
  .method('lastIndexWhere', [predicate, ['end', types.int]], (context, self, fn, end) =>
    lastIndexWhere(context, self, fn, checkIndex(context, self, end)),
  )
  .method('lastWhere', [predicate], (context, self, fn) => where(context, self, fn).at(-1) ?? noElement(context))
  .method('map', [mapper], (context, self, fn) => {
    checkArity(context, 'mapper', 1, fn);
    return made(
      context,
      self.map((value) => context.call(fn, [value])),
    );
  })
  .method('nonEmpty', [], (_, self) => self.length > 0)
  .variadic('order', ['ordering', types.any], (context, self, given) =>
    sortedBy(context, orderings(context, given), self),
  )
  .method('prepend', [element], (context, self, value) => made(context, [value, ...self]))
  .method('reduce', [reducer], (context, self, fn) => reduce(context, self, fn))
  .method('reduceRight', [reducer], (context, self, fn) => reduce(context, [...self].reverse(), fn))
  .method('reverse', [], (context, self) => made(context, [...self].reverse()))
  .method('slice', [['from', types.int]], (_, self, from) => slice(self, from, self.length))
  .method(
    'slice',
    [
      ['from', types.int],
      ['until', types.int],
    ],
    (_, self, from, until) => slice(self, from, until),
  )
  .method('take', [['limit', types.int]], (_, self, limit) => (limit < self.length ? slice(self, 0, limit) : self))
  .method('toSet', [], (_, self) => new ArraySet(self))
  .method('where', [predicate], (context, self, fn) => where(context, self, fn));

export const arrayModule = new LibraryModule('Array', isArray).define((table) => {
  table.method(
    'sequence',
    [
      ['from', types.int],
      ['until', types.int],
    ],
    (context, _, from, until) => {
      const size = Math.max(0, until - from);
      if (size > MAX_ELEMENTS)
        throw errors.valueTooLarge(`range size ${size} exceeds limit ${MAX_ELEMENTS}`, context.trace);
      return made(
        context,
        Array.from({ length: size }, (_each, i) => from + i),
      );
    },
  );
});
