import { difference, objectOf } from '../../values/objects.js';
import { DocumentEvent, type ObjectValue, type Ref, SetEvent } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import { shownData, shownTime } from '../documents/shown.js';
import { orderOfRef } from './history.js';
import { type Element, type ElementRange, type HistoryItem, isWithin, ModelSet, REFS_ALONE } from './set.js';

/** A document as a set of one: what `paginate` and `events` make of its ref. Its history is that of its versions. */
export class DocumentSet extends ModelSet {
  override readonly shape = REFS_ALONE;
  // Reading a document's history has a permission of its own.
  override readonly filtered = false;
  override readonly composite = false;
  protected readonly self: readonly ModelSet[] = [this];

  constructor(readonly ref: Ref) {
    super();
  }

  override parts(): ObjectValue | Ref {
    return this.ref;
  }

  override readable(context: ModelContext): ModelSet | undefined {
    return context.auth.permissions.mayReadHistory(context, this.ref) ? this : undefined;
  }

  override *elements(context: ModelContext, range: ElementRange): Generator<Element> {
    const order = orderOfRef(this.ref);
    if (!isWithin(order, range) || !context.model.documents.read(this.ref, context.validTime)) return;
    yield { ref: this.ref, values: [], order, identity: order.length, sources: this.self };
  }

  override history(context: ModelContext): HistoryItem[] {
    const order = orderOfRef(this.ref);
    let before: ObjectValue | undefined;
    return context.model.documents.versions(this.ref).map((version) => {
      const ts = shownTime(context, version.ts);
      const data = version.deleted ? undefined : shownData(context, this.ref, version.data);
      const action = !data ? 'delete' : before ? 'update' : 'create';
      const event = new DocumentEvent(ts, action, this.ref, data && before ? difference(before, data) : data);
      before = data;
      return { event, ts: version.ts, order, isPresent: !version.deleted, sources: this.self };
    });
  }
}

/** `singleton(…)`: a document as a set of one, whose history says when it existed. */
export class SingletonSet extends DocumentSet {
  override parts(): ObjectValue {
    return objectOf({ singleton: this.ref });
  }

  override history(context: ModelContext): HistoryItem[] {
    return super
      .history(context)
      .filter(({ event }) => event.action !== 'update')
      .map((item) => ({
        ...item,
        event: new SetEvent(item.event.ts, item.isPresent ? 'add' : 'remove', this.ref, []),
      }));
  }
}
