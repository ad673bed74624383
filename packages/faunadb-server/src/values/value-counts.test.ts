import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QueryBudget } from '../engine/query-budget.js';
import { sameValue } from './equality.js';
import { ValueCounts } from './value-counts.js';
import { Action, ObjectValue, Ref, Time, type Value } from './values.js';

const budget = () => new QueryBudget({ timeout: 10_000, maxSteps: 1_000_000 });

/** Values made of these, and arrays and objects of them. */
const valuesWith = (...more: Value[]) =>
  fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<Value>(null, true, 0n, 1n, 0, -0, 1, 1.5, Number.NaN, '', 'a', new Time(1n), ...more),
      fc.constantFrom<Value>(new Ref(0, 1024, 1n), new Ref(0, 1024, 2n)),
      fc.array(tie('value'), { maxLength: 2 }),
      fc
        .array(fc.tuple(fc.constantFrom('a', 'b'), tie('value')), { maxLength: 2 })
        .map((fields) => new ObjectValue(new Map(fields))),
    ),
  })).value;

const plain = valuesWith();
// An action equals several strings that differ from each other.
const withActions = valuesWith('create', 'add', new Action('add'), new Action('create'));

describe('ValueCounts', () => {
  it('counts together equal values, and no others', () => {
    fc.assert(
      fc.property(fc.array(plain, { maxLength: 8 }), plain, (values, value) => {
        const counts = new ValueCounts(budget(), values);
        expect(counts.countOf(value)).toBe(values.filter((other) => sameValue(other, value)).length);
      }),
    );
  });

  it('finds every equal value', () => {
    fc.assert(
      fc.property(withActions, withActions, (a, b) => {
        const isThere = new ValueCounts(budget(), [a]).take(b);
        expect(isThere).toBe(sameValue(a, b));
      }),
    );
  });

  it('removes each value as often as it occurred', () => {
    const counts = new ValueCounts(budget(), [1n, 1n]);
    expect([counts.take(1n), counts.take(1), counts.take(1n), counts.take(1n)]).toEqual([true, false, true, false]);
  });
});
