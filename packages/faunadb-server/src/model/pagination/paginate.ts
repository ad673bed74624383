import type { StoredValue } from '../../storage/data.js';
import { invalidArgument, permissionDenied } from '../../values/errors.js';
import type { Position } from '../../values/position.js';
import { Cursor, type DocumentEvent, ObjectValue, Page, SetEvent, type Value } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import { orderOf } from '../indexes/entry-store.js';
import { ACTION_RANK, compareKept, comparePaged, type Moment, orderOfRef } from '../sets/history.js';
import { type Element, elementValue, type HistoryItem, isReadable, type ModelSet, NoHistory } from '../sets/set.js';
import type { PagePosition } from './page-position.js';

const DEFAULT_SIZE = 64;
const MAX_SIZE = 100_000n;

/** The part of a set to read. */
export interface PageRequest {
  readonly cursor: PagePosition | undefined;
  /** Whether to read from the cursor on, or what lies before it. */
  readonly ascending: boolean;
  readonly size: bigint | undefined;
  /** Whether each element lists the sets it was found in. */
  readonly sources: boolean;
}

/** An item on a page: its rendered value, and the cursor of a page that begins with it. */
interface Shown {
  readonly value: Value;
  readonly cursor: Value;
  readonly sources: readonly Value[];
}

/**
 * Reads a page of a set.
 *
 * @param denied the position of the error if the set may not be read
 */
export function paginate(
  context: ModelContext,
  set: ModelSet,
  { cursor, ascending, size = BigInt(DEFAULT_SIZE), sources }: PageRequest,
  position: Position | undefined,
  denied: Position | undefined,
): Page {
  const readable = set.readable(context);
  if (!readable) throw permissionDenied(denied);
  const { usage } = context.model.keys;
  const before = usage.bytesRead;
  const limit = size < 0n ? 0 : Number(size < MAX_SIZE ? size : MAX_SIZE);
  const found = take(
    set.shape.historical
      ? events(context, readable, cursor, ascending, position)
      : elements(context, readable, cursor, ascending),
    limit + 1,
  );
  usage.endRead(before);
  const page = found.slice(0, limit);
  let next: Value | undefined;
  if (size === 0n) next = cursor?.shown;
  else if (limit > 0 && found.length > limit) next = found[ascending ? limit : limit - 1]!.cursor;
  if (!ascending) page.reverse();
  const [previous, after] = ascending ? [cursor?.shown, next] : [next, cursor?.shown];
  const shown = (item: Shown, value: Value): Value =>
    sources
      ? new ObjectValue(
          new Map([
            ['value', value],
            ['sources', item.sources],
          ]),
        )
      : value;
  return new Page(
    page.map((item) => shown(item, item.value)),
    previous,
    after,
    page.map((item) => shown(item, item.cursor)),
  );
}

/** The cursor of a page that begins with an element. */
function elementCursor({ ref, values }: Element): Cursor {
  return new Cursor([...values, ref]);
}

function* elements(
  context: ModelContext,
  set: ModelSet,
  cursor: PagePosition | undefined,
  ascending: boolean,
): Generator<Shown> {
  const bound = cursor?.kind === 'elements' ? cursor.bound : undefined;
  // Nothing lies before an empty cursor.
  if (!ascending && bound?.length === 0) return;
  const range = ascending ? (bound ? { start: bound } : {}) : { ...(bound ? { end: bound } : {}), reverse: true };
  // As in FaunaDB, the end of a set has no values, and a cursor with values lies behind it.
  let isBehindTheEnd = !ascending && bound === undefined;
  for (const element of set.elements(context, range)) {
    context.budget.spend();
    isBehindTheEnd &&= element.values.length > 0;
    if (isBehindTheEnd) continue;
    if (set.filtered && !isReadable(context, element)) continue;
    yield { value: elementValue(element), cursor: elementCursor(element), sources: element.sources };
  }
}

function* events(
  context: ModelContext,
  set: ModelSet,
  cursor: PagePosition | undefined,
  ascending: boolean,
  position: Position | undefined,
): Generator<Shown> {
  let items: HistoryItem[];
  try {
    items = set.history(context);
  } catch (error) {
    if (error instanceof NoHistory) throw invalidArgument('Set does not support events history.', position);
    throw error;
  }
  const until = context.validTime;
  const from = cursor?.kind === 'events' ? cursor.event : undefined;
  if (!ascending) items = items.toReversed();
  const start = from && momentOf(from, context.model.keys.writeTime);
  let isBefore = start !== undefined;
  for (const item of items) {
    if (until !== undefined && item.ts > until) continue;
    if (start && (ascending ? compareRead(item, start) < 0 : compareRead(item, start) > 0)) continue;
    // What is read from the cursor on may still lie before it, because pages have an order of their own.
    isBefore &&= ascending ? compareToCursor(item, start!) < 0 : compareToCursor(item, start!) >= 0;
    if (isBefore) continue;
    if (set.filtered && !context.auth.permissions.mayRead(context, item.event.ref)) continue;
    yield { value: item.event, cursor: new Cursor(item.event), sources: item.sources };
  }
}

function take<T>(items: Iterable<T>, count: number): T[] {
  const taken: T[] = [];
  for (const item of items) if (taken.push(item) === count) break;
  return taken;
}

/**
 * The moment that a cursor points to. Cursors without a document lie after all documents, or before them if they are
 * only times.
 */
function momentOf(event: DocumentEvent | SetEvent, now: bigint): Moment & { readonly event: DocumentEvent | SetEvent } {
  const order =
    event instanceof SetEvent ? orderOf(event.values as readonly StoredValue[], [], event.ref) : orderOfRef(event.ref);
  return { ts: event.ts ?? now, event, order };
}

/**
 * Whether an event of a set is stored before a cursor's position. Events of documents are not distinguished by
 * action.
 */
function compareRead(item: HistoryItem, cursor: Moment): number {
  return item.event instanceof SetEvent ? compareKept(item, cursor) : Number(item.ts - cursor.ts);
}

/** Whether an event lies before a cursor on a page. */
function compareToCursor(item: HistoryItem, cursor: Moment & { readonly event: DocumentEvent | SetEvent }): number {
  if (item.event instanceof SetEvent && cursor.event instanceof SetEvent) return comparePaged(item, cursor);
  if (item.ts !== cursor.ts) return item.ts < cursor.ts ? -1 : 1;
  return (
    ACTION_RANK[item.event.action] - ACTION_RANK[cursor.event.action] ||
    Buffer.compare(item.order, orderOfRef(cursor.event.ref))
  );
}
