import type { Context } from '../evaluate/context.js';
import { errors } from '../evaluate/failures.js';
import { accepts, FunctionValue, Struct, type Value } from '../evaluate/values.js';
import { plainCompare } from './plain-order.js';

/** A sort criterion. */
export interface Ordering {
  readonly accessor: FunctionValue;
  readonly ascending: boolean;
}

/** Parses the arguments of `order`: functions, or results of `asc` and `desc`. */
export function orderings(context: Context, given: readonly Value[]): Ordering[] {
  return given.map((value, i) => {
    const name = `ordering${i}`;
    const checked = (accessor: FunctionValue, ascending: boolean) => {
      if (!accepts(accessor.arity, 1)) throw errors.invalidParameterArity(name, 1, accessor.arity, context.trace);
      return { accessor, ascending };
    };
    if (value instanceof FunctionValue) return checked(value, true);
    if (value instanceof Struct && value.fields.size === 1) {
      const [asc, desc] = [value.fields.get('asc'), value.fields.get('desc')];
      if (asc instanceof FunctionValue) return checked(asc, true);
      if (desc instanceof FunctionValue) return checked(desc, false);
    }
    throw errors.invalidArgumentType(name, 'Function', value, context.trace);
  });
}

/** Sorts values; the sort is stable. */
export function sortedBy(context: Context, by: readonly Ordering[], values: readonly Value[]): Value[] {
  const reading = context.limited('read', 'set functions');
  const keyed = values.map((value) => ({
    value,
    keys: by.length === 0 ? [value] : by.map(({ accessor }) => reading.call(accessor, [value])),
  }));
  keyed.sort((a, b) => {
    for (let i = 0; i < a.keys.length; i++) {
      const order = plainCompare(context.host.budget, a.keys[i] as Value, b.keys[i] as Value);
      if (order !== 0) return by[i]?.ascending === false ? -order : order;
    }
    return 0;
  });
  return keyed.map(({ value }) => value);
}
