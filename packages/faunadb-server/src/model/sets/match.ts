import type { StoredValue } from '../../storage/data.js';
import { indexInactive } from '../../values/errors.js';
import { NATIVE } from '../../values/ids.js';
import { ObjectValue, SetEvent, type Value } from '../../values/values.js';
import { type ModelContext, PREDICATES } from '../base/context.js';
import type { Index } from '../base/index-definition.js';
import { refuseBefore } from '../documents/earliest-time.js';
import { shownTime } from '../documents/shown.js';
import { REF_BYTES } from '../indexes/entry-store.js';
import { compareKept } from './history.js';
import { type Element, type ElementRange, type HistoryItem, ModelSet, type Shape } from './set.js';

/** `match(…)`: the entries of an index under some terms. */
export class MatchSet extends ModelSet {
  override readonly composite = false;
  readonly #self = [this];

  constructor(
    readonly index: Index,
    readonly terms: readonly StoredValue[],
    override readonly filtered = true,
  ) {
    super();
  }

  override get shape(): Shape {
    return shapeOf(this.index);
  }

  override parts(): ObjectValue {
    const fields = new Map<string, Value>([['match', this.index.ref]]);
    if (this.terms.length > 0) fields.set('terms', this.terms.length === 1 ? this.terms[0]! : this.terms);
    return new ObjectValue(fields);
  }

  override readable(context: ModelContext): ModelSet | undefined {
    const { permissions } = context.auth;
    const { ref } = this.index;
    if (permissions.mayReadUnrestricted(context, ref, this.terms)) return new MatchSet(this.index, this.terms, false);
    return permissions.mayReadIndex(context, ref, this.terms) ? this : undefined;
  }

  override *elements(context: ModelContext, range: ElementRange): Generator<Element> {
    if (context.validTime !== undefined) this.#refuseBeforeHistory(context, context.validTime);
    refuseToDecideBy(context, this.index);
    const schema = context.model.schema(this.index.scope);
    for (const { ref, values, order } of context.model.entries.read(this.index, this.terms, context.validTime, range)) {
      // A deleted collection's documents disappear at once, though their entries are removed one by one.
      if (!schema.hasCollection(ref.collection)) continue;
      const identity = values.length === 0 ? order.length : order.length - REF_BYTES;
      yield { ref, values, order, identity, sources: this.#self };
    }
  }

  override history(context: ModelContext): HistoryItem[] {
    refuseToDecideBy(context, this.index);
    const schema = context.model.schema(this.index.scope);
    const items: HistoryItem[] = [];
    for (const { ref, values, order, added, removed } of context.model.entries.history(this.index, this.terms)) {
      if (!schema.hasCollection(ref.collection)) continue;
      const floor = context.model.documents.minValidTime(ref);
      const push = (ts: bigint, action: 'add' | 'remove') => {
        if (ts <= floor) return;
        const event = new SetEvent(shownTime(context, ts), action, ref, values);
        items.push({ event, ts, order, isPresent: action === 'add', sources: this.#self });
      };
      push(added, 'add');
      if (removed !== undefined) push(removed, 'remove');
    }
    return items.sort(compareKept);
  }

  /** An index can only be read as far back as the histories of all its collections reach. */
  #refuseBeforeHistory({ model }: ModelContext, time: bigint): void {
    refuseBefore(time);
    const { scope, collections } = this.index;
    for (const collection of collections ?? model.documents.ids(scope, NATIVE.collections)) {
      refuseBefore(time, model.documents.minValidTime({ scope, collection: Number(collection) }));
    }
  }
}

/**
 * Makes predicates fail, which then grant nothing, instead of deciding by an index that lacks documents.
 *
 * @throws {Failure} within a predicate, if the index lacks documents
 */
export function refuseToDecideBy({ effectLimit }: ModelContext, { isPartial, name }: Index): void {
  if (isPartial && effectLimit.reason === PREDICATES) throw indexInactive(name, undefined);
}

/** The shape of an index's sets. */
export function shapeOf({ reversed }: Index): Shape {
  return {
    parts: reversed.length + 1,
    reversed: [...reversed, false],
    refReversed: false,
    historical: false,
  };
}
