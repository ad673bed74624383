import type { Budget } from './budget.js';
import { sameValue } from './equality.js';
import { Action, DateValue, ObjectValue, Ref, Time, type Value } from './values.js';

interface Counted {
  readonly value: Value;
  count: number;
}

/** Strings that an action may equal. */
const ACTION_WORDS: ReadonlySet<Value> = new Set(['create', 'update', 'delete', 'add', 'remove']);

/** Counts how often each value occurs, whatever its kind. Equal values count together. */
export class ValueCounts {
  readonly #buckets = new Map<string, Counted[]>();

  constructor(
    readonly budget: Budget,
    values: Iterable<Value> = [],
  ) {
    for (const value of values) this.add(value);
  }

  /** @returns how often the value occurs now. */
  add(value: Value): number {
    const found = this.#find(value);
    if (found) return ++found.count;
    const key = bucketOf(value);
    const bucket = this.#buckets.get(key);
    if (bucket) bucket.push({ value, count: 1 });
    else this.#buckets.set(key, [{ value, count: 1 }]);
    return 1;
  }

  countOf(value: Value): number {
    return this.#find(value)?.count ?? 0;
  }

  /** Removes one occurrence of a value. @returns whether there was one. */
  take(value: Value): boolean {
    const found = this.#find(value);
    if (!found || found.count === 0) return false;
    found.count--;
    return true;
  }

  #find(value: Value): Counted | undefined {
    this.budget.visit();
    return this.#buckets.get(bucketOf(value))?.find((counted) => sameValue(counted.value, value, this.budget));
  }
}

/** A hash key: equal values share it, and few others do. */
function bucketOf(value: Value, depth = 0): string {
  if (value === null || typeof value !== 'object') {
    if (ACTION_WORDS.has(value)) return 'action';
    // Inside other values, -0 is 0.
    return `${typeof value} ${value === 0 ? 0 : String(value)}`;
  }
  if (value instanceof Action) return 'action';
  if (value instanceof Ref) return `ref ${value.id} ${value.collection} ${value.scope}`;
  if (value instanceof Time) return `time ${value.nanos}`;
  if (value instanceof DateValue) return `date ${value.day}`;
  if (depth === 3) return '';
  if (Array.isArray(value)) return `array ${value.length} ${value.slice(0, 4).map((e) => bucketOf(e, depth + 1))}`;
  if (value instanceof ObjectValue) {
    const fields = [...value.fields].slice(0, 8).map(([name, field]) => `${name} ${bucketOf(field, depth + 1)}`);
    return `object ${value.fields.size} ${value.fields.size > 8 ? '' : fields.sort()}`;
  }
  return value.constructor.name;
}
