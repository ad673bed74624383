import { objectOf } from '../../values/objects.js';
import { at, type Position } from '../../values/position.js';
import type { Lambda, ObjectValue } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import type { Index } from '../base/index-definition.js';
import { DerivedSet } from './derived.js';
import { mergeHistories } from './history.js';
import { MatchSet, shapeOf } from './match.js';
import { groups, lastOf } from './merge.js';
import { setOf } from './native.js';
import {
  type Element,
  type ElementRange,
  elementValue,
  type HistoryItem,
  ModelSet,
  type Shape,
  visible,
  visibleHistory,
} from './set.js';

/** For each element of a set another set, all of them together. */
abstract class JoinSet extends DerivedSet {
  override *elements(context: ModelContext, range: ElementRange): Generator<Element> {
    const targets: Iterable<Element>[] = [];
    for (const element of visible(context, this.source, {})) {
      const target = this.target(context, element);
      if (target) targets.push(visible(context, target, range));
    }
    for (const group of groups(targets, range.reverse ?? false)) yield lastOf(group);
  }

  /** The events of the other sets while the elements that lead to them existed. */
  override history(context: ModelContext): HistoryItem[] {
    const bySource = new Map<string, HistoryItem[]>();
    for (const item of visibleHistory(context, this.source)) {
      const key = item.order.toString('latin1');
      bySource.set(key, [...(bySource.get(key) ?? []), item]);
    }
    const histories: HistoryItem[][] = [];
    for (const changes of bySource.values()) {
      const { event, order, sources } = changes[0]!;
      const values = 'values' in event ? event.values : [];
      const element = { ref: event.ref, values: values as Element['values'], order, identity: order.length, sources };
      const target = this.target(context, element);
      if (!target) continue;
      const happened = visibleHistory(context, target);
      const merged = [
        ...changes.map((item) => ({ item, isSource: true })),
        ...happened.map((item) => ({ item, isSource: false })),
      ];
      merged.sort((a, b) => {
        if (a.item.ts !== b.item.ts) return a.item.ts < b.item.ts ? -1 : 1;
        return Number(b.isSource) - Number(a.isSource);
      });
      let isThere = false;
      const items: HistoryItem[] = [];
      for (const { item, isSource } of merged) {
        if (isSource) isThere = item.isPresent;
        else if (isThere) items.push(item);
      }
      histories.push(items);
    }
    return mergeHistories(histories);
  }

  /** The set that an element leads to; `undefined` if the query may not read it. */
  protected abstract target(context: ModelContext, element: Element): ModelSet | undefined;
}

/** `join(…, lambda)` */
export class LambdaJoinSet extends JoinSet {
  constructor(
    source: ModelSet,
    readonly lambda: Lambda,
    readonly position: Position | undefined,
  ) {
    super(source);
  }

  // The lambda's result is unknown before it is called.
  override get shape(): Shape {
    return { parts: 0, reversed: [], refReversed: false, historical: false };
  }

  override parts(): ObjectValue {
    return objectOf({ join: this.source, with: this.lambda });
  }

  override bound(values: Parameters<ModelSet['bound']>[0]): Buffer {
    return ModelSet.prototype.bound.call(this, values);
  }

  protected override target(context: ModelContext, element: Element): ModelSet | undefined {
    const place = at(this.position, 'with');
    const value = context.apply(this.lambda, elementValue(element), place);
    return (setOf(value, place) as ModelSet).readable(context);
  }

  protected override over(source: ModelSet): ModelSet {
    return new LambdaJoinSet(source, this.lambda, this.position);
  }
}

/** `join(…, index)`: the values of an element are the terms to look up. */
export class IndexJoinSet extends JoinSet {
  constructor(
    source: ModelSet,
    readonly index: Index,
  ) {
    super(source);
  }

  override get shape(): Shape {
    return shapeOf(this.index);
  }

  override parts(): ObjectValue {
    return objectOf({ join: this.source, with: this.index.ref });
  }

  override bound(values: Parameters<ModelSet['bound']>[0]): Buffer {
    return ModelSet.prototype.bound.call(this, values);
  }

  protected override target(context: ModelContext, { ref, values }: Element): ModelSet | undefined {
    return new MatchSet(this.index, values.length === 0 ? [ref] : values).readable(context);
  }

  protected override over(source: ModelSet): ModelSet {
    return new IndexJoinSet(source, this.index);
  }
}
