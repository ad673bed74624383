// Sets of documents: all documents of a collection, or those in an index with given terms.

import type { Index } from '../../model/base/index-definition.js';
import { refuseBefore } from '../../model/documents/earliest-time.js';
import { orderOf } from '../../model/indexes/entry-store.js';
import { refuseToDecideBy } from '../../model/sets/match.js';
import { ByteWriter } from '../../storage/bytes.js';
import type { StoredValue } from '../../storage/data.js';
import { after } from '../../storage/keys.js';
import { writeOrdered, writeOrderedList } from '../../storage/order.js';
import { microsOf } from '../evaluate/at.js';
import type { Context } from '../evaluate/context.js';
import type { Covering } from '../evaluate/coverage.js';
import { mayRead } from '../evaluate/documents.js';
import { errors } from '../evaluate/failures.js';
import { parseLong, types } from '../evaluate/members.js';
import { fromStored, NotStorable, toStored } from '../evaluate/stored.js';
import { Doc, Id, isArray, type Module, Null, Ref, Struct, Time, type Value } from '../evaluate/values.js';
import { type Element, type Page, PagedValue } from './set.js';

/** Where the documents come from. */
export type Source =
  | { readonly kind: 'all' }
  | {
      readonly kind: 'index';
      readonly index: Index;
      readonly terms: readonly StoredValue[];
      readonly covering: Covering;
    };

/** The range of the set, from (inclusive) to (exclusive), in the order of its keys; for a collection these are ids. */
export interface Range {
  readonly start?: Buffer | bigint;
  readonly end?: Buffer | bigint;
}

/** The part of a collection's module that sets need. */
type CollectionLike = Module & { readonly id: number };

const MAX_ID = 2n ** 63n - 1n;

export class IndexSet extends PagedValue {
  override readonly kind = 'index';

  constructor(
    readonly collection: CollectionLike,
    /** The method that creates the set, and its arguments. */
    readonly name: string,
    readonly args: readonly Value[],
    readonly source: Source,
    readonly range: Range,
    /** The time set by `at`, in µs. */
    readonly time: bigint | undefined,
    readonly reversed = false,
  ) {
    super();
  }

  static all(context: Context, collection: CollectionLike, args: readonly Value[], range: Range): IndexSet {
    return new IndexSet(collection, 'all', args, { kind: 'all' }, range, context.host.validTime);
  }

  override get isUnbounded(): boolean {
    return true;
  }

  protected override readPage(context: Context, count: number, position: readonly Value[] | undefined): Page {
    const elements: Element[] = [];
    for (const element of this.#elements(context, position)) {
      if (elements.length === count) return { elements, after: element.token() };
      elements.push(element);
    }
    return { elements, after: undefined };
  }

  *#elements(context: Context, position: readonly Value[] | undefined): Generator<Element> {
    const time = this.time ?? context.readTime;
    const covering =
      context.session.performanceHints && this.source.kind === 'index' ? this.source.covering : undefined;
    const before = context.host.model.keys.usage.bytesRead;
    for (const { ref, values } of this.source.kind === 'all'
      ? this.#scan(context, time, position)
      : this.#entries(context, this.source, time, position)) {
      context.spend();
      if (!mayRead(context, ref, this.time)) continue;
      yield {
        value: new Doc(ref, undefined, this.time, undefined, covering),
        token: () => ({ set: this, position: [...values.map((value) => fromStored(value)), new Doc(ref)] }),
      };
    }
    context.host.model.keys.usage.endRead(before);
  }

  *#scan(
    context: Context,
    time: bigint | undefined,
    position: readonly Value[] | undefined,
  ): Generator<{ ref: Ref; values: readonly StoredValue[] }> {
    const { documents, keys } = context.host.model;
    const { usage, time: now } = keys;
    const { scope } = context.host.auth;
    const { id } = this.collection;
    if (time !== undefined) refuseBefore(time, documents.minValidTime({ scope, collection: id }));
    let start = (this.range.start as bigint | undefined) ?? 0n;
    let end = this.range.end as bigint | undefined;
    const at = position === undefined ? undefined : documentAt(context, position).id;
    if (at !== undefined) {
      if (this.reversed) end = at + 1n;
      else start = at;
    }
    if (start < 0n) start = 0n;
    if (end !== undefined && end <= start) return;
    for (const [ref, latest] of documents.scan(scope, id, {
      start,
      ...(end === undefined ? {} : { end }),
      reverse: this.reversed,
    })) {
      usage.read(latest.size);
      const isThere =
        time !== undefined && latest.ts > time ? documents.read(ref, time) !== undefined : latest.isLive(time ?? now);
      if (isThere) yield { ref, values: [] };
    }
  }

  *#entries(
    context: Context,
    { index, terms }: Source & { kind: 'index' },
    time: bigint | undefined,
    position: readonly Value[] | undefined,
  ): Generator<{ ref: Ref; values: readonly StoredValue[] }> {
    const { model, auth } = context.host;
    refuseToDecideBy(context.host, index);
    if (time !== undefined)
      refuseBefore(time, model.documents.minValidTime({ scope: auth.scope, collection: this.collection.id }));
    if (terms.length > 0 && terms.every((term) => term === null)) return;
    let start = this.range.start as Buffer | undefined;
    let end = this.range.end as Buffer | undefined;
    if (position !== undefined) {
      const values = position.slice(0, -1).map((value) => storedAt(context, value));
      const order = orderOf(values, index.reversed, documentAt(context, position));
      if (this.reversed) end = Buffer.concat([order, Buffer.of(0)]);
      else start = order;
    }
    if (start && end && Buffer.compare(start, end) >= 0) return;
    const range = { ...(start ? { start } : {}), ...(end ? { end } : {}), reverse: this.reversed };
    for (const { ref, values } of model.entries.read(index, terms, time, range)) {
      if (ref.collection === this.collection.id) yield { ref, values };
    }
  }

  protected override reversedSet(): PagedValue {
    // As on the real server, reversing it again changes nothing.
    return new IndexSet(this.collection, this.name, this.args, this.source, this.range, this.time, true);
  }

  override streamRefusal(): string | undefined {
    if (this.time !== undefined) return 'streaming is not supported for sets created within an `at()` expression.';
    if (this.reversed) return 'streaming is not supported on sets that have been reversed.';
    if (this.range.start !== undefined || this.range.end !== undefined) {
      return 'range queries are not supported yet, use `.where()` method instead.';
    }
    return this.collection.id < 1024 ? 'only collections and user defined indexes are streamable.' : undefined;
  }
}

/** The document at a position, which comes from a cursor that a client may have changed. @throws {RuntimeFailure} */
function documentAt(context: Context, position: readonly Value[]): Ref {
  const document = position.at(-1);
  if (document instanceof Doc) return document.ref;
  throw errors.invalidCursor(context.trace);
}

/** A value of an index at such a position. @throws {RuntimeFailure} */
function storedAt(context: Context, value: Value): StoredValue {
  try {
    return toStored(context, value);
  } catch (error) {
    if (error instanceof NotStorable) throw errors.invalidCursor(context.trace);
    throw error;
  }
}

const invalid = (context: Context, reason: string) => errors.invalidArgument('range', reason, context.trace);

function bounds(context: Context, range: Value): { from: Value | undefined; to: Value | undefined } {
  const wrong = () => invalid(context, 'should be an object contining `{ from }`, `{ to }`, or `{ from, to }` fields');
  if (!(range instanceof Struct)) throw wrong();
  const [from, to] = [range.fields.get('from'), range.fields.get('to')];
  if (from === undefined && to === undefined) throw wrong();
  return { from, to };
}

/** The range given to `all` of a collection: ids or documents. */
export function allRange(context: Context, _collection: CollectionLike, range: Value): Range {
  const { from, to } = bounds(context, range);
  const idOf = (field: string, value: Value): bigint => {
    if (value instanceof Doc) return value.ref.id;
    if (value instanceof Id) return value.value;
    const id =
      typeof value === 'string'
        ? parseLong(value)
        : typeof value === 'number' || typeof value === 'bigint'
          ? BigInt(value)
          : undefined;
    if (id === undefined) throw invalid(context, `The \`${field}\` field must be a document id.`);
    return id;
  };
  return {
    ...(from === undefined ? {} : { start: idOf('from', from) }),
    ...(to === undefined ? {} : { end: idOf('to', to) + 1n }),
  };
}

/** The values of an index: whether one is the document's own id, or its write time. */
export interface Covered {
  readonly isId: boolean;
  readonly isTime: boolean;
}

/** The range of an index's entries. */
export function indexRange(
  context: Context,
  collection: CollectionLike,
  index: Index,
  covered: readonly Covered[],
  range: Value,
): Range {
  const { from, to } = bounds(context, range);
  const ref = (id: bigint) => new Ref(context.host.auth.scope, collection.id, id);
  const one = (field: string, value: Value, { isId, isTime }: Covered): StoredValue => {
    if (isTime && value instanceof Time) return microsOf(value.nanos);
    if (isId) {
      if (value instanceof Doc) return value.ref;
      if (value instanceof Null) return ref(0n);
      const id = types.id.cast(value);
      return ref(id === undefined ? MAX_ID : id.value);
    }
    try {
      return toStored(context, value);
    } catch (error) {
      if (!(error instanceof NotStorable)) throw error;
      throw invalid(context, `The \`${field}\` field should be either an indexable value or an array of values`);
    }
  };
  const prefix = (field: string, value: Value): Buffer => {
    const writer = new ByteWriter();
    if (covered.length === 0) {
      const { start } = allRange(context, collection, Struct.of({ from: value }));
      writeOrderedList(writer, [], [], true);
      writeOrdered(writer, ref(start as bigint));
      return writer.result();
    }
    // For an index of a single value, an array is that value. `to` is extended to include everything that begins with it.
    const whole =
      isArray(value) && covered.length === 1
        ? [field === 'to' ? [...value, Null.at(context.span)] : value]
        : isArray(value)
          ? value
          : [value];
    if (whole.length > covered.length)
      throw invalid(context, `The field \`${field}\` can have at most ${covered.length} values`);
    const values = whole.map((each, i) => one(field, each, covered[i] as Covered));
    writeOrderedList(writer, values, index.reversed, false);
    return writer.result();
  };
  return {
    ...(from === undefined ? {} : { start: prefix('from', from) }),
    ...(to === undefined ? {} : { end: after(prefix('to', to)) }),
  };
}
