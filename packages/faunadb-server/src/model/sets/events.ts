import { objectOf } from '../../values/objects.js';
import type { ObjectValue } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import { DerivedSet } from './derived.js';
import type { Element, ElementRange, HistoryItem, ModelSet, Shape } from './set.js';

/** `events(…)`: the history of a set or a document. */
export class EventsSet extends DerivedSet {
  override get shape(): Shape {
    return { ...this.source.shape, historical: true };
  }

  override parts(): ObjectValue {
    return objectOf({ events: this.source });
  }

  override elements(context: ModelContext, range: ElementRange): Iterable<Element> {
    return this.source.elements(context, range);
  }

  override history(context: ModelContext): HistoryItem[] {
    const items = this.source.history(context);
    return this.source.composite ? items : items.map((item) => ({ ...item, sources: [this] }));
  }

  protected override over(source: ModelSet): ModelSet {
    return new EventsSet(source);
  }
}
