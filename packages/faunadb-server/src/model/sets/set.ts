import { ByteWriter } from '../../storage/bytes.js';
import type { StoredValue } from '../../storage/data.js';
import { writeOrdered, writeOrderedList } from '../../storage/order.js';
import { type DocumentEvent, Ref, type SetEvent, SetValue, type Value } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';

/** One member of a set, as it is read. */
export interface Element {
  readonly ref: Ref;
  /** What its index covers; nothing where that is the document alone. */
  readonly values: readonly StoredValue[];
  /** Bytes that sort as the element does among those of its set, and of sets that can be combined with it. */
  readonly order: Buffer;
  /** How many of these bytes stand for its values (its ref, where it has none): what makes elements of sets the same. */
  readonly identity: number;
  /** The sets it was found in. */
  readonly sources: readonly SetValue[];
}

/** Which elements are read: from `start` (inclusive) to `end` (exclusive) in their order, or backwards. */
export interface ElementRange {
  readonly start?: Buffer;
  readonly end?: Buffer;
  readonly reverse?: boolean;
}

/** An event of a set's history, or of a document's. */
export interface HistoryItem {
  readonly event: DocumentEvent | SetEvent;
  /** When it happened, in µs; also where the event itself does not know it yet. */
  readonly ts: bigint;
  /** The order of the element that it happened to. */
  readonly order: Buffer;
  /** Whether the element was there afterwards. */
  readonly isPresent: boolean;
  readonly sources: readonly SetValue[];
}

/** What the elements of a set consist of, and which way round each part sorts. */
export interface Shape {
  /** How many parts: the values, and the ref. `0` where it is known only when the set is read. */
  readonly parts: number;
  readonly reversed: readonly boolean[];
  /** Whether refs sort the other way round. */
  readonly refReversed: boolean;
  /** Whether its elements are events. */
  readonly historical: boolean;
}

export const REFS_ALONE: Shape = { parts: 1, reversed: [false], refReversed: false, historical: false };

/** A set of documents or of what an index says of them: how to read it in its order, and what happened to it. */
export abstract class ModelSet extends SetValue {
  abstract readonly shape: Shape;
  /** Whether each element's document must be readable for the element to be shown. */
  abstract readonly filtered: boolean;
  /** Whether it consists of other sets. */
  abstract readonly composite: boolean;

  /** The set with all that the query may not read left out of it; `undefined` where nothing is left. */
  abstract readable(context: ModelContext): ModelSet | undefined;

  abstract elements(context: ModelContext, range: ElementRange): Iterable<Element>;

  /**
   * All that happened to it, the earliest first. What happened at one time is in the order that FaunaDB reads it in, which
   * is `inKeptOrder` for what an index or a collection keeps, and `compareMerged` for what is gathered from several sets.
   *
   * @throws {NoHistory} where it has no history
   */
  abstract history(context: ModelContext): HistoryItem[];

  /** Bytes that sort before (or as) all elements that begin with these values, and after all that sort before those. */
  bound(values: readonly StoredValue[]): Buffer {
    const { parts, reversed, refReversed } = this.shape;
    const used = parts === 0 ? values : values.slice(0, parts);
    const last = used.at(-1);
    const ref = (parts === 0 && last instanceof Ref) || (parts > 0 && used.length === parts) ? last : undefined;
    const covered = ref === undefined ? used : used.slice(0, -1);
    const writer = new ByteWriter();
    writeOrderedList(writer, covered, reversed, ref !== undefined);
    if (ref !== undefined) writeOrdered(writer, ref, refReversed);
    return writer.result();
  }
}

/** Thrown by sets that have no history. */
export class NoHistory extends Error {
  static override stackTraceLimit = 0;
}

/** How an element is shown: its one value, its values, or its ref. */
export function elementValue({ ref, values }: Element): Value {
  if (values.length === 0) return ref;
  return values.length === 1 ? values[0]! : values;
}

/** Whether sets of two shapes can be combined. */
export function areCompatible(a: Shape, b: Shape): boolean {
  if (a.historical !== b.historical) return false;
  const common = Math.min(a.reversed.length, b.reversed.length);
  for (let i = 0; i < common; i++) if (a.reversed[i] !== b.reversed[i]) return false;
  return true;
}

/** The part of a range that lies within bounds, too. */
export function narrowed(range: ElementRange, start: Buffer | undefined, end: Buffer | undefined): ElementRange {
  const from = later(range.start, start);
  const to = earlier(range.end, end);
  return {
    ...(from ? { start: from } : {}),
    ...(to ? { end: to } : {}),
    ...(range.reverse ? { reverse: true } : {}),
  };
}

export function isWithin(order: Buffer, { start, end }: ElementRange): boolean {
  return !(start && Buffer.compare(order, start) < 0) && !(end && Buffer.compare(order, end) >= 0);
}

function later(a: Buffer | undefined, b: Buffer | undefined): Buffer | undefined {
  if (!a || !b) return a ?? b;
  return Buffer.compare(a, b) >= 0 ? a : b;
}

function earlier(a: Buffer | undefined, b: Buffer | undefined): Buffer | undefined {
  if (!a || !b) return a ?? b;
  return Buffer.compare(a, b) <= 0 ? a : b;
}
