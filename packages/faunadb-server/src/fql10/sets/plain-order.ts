// The order of sorting: total, with the usual order of lists.
import type { Budget } from '../../values/budget.js';
import { compareScalars, compareTexts, rank, sign, sortedFields } from '../evaluate/order.js';
import { Doc, isArray, Module, Struct, type Value } from '../evaluate/values.js';

/** The order of two values. */
export function plainCompare(budget: Budget, a: Value, b: Value): number {
  budget.visit();
  const scalars = compareScalars(a, b);
  if (scalars !== undefined) return scalars;
  if (a instanceof Doc && b instanceof Doc) {
    const order = a.ref.collection - b.ref.collection;
    if (order !== 0) return order;
    return a.name !== undefined && b.name !== undefined ? compareTexts(a.name, b.name) : sign(a.ref.id, b.ref.id);
  }
  if (isArray(a) && isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const order = plainCompare(budget, a[i] as Value, b[i] as Value);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  if (a instanceof Struct && b instanceof Struct) {
    const [left, right] = [sortedFields(budget, a), sortedFields(budget, b)];
    for (let i = 0; i < Math.min(left.length, right.length); i++) {
      const [[nameA, valueA], [nameB, valueB]] = [left[i] as [string, Value], right[i] as [string, Value]];
      const order = compareTexts(nameA, nameB) || plainCompare(budget, valueA, valueB);
      if (order !== 0) return order;
    }
    return left.length - right.length;
  }
  if (a instanceof Module && b instanceof Module) return compareTexts(a.name, b.name);
  return rank(a) - rank(b);
}
