import { ByteWriter } from '../../storage/bytes.js';
import type { StoredValue } from '../../storage/data.js';
import { writeOrdered, writeOrderedList } from '../../storage/order.js';
import { type DocumentEvent, Ref, type SetEvent, SetValue, type Value } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';

/** One element of a set, as it is read. */
export interface Element {
  readonly ref: Ref;
  /** The values that its index covers; empty if the index covers only the document. */
  readonly values: readonly StoredValue[];
  /** Bytes that sort like the element within its set, and within sets that can be combined with it. */
  readonly order: Buffer;
  /** How many of these bytes stand for its values (or its ref, without values): equal bytes make elements equal. */
  readonly identity: number;
  /** Whether the query may read its document, once that is known. */
  isReadable?: boolean;
  /** The sets it was found in. */
  readonly sources: readonly SetValue[];
}

/** The elements to read: from `start` (inclusive) to `end` (exclusive) in their order, or backwards. */
export interface ElementRange {
  readonly start?: Buffer;
  readonly end?: Buffer;
  readonly reverse?: boolean;
}

/** An event in the history of a set or document. */
export interface HistoryItem {
  readonly event: DocumentEvent | SetEvent;
  /** When it happened, in µs; set even if the event itself has no time yet. */
  readonly ts: bigint;
  /** The order of its element. */
  readonly order: Buffer;
  /** Whether the element existed afterwards. */
  readonly isPresent: boolean;
  readonly sources: readonly SetValue[];
}

/** The parts of a set's elements, and the direction in which each sorts. */
export interface Shape {
  /** The number of parts: the values and the ref. `0` if it is known only when the set is read. */
  readonly parts: number;
  readonly reversed: readonly boolean[];
  /** Whether refs sort in reverse. */
  readonly refReversed: boolean;
  /** Whether its elements are events. */
  readonly historical: boolean;
}

export const REFS_ALONE: Shape = { parts: 1, reversed: [false], refReversed: false, historical: false };

/** A set of documents or index entries: how to read it in order, and its history. */
export abstract class ModelSet extends SetValue {
  abstract readonly shape: Shape;
  /** Whether each element is shown only if the query may read its document. */
  abstract readonly filtered: boolean;
  /** Whether it consists of other sets. */
  abstract readonly composite: boolean;

  /** The set without what the query may not read; `undefined` if nothing remains. */
  abstract readable(context: ModelContext): ModelSet | undefined;

  abstract elements(context: ModelContext, range: ElementRange): Iterable<Element>;

  /**
   * All its events, the earliest first. Events of the same time are in FaunaDB's order: `inKeptOrder` for those of an
   * index or a collection, and `compareMerged` for those of several sets.
   *
   * @throws {NoHistory} if it has no history
   */
  abstract history(context: ModelContext): HistoryItem[];

  /**
   * Bytes that sort before (or as) all elements that begin with these values, and after all elements that sort
   * earlier.
   */
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

/**
 * The elements of a set that may be shown. The others must not decide what happens to these, nor be passed to a lambda.
 */
export function visible(context: ModelContext, set: ModelSet, range: ElementRange): Iterable<Element> {
  const elements = set.elements(context, range);
  return set.filtered ? readable(context, elements) : elements;
}

function* readable(context: ModelContext, elements: Iterable<Element>): Generator<Element> {
  for (const element of elements) if (isReadable(context, element)) yield element;
}

/** Whether the query may read an element's document. */
export function isReadable(context: ModelContext, element: Element): boolean {
  element.isReadable ??= context.auth.permissions.mayRead(context, element.ref);
  return element.isReadable;
}

/** The events of a set that may be shown. */
export function visibleHistory(context: ModelContext, set: ModelSet): HistoryItem[] {
  const history = set.history(context);
  if (!set.filtered) return history;
  return history.filter(({ event }) => context.auth.permissions.mayRead(context, event.ref));
}

/** Thrown by sets that have no history. */
export class NoHistory extends Error {
  static override stackTraceLimit = 0;
}

/** How an element is rendered: its one value, its values, or its ref. */
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

/** The part of a range that also lies within bounds. */
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
