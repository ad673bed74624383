import { NATIVE } from '../../values/ids.js';
import { objectOf } from '../../values/objects.js';
import { type ObjectValue, Ref, SetEvent } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import type { StoredVersion } from '../base/stored-version.js';
import { refuseBefore } from '../documents/earliest-time.js';
import { shownTime } from '../documents/shown.js';
import { compareKept, orderOfRef } from './history.js';
import { type Element, type ElementRange, type HistoryItem, isWithin, ModelSet, REFS_ALONE } from './set.js';

const FIRST_BYTE_OF_REFS = orderOfRef(new Ref(0, 0, 0n))[0]!;

/**
 * The documents of a collection: `documents(…)`, or a native collection's ref, as from `Collections()` or `Tokens()`.
 */
export class DocumentsSet extends ModelSet {
  override readonly shape = REFS_ALONE;
  override readonly composite = false;
  readonly #sources: readonly DocumentsSet[];

  /**
   * @param written how the set is written: by `documents`, as the ref of a native collection, or not at all: as the
   * source of a document, it is an index without a name
   */
  constructor(
    readonly collection: Ref,
    readonly written: 'documents' | 'native' | 'nowhere' = 'documents',
    override readonly filtered = true,
  ) {
    super();
    this.#sources = [written === 'nowhere' ? this : new DocumentsSet(collection, 'nowhere')];
  }

  override get hidden(): boolean {
    return this.written === 'nowhere';
  }

  override parts(): ObjectValue | Ref {
    return this.written === 'native' ? this.collection : objectOf({ documents: this.collection });
  }

  override readable(context: ModelContext): ModelSet | undefined {
    const { permissions } = context.auth;
    if (this.written === 'native') return permissions.mayRead(context, this.collection) ? this : undefined;
    return permissions.mayReadUnrestricted(context, this.collection, [])
      ? new DocumentsSet(this.collection, this.written, false)
      : this;
  }

  override *elements(context: ModelContext, range: ElementRange): Generator<Element> {
    const { scope, id } = this.collection;
    const { documents, keys } = context.model;
    const { usage, time: now } = keys;
    const time = context.validTime;
    if (time !== undefined) refuseBefore(time, documents.minValidTime({ scope, collection: Number(id) }));
    const ids = idsWithin(range);
    if (!ids || (Number(id) >= 0 && !context.model.schema(scope).hasCollection(Number(id)))) return;
    for (const [ref, latest] of documents.scan(scope, Number(id), { ...ids, reverse: range.reverse ?? false })) {
      usage.read(latest.size);
      const isThere =
        time !== undefined && latest.ts > time ? documents.read(ref, time) !== undefined : latest.isLive(time ?? now);
      if (!isThere || isHiddenIndex(context, ref)) continue;
      const order = orderOfRef(ref);
      if (isWithin(order, range)) yield { ref, values: [], order, identity: order.length, sources: this.#sources };
    }
  }

  override history(context: ModelContext): HistoryItem[] {
    const { scope, id } = this.collection;
    const { documents } = context.model;
    const items: HistoryItem[] = [];
    for (const [ref] of documents.scan(scope, Number(id))) {
      if (isHiddenIndex(context, ref)) continue;
      items.push(...presenceEvents(context, ref, documents.stored(ref), this.#sources));
    }
    return items.sort(compareKept);
  }
}

/** Collections of FQL v10 store their indexes where nobody sees them. */
const isHiddenIndex = ({ model }: ModelContext, { scope, collection, id }: Ref): boolean =>
  collection === NATIVE.indexes && model.schema(scope).index(id)?.isHidden === true;

/** When a document came and went, as events of a set that contains it. Dropped history is left out. */
function presenceEvents(
  context: ModelContext,
  ref: Ref,
  versions: readonly StoredVersion[],
  sources: readonly ModelSet[],
): HistoryItem[] {
  const floor = context.model.documents.minValidTime(ref);
  const items: HistoryItem[] = [];
  let wasThere = false;
  for (const { ts, deleted } of versions) {
    if (deleted === !wasThere) continue;
    wasThere = !deleted;
    if (ts <= floor) continue;
    const event = new SetEvent(shownTime(context, ts), deleted ? 'remove' : 'add', ref, []);
    items.push({ event, ts, order: orderOfRef(ref), isPresent: !deleted, sources });
  }
  return items;
}

/** The ids that contain all refs of a range; `undefined` if there are none. */
function idsWithin({ start, end }: ElementRange): { start?: bigint; end?: bigint } | undefined {
  const first = start && start.length > 0 ? idOf(start) : undefined;
  const last = end && end.length > 0 ? idOf(end) : undefined;
  if (first === 'after' || last === 'before') return undefined;
  return {
    ...(typeof first === 'bigint' ? { start: first } : {}),
    ...(typeof last === 'bigint' ? { end: last + 1n } : {}),
  };
}

function idOf(order: Buffer): bigint | 'before' | 'after' {
  if (order[0]! !== FIRST_BYTE_OF_REFS) return order[0]! < FIRST_BYTE_OF_REFS ? 'before' : 'after';
  return Buffer.concat([order.subarray(1, 9), Buffer.alloc(8)]).readBigUInt64BE();
}
