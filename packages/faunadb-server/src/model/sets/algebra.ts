import { objectOf } from '../../values/objects.js';
import { type ObjectValue, SetEvent } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import { compareMerged, mergeHistories } from './history.js';
import { chosen, groups } from './merge.js';
import {
  type Element,
  type ElementRange,
  type HistoryItem,
  ModelSet,
  type Shape,
  visible,
  visibleHistory,
} from './set.js';

/** A set combined from others of the same shape. */
abstract class CombinedSet extends ModelSet {
  override readonly composite = true;
  protected abstract readonly operation: string;

  constructor(readonly sets: readonly ModelSet[]) {
    super();
  }

  override get shape(): Shape {
    return this.sets[0]!.shape;
  }

  override get filtered(): boolean {
    return this.sets.some((set) => set.filtered);
  }

  override parts(): ObjectValue {
    return objectOf({ [this.operation]: this.sets.length === 1 ? this.sets[0] : this.sets });
  }

  override bound(values: Parameters<ModelSet['bound']>[0]): Buffer {
    return this.sets[0]!.bound(values);
  }

  override *elements(context: ModelContext, range: ElementRange): Generator<Element> {
    const read = this.sets.map((set) => visible(context, set, range));
    for (const group of groups(read, range.reverse ?? false)) {
      if (this.holds(new Set(group.map(({ from }) => from)))) yield* chosen(group, this.operation === 'union');
    }
  }

  override history(context: ModelContext): HistoryItem[] {
    if (this.sets.length === 1) return visibleHistory(context, this.sets[0]!);
    const byOrder = new Map<string, (HistoryItem & { readonly from: number })[]>();
    for (const [from, set] of this.sets.entries()) {
      for (const item of visibleHistory(context, set)) {
        const key = item.order.toString('latin1');
        const items = byOrder.get(key);
        if (items) items.push({ ...item, from });
        else byOrder.set(key, [{ ...item, from }]);
      }
    }
    return mergeHistories([...byOrder.values()].map((items) => this.#changes(items.sort(compareMerged))));
  }

  /** Whether this set has an element that exactly the sets with these numbers have. */
  protected abstract holds(members: ReadonlySet<number>): boolean;

  #changes(items: readonly (HistoryItem & { readonly from: number })[]): HistoryItem[] {
    const members = new Set<number>();
    let wasThere = false;
    const changes: HistoryItem[] = [];
    for (const { from, ...item } of items) {
      if (item.isPresent) members.add(from);
      else members.delete(from);
      const isThere = this.holds(members);
      if (isThere === wasThere) continue;
      wasThere = isThere;
      const { ts, ref } = item.event;
      const values = item.event instanceof SetEvent ? item.event.values : [];
      changes.push({ ...item, isPresent: isThere, event: new SetEvent(ts, isThere ? 'add' : 'remove', ref, values) });
    }
    return changes;
  }
}

/** The sets among these that the query may read. */
function readables(context: ModelContext, sets: readonly ModelSet[]): ModelSet[] {
  return sets.map((set) => set.readable(context)).filter((set) => set !== undefined);
}

export class UnionSet extends CombinedSet {
  protected override readonly operation = 'union';

  override readable(context: ModelContext): ModelSet | undefined {
    const sets = readables(context, this.sets);
    return sets.length === 0 ? undefined : new UnionSet(sets);
  }

  /** Each event of one of its sets is its own event. */
  override history(context: ModelContext): HistoryItem[] {
    return mergeHistories(this.sets.map((set) => visibleHistory(context, set)));
  }

  protected override holds(): boolean {
    return true;
  }
}

export class IntersectionSet extends CombinedSet {
  protected override readonly operation = 'intersection';

  override readable(context: ModelContext): ModelSet | undefined {
    const sets = readables(context, this.sets);
    return sets.length === 0 ? undefined : new IntersectionSet(sets);
  }

  protected override holds(members: ReadonlySet<number>): boolean {
    return members.size === this.sets.length;
  }
}

export class DifferenceSet extends CombinedSet {
  protected override readonly operation = 'difference';

  override readable(context: ModelContext): ModelSet | undefined {
    const first = this.sets[0]!.readable(context);
    return first && new DifferenceSet([first, ...readables(context, this.sets.slice(1))]);
  }

  protected override holds(members: ReadonlySet<number>): boolean {
    return members.size === 1 && members.has(0);
  }
}
