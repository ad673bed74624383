// Sets that consist of values or of other sets. Sets of documents are in `index-set.ts`.
import { atMicros } from '../evaluate/at.js';
import type { Context } from '../evaluate/context.js';
import { errors, type Frame, frame, spansOf } from '../evaluate/failures.js';
import { distinct } from '../evaluate/identity.js';
import { Doc, type FunctionValue, Null, SetValue, type Value } from '../evaluate/values.js';
import { type Ordering, sortedBy } from './orderings.js';
import { plainCompare } from './plain-order.js';
import { allElements, type Element, EMPTY_PAGE, MAX_PAGE, mapSet, type Page, PagedValue, type Token } from './set.js';

/** The minimum number of elements that filters read at a time, and the growth factor after a page that is not full. */
const MIN_FILTERED = 16;
const SCALE = 4;
/** A limited set of at most this many elements causes no hint. */
const HINT_LIMIT = 100;

type Position = readonly Value[] | undefined;

/** The index that a position is. @throws {RuntimeFailure} if it is another's, from a cursor that a client has changed */
function indexOf(context: Context, position: Position): number {
  if (position === undefined) return 0;
  const [index] = position;
  if (typeof index === 'number' && index >= 0) return index;
  throw errors.invalidCursor(context.trace);
}

/** The context in which a set's function is called: with the time and position of its creation, and read-only. */
function functionContext(context: Context, creation: Creation): Context {
  let trace = context.trace;
  for (const span of spansOf(creation.trace).reverse()) trace = frame(span, trace);
  return atMicros(context.limited('read', 'set functions'), creation.time).with({ trace });
}

/** When and where a function was passed to a set. */
export interface Creation {
  /** The time set by `at`, in µs. */
  readonly time: bigint | undefined;
  readonly trace: Frame | undefined;
}

const AT = 'streaming is not supported for sets created within an `at()` expression.';

/** A page of a set whose elements are all there; positions are their indexes. */
function pageOf(context: Context, set: PagedValue, values: readonly Value[], count: number, position: Position): Page {
  const from = indexOf(context, position);
  const token = (at: number): Token => ({ set, position: [at] });
  return {
    elements: values.slice(from, from + count).map((value, i) => ({ value, token: () => token(from + i) })),
    after: from + count < values.length ? token(from + count) : undefined,
  };
}

/** The elements of an array. */
export class ArraySet extends PagedValue {
  override readonly kind = 'array';
  constructor(readonly values: readonly Value[]) {
    super();
  }
  protected override readPage(context: Context, count: number, position: Position): Page {
    return pageOf(context, this, this.values, count, position);
  }
  protected override reversedSet(): PagedValue {
    return new ArraySet([...this.values].reverse());
  }
  override streamRefusal(): string {
    return 'streaming is not supported on array sets.';
  }
}

/** The integers from one to before another. */
export class SequenceSet extends PagedValue {
  override readonly kind = 'sequence';
  constructor(
    readonly from: number,
    readonly until: number,
    readonly reversed = false,
  ) {
    super();
  }
  protected override readPage(context: Context, count: number, position: Position): Page {
    const start = indexOf(context, position);
    const size = Math.max(0, this.until - this.from);
    const length = Math.max(0, Math.min(count, size - start));
    const token = (at: number): Token => ({ set: this, position: [at] });
    const elements = Array.from({ length }, (_, i): Element => {
      const at = start + i;
      return { value: this.reversed ? this.until - 1 - at : this.from + at, token: () => token(at) };
    });
    return { elements, after: start + count < size ? token(start + length) : undefined };
  }
  protected override reversedSet(): PagedValue {
    return new SequenceSet(this.from, this.until, !this.reversed);
  }
  override streamRefusal(): string {
    return 'streaming is not supported on sets created from `Set.sequence()`.';
  }
}

/** One element. */
export class SingletonSet extends PagedValue {
  override readonly kind = 'singleton';
  constructor(readonly value: Value) {
    super();
  }
  protected override readPage(_context: Context, _count: number, position: Position): Page {
    if (position !== undefined) return EMPTY_PAGE;
    return { elements: [{ value: this.value, token: () => ({ set: this, position: [] }) }], after: undefined };
  }
  protected override reversedSet(): PagedValue {
    return new ReverseSet(this);
  }
  override streamRefusal(): string | undefined {
    if (!(this.value instanceof Doc))
      return 'streaming on `Set.single()` is only supported if its element is a document.';
    return this.value.readTime === undefined ? undefined : AT;
  }
}

abstract class DerivedSet extends PagedValue {
  constructor(readonly inner: PagedValue) {
    super();
  }
  override get pageSize(): number {
    return this.inner.pageSize;
  }
  override get isUnbounded(): boolean {
    return this.inner.isUnbounded;
  }
}

/** A reversed set, for kinds that cannot be read backwards themselves. */
export class ReverseSet extends DerivedSet {
  override readonly kind = 'reverse';
  protected override readPage(context: Context, count: number, position: Position): Page {
    const values = allElements(context, this.inner).map(({ value }) => value);
    return pageOf(context, this, values.reverse(), count, position);
  }
  protected override reversedSet(): PagedValue {
    return this.inner;
  }
  override streamRefusal(): string {
    return 'streaming is not supported on sets that have been reversed.';
  }
}

/** A set without duplicates, sorted. */
export class DistinctSet extends DerivedSet {
  override readonly kind = 'distinct';
  protected override readPage(context: Context, count: number, position: Position): Page {
    const values = allElements(context, this.inner).map(({ value }) => value);
    values.sort((a, b) => plainCompare(context.host.budget, a, b));
    return new ArraySet(distinct(context.host.budget, values)).page(context, count, position);
  }
  protected override reversedSet(context: Context): PagedValue {
    return new DistinctSet(this.inner.reverse(context));
  }
  override streamRefusal(): string {
    return 'streaming is not supported on distinct sets.';
  }
}

/** A set without its first elements. */
export class DropSet extends DerivedSet {
  override readonly kind = 'drop';
  constructor(
    inner: PagedValue,
    readonly amount: number,
  ) {
    super(inner);
  }
  protected override readPage(context: Context, count: number, position: Position): Page {
    const kept: Element[] = [];
    let left = this.amount;
    let token: Token = { set: this.inner, position };
    for (;;) {
      const size = Math.max(1, Math.min(left + count, MAX_PAGE));
      const { elements, after } = token.set.page(context, size, token.position);
      for (const element of elements.slice(Math.max(0, left))) kept.push(element);
      if (!after || left + count <= MAX_PAGE) return { elements: kept, after };
      left -= elements.length;
      token = after;
    }
  }
  protected override reversedSet(): PagedValue {
    return new ReverseSet(this);
  }
  override streamRefusal(): string {
    return 'streaming is not supported on sets returned from `.drop()`.';
  }
}

/** The first elements of a set. */
export class TakeSet extends DerivedSet {
  override readonly kind = 'take';
  constructor(
    inner: PagedValue,
    readonly limit: number,
  ) {
    super(inner);
  }
  override get isUnbounded(): boolean {
    return this.limit >= HINT_LIMIT && this.inner.isUnbounded;
  }
  protected override readPage(context: Context, count: number, position: Position): Page {
    const needed = Math.min(count, this.limit);
    if (needed <= 0) return EMPTY_PAGE;
    const page = this.inner.page(context, needed, position);
    const elements = page.elements.slice(0, this.limit).map(({ value, token }, i): Element => {
      const rest = this.limit - 1 - i;
      return {
        value,
        token: () => {
          const { set, position: at } = token();
          return { set: new TakeSet(set, rest), position: at };
        },
      };
    });
    const next = Math.max(0, this.limit - page.elements.length);
    if (next === 0) return { elements: elements.slice(0, needed), after: undefined };
    return { elements, after: page.after && { set: new TakeSet(page.after.set, next), position: page.after.position } };
  }
  protected override reversedSet(): PagedValue {
    return new ReverseSet(this);
  }
  override streamRefusal(): string {
    return 'streaming is not supported on sets returned from `.take()`.';
  }
}

/** Concatenated sets. */
export class ConcatSet extends PagedValue {
  override readonly kind = 'concat';
  readonly #isUnbounded: boolean;
  constructor(
    readonly first: PagedValue,
    readonly last: PagedValue,
  ) {
    super();
    this.#isUnbounded = first.isUnbounded || last.isUnbounded;
  }
  override get isUnbounded(): boolean {
    return this.#isUnbounded;
  }
  protected override readPage(context: Context, count: number, position: Position): Page {
    const page = this.first.page(context, count, position);
    const whole = mapSet(page, (set) => new ConcatSet(set, this.last));
    if (page.after) return whole;
    const left = count - page.elements.length;
    if (left <= 0) return { elements: whole.elements, after: { set: this.last, position: undefined } };
    const rest = this.last.page(context, left, undefined);
    return { elements: [...whole.elements, ...rest.elements], after: rest.after };
  }
  protected override reversedSet(context: Context): PagedValue {
    return new ConcatSet(this.last.reverse(context), this.first.reverse(context));
  }
  override streamRefusal(): string {
    return 'streaming is not supported on concatenated sets.';
  }
}

/** The elements that satisfy a predicate. */
export class WhereSet extends DerivedSet {
  override readonly kind = 'where';
  constructor(
    inner: PagedValue,
    readonly predicate: FunctionValue,
    readonly creation: Creation,
  ) {
    super(inner);
  }
  protected override readPage(context: Context, count: number, position: Position): Page {
    const inside = functionContext(context, this.creation);
    const kept: Element[] = [];
    let token: Token = { set: this.inner, position };
    for (let size = Math.max(count, MIN_FILTERED); ; size = Math.min(size * SCALE, MAX_PAGE)) {
      const page = token.set.page(context, size, token.position);
      for (const element of page.elements) if (this.holds(inside, element.value)) kept.push(element);
      if (kept.length < count && page.after) {
        token = page.after;
        continue;
      }
      const after = kept.length > count ? (kept[count] as Element).token() : page.after;
      return mapSet(
        { elements: kept.slice(0, count), after },
        (set) => new WhereSet(set, this.predicate, this.creation),
      );
    }
  }
  holds(inside: Context, value: Value): boolean {
    const result = inside.call(this.predicate, [value]);
    if (typeof result === 'boolean') return result;
    if (result instanceof Null) return false;
    throw errors.invalidType('Boolean', result, this.creation.trace ?? inside.trace);
  }
  protected override reversedSet(context: Context): PagedValue {
    return new WhereSet(this.inner.reverse(context), this.predicate, this.creation);
  }
  override streamRefusal(): string | undefined {
    return this.creation.time === undefined ? this.inner.streamRefusal() : AT;
  }
}

/** The results of a function for each element. */
export class MapSet extends DerivedSet {
  override readonly kind = 'map';
  constructor(
    inner: PagedValue,
    readonly mapper: FunctionValue,
    readonly creation: Creation,
  ) {
    super(inner);
  }
  protected override readPage(context: Context, count: number, position: Position): Page {
    const inside = functionContext(context, this.creation);
    const page = this.inner.page(context, count, position);
    const elements = page.elements.map(({ value, token }) => ({ value: inside.call(this.mapper, [value]), token }));
    return mapSet({ elements, after: page.after }, (set) => new MapSet(set, this.mapper, this.creation));
  }
  protected override reversedSet(context: Context): PagedValue {
    return new MapSet(this.inner.reverse(context), this.mapper, this.creation);
  }
  override streamRefusal(): string | undefined {
    return this.creation.time === undefined ? this.inner.streamRefusal() : AT;
  }
}

/** The elements of the sets that a function returns for each element. */
export class FlatMapSet extends DerivedSet {
  override readonly kind = 'flatMap';
  constructor(
    inner: PagedValue,
    /** The position of the next element of the inner set. */
    readonly next: Position,
    readonly mapper: FunctionValue,
    readonly creation: Creation,
    readonly reversed = false,
  ) {
    super(inner);
  }
  protected override readPage(context: Context, count: number, _position: Position): Page {
    // Not recursive: there may be many empty sets in a row.
    const collected: Element[] = [];
    let token: Token = { set: this.inner, position: this.next };
    const inside = functionContext(context, this.creation);
    for (;;) {
      context.spend();
      const { elements, after } = token.set.page(context, 1, token.position);
      const [element] = elements;
      if (element === undefined) return { elements: collected, after: undefined };
      const value = inside.call(this.mapper, [element.value]);
      if (!(value instanceof SetValue))
        throw errors.invalidType('Set<Any>', value, this.creation.trace ?? context.trace);
      const leaf = this.reversed ? (value as PagedValue).reverse(context) : (value as PagedValue);
      const rest = after && new FlatMapSet(after.set, after.position, this.mapper, this.creation, this.reversed);
      const page = leaf.page(context, count - collected.length, undefined);
      const whole = rest ? mapSet(page, (set) => new ConcatSet(set, rest)) : page;
      for (const each of whole.elements) collected.push(each);
      if (page.after) return { elements: collected, after: whole.after };
      if (!rest) return { elements: collected, after: undefined };
      if (collected.length >= count) return { elements: collected, after: { set: rest, position: undefined } };
      token = after as Token;
    }
  }
  protected override reversedSet(context: Context): PagedValue {
    return new FlatMapSet(this.inner.reverse(context), this.next, this.mapper, this.creation, true);
  }
  override streamRefusal(): string {
    return 'streaming is not supported on `.flatMap()` sets.';
  }
}

/** A set sorted. */
export class OrderedSet extends DerivedSet {
  override readonly kind = 'order';
  constructor(
    inner: PagedValue,
    readonly by: readonly Ordering[],
    readonly creation: Creation,
  ) {
    super(inner);
  }
  protected override readPage(context: Context, count: number, position: Position): Page {
    const values = allElements(context, this.inner).map(({ value }) => value);
    const inside = functionContext(context, { time: undefined, trace: this.creation.trace });
    return new ArraySet(sortedBy(inside, this.by, values)).page(context, count, position);
  }
  protected override reversedSet(): PagedValue {
    return new OrderedSet(
      this.inner,
      this.by.map(({ accessor, ascending }) => ({ accessor, ascending: !ascending })),
      this.creation,
    );
  }
  override streamRefusal(): string {
    return 'streaming is not supported on sets returned from `.order()`.';
  }
}

/** A set with its own page size. */
export class SizedSet extends DerivedSet {
  override readonly kind = 'pageSize';
  constructor(
    inner: PagedValue,
    readonly size: number,
  ) {
    super(inner);
  }
  override get pageSize(): number {
    return this.size;
  }
  protected override readPage(context: Context, count: number, position: Position): Page {
    return this.inner.page(context, count, position);
  }
  protected override reversedSet(context: Context): PagedValue {
    return new SizedSet(this.inner.reverse(context), this.size);
  }
  override streamRefusal(): string | undefined {
    return this.inner.streamRefusal();
  }
}
