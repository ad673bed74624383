import type { StoredValue } from '../../storage/data.js';
import { after } from '../../storage/keys.js';
import { objectOf, sameStored } from '../../values/objects.js';
import { type ObjectValue, Ref, type Value } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import {
  type Element,
  type ElementRange,
  type HistoryItem,
  ModelSet,
  NoHistory,
  narrowed,
  type Shape,
  visible,
} from './set.js';

/** A set derived from one other. */
export abstract class DerivedSet extends ModelSet {
  override readonly composite = true;

  constructor(readonly source: ModelSet) {
    super();
  }

  override get shape(): Shape {
    return this.source.shape;
  }

  override get filtered(): boolean {
    return this.source.filtered;
  }

  override readable(context: ModelContext): ModelSet | undefined {
    const source = this.source.readable(context);
    return source && this.over(source);
  }

  override bound(values: readonly StoredValue[]): Buffer {
    return this.source.bound(values);
  }

  override history(_context: ModelContext): HistoryItem[] {
    throw new NoHistory();
  }

  /** The same operation on another set. */
  protected abstract over(source: ModelSet): ModelSet;
}

/** `distinct(…)`: the first of the elements with the same values. */
export class DistinctSet extends DerivedSet {
  override parts(): ObjectValue {
    return objectOf({ distinct: this.source });
  }

  override *elements(context: ModelContext, range: ElementRange): Generator<Element> {
    let last: Element | undefined;
    for (const element of visible(context, this.source, range)) {
      if (last && sameStored(covered(last), covered(element))) continue;
      last = element;
      yield element;
    }
  }

  override history(context: ModelContext): HistoryItem[] {
    return this.source.history(context);
  }

  protected override over(source: ModelSet): ModelSet {
    return new DistinctSet(source);
  }
}

const covered = ({ ref, values }: Element): readonly StoredValue[] => (values.length === 0 ? [ref] : values);

/** `range(…)`: the elements between two bounds, and those that begin with them. */
export class RangeSet extends DerivedSet {
  readonly #start: Buffer;
  readonly #end: Buffer | undefined;

  constructor(
    source: ModelSet,
    readonly from: readonly StoredValue[],
    readonly to: readonly StoredValue[],
  ) {
    super(source);
    this.#start = source.bound(from);
    const end = after(source.bound(to));
    this.#end = end.length === 0 ? undefined : end;
  }

  override parts(): ObjectValue {
    return objectOf({ range: this.source, from: this.#shown(this.from), to: this.#shown(this.to) });
  }

  /** A bound as rendered: its values; its ref if it has no values; null if it has neither. */
  #shown(terms: readonly StoredValue[]): Value {
    const { parts, historical } = this.shape;
    const values = parts === 0 || historical ? terms.slice(0, -1) : terms.slice(0, parts - 1);
    if (values.length > 0) return values.length === 1 ? values[0]! : values;
    // Without values, the first term is the ref, and the rest is ignored.
    const ref = parts === 1 && !historical ? terms[0] : terms.at(-1);
    return ref instanceof Ref ? ref : null;
  }

  override elements(context: ModelContext, range: ElementRange): Iterable<Element> {
    if (this.#end && Buffer.compare(this.#start, this.#end) >= 0) return [];
    return this.source.elements(context, narrowed(range, this.#start, this.#end));
  }

  protected override over(source: ModelSet): ModelSet {
    return new RangeSet(source, this.from, this.to);
  }
}

/** `reverse(…)`: the same elements in reverse. */
export class ReverseSet extends DerivedSet {
  override parts(): ObjectValue {
    return objectOf({ reverse: this.source });
  }

  override get shape(): Shape {
    const { parts, reversed, refReversed, historical } = this.source.shape;
    // If there are only refs, they count as values, since an index can never reverse them.
    if (parts === 1) return { parts: 2, reversed: [true, false], refReversed: !refReversed, historical };
    return {
      parts,
      reversed: [...reversed.slice(0, -1).map((r) => !r), false],
      refReversed: !refReversed,
      historical,
    };
  }

  override bound(values: readonly StoredValue[]): Buffer {
    return inverted(this.source.bound(values));
  }

  override *elements(context: ModelContext, { start, end, reverse = false }: ElementRange): Generator<Element> {
    // Everything that begins with a bound lies on the same side of it, in both directions.
    const from = end && after(inverted(end));
    const to = start && start.length > 0 ? after(inverted(start)) : undefined;
    const range: ElementRange = {
      reverse: !reverse,
      ...(from && from.length > 0 ? { start: from } : {}),
      ...(to && to.length > 0 ? { end: to } : {}),
    };
    if (end && from?.length === 0) return;
    const sources = [this];
    for (const element of this.source.elements(context, range)) {
      yield {
        ...element,
        sources,
        order: inverted(element.order),
        values: element.values.length === 0 ? [element.ref] : element.values,
      };
    }
  }

  protected override over(source: ModelSet): ModelSet {
    return new ReverseSet(source);
  }
}

function inverted(bytes: Buffer): Buffer {
  return Buffer.from(bytes).map((byte) => byte ^ 0xff) as Buffer;
}
