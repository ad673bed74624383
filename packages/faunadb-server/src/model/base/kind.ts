import type { Failure, FieldFailure } from '../../values/failure.js';
import { omit, patch, pick } from '../../values/objects.js';
import type { Position } from '../../values/position.js';
import { ObjectValue, type Ref, type Value } from '../../values/values.js';
import type { ModelContext } from './context.js';
import { type FieldRule, failuresOf, map, optional } from './fields.js';
import type { StoredVersion } from './stored-version.js';

/** A write on its way: what was there, what the query gave, and what comes of both. */
export interface Writing {
  readonly context: ModelContext;
  readonly ref: Ref;
  readonly position: Position | undefined;
  readonly isCreate: boolean;
  /** The document before; nothing but the defaults where it is new, nothing but what `replace` keeps where it is replaced. */
  readonly previous: ObjectValue;
  readonly data: ObjectValue;
}

/** A change that a query asks for, before it is laid over the document. */
export interface Change {
  readonly context: ModelContext;
  readonly ref: Ref;
  readonly previous: ObjectValue;
  readonly diff: ObjectValue;
  /** Whether it is put into the history. */
  readonly isInserted: boolean;
}

/** How the documents of a collection are checked, written and shown. What a kind does not say is as for users' documents. */
export class DocumentKind {
  /** The fields that are kept; all others are dropped. */
  readonly fields: readonly FieldRule[] = [optional('data', map)];
  /** What a new document has where the query gives nothing. */
  readonly defaults: ObjectValue = new ObjectValue(new Map());
  /** Fields that clients neither see nor write. */
  readonly hidden: readonly string[] = [];
  /** Fields that can only be given when a document is made. */
  readonly final: readonly string[] = [];
  /** Fields that `replace` keeps where it gives no others. */
  readonly keptByReplace: readonly string[] = [];
  /** Whether the documents belong in a database that is only a container of others. */
  readonly allowedInContainer: boolean = false;
  /** Whether `insert` takes documents of this kind. */
  readonly hasHistory: boolean = false;

  /** The id of a new document. */
  nextId(context: ModelContext): bigint {
    return context.model.nextId();
  }

  shown(data: ObjectValue): ObjectValue {
    return omit(data, this.hidden);
  }

  /** What of a query's fields may be written. */
  writable(diff: ObjectValue, isCreate: boolean): ObjectValue {
    return omit(diff, isCreate ? this.hidden : [...this.hidden, ...this.final]);
  }

  /** What is left of a document for `replace` to build upon, in the order in which it is named here. */
  beforeReplace({ fields }: ObjectValue): ObjectValue {
    const names = [...this.keptByReplace, ...this.hidden, ...this.final].filter((name) => fields.has(name));
    return new ObjectValue(new Map(names.map((name) => [name, fields.get(name) as Value])));
  }

  /** Lays a query's fields over a document, whether that makes a valid one or not. Fields that are empty objects are dropped. */
  apply(_context: ModelContext, previous: ObjectValue, diff: ObjectValue): ObjectValue {
    const known = pick(
      diff,
      this.fields.map(({ field }) => field),
    );
    const data = patch(previous, known);
    const isEmpty = (value: Value) => value instanceof ObjectValue && value.fields.size === 0;
    const empty = [...data.fields].filter(([, value]) => isEmpty(value));
    return omit(
      data,
      empty.map(([field]) => field),
    );
  }

  /** What is wrong with a change for what was there before. It is told before all that is wrong with the outcome. */
  checkChange(_change: Change): readonly FieldFailure[] {
    return [];
  }

  /** What is wrong with the fields of a document, in the order that FaunaDB looks at them. */
  checkFields(data: ObjectValue): readonly FieldFailure[] {
    return failuresOf(this.fields, data);
  }

  /** What else may be wrong, that the fields alone do not tell. They may be wrong themselves. */
  check(_writing: Writing): readonly FieldFailure[] {
    return [];
  }

  /** Refuses what FQL v4 cannot write though no field is wrong. @throws {Failure} */
  refuse(_writing: Writing): void {}

  /** Writes the document, by `store`; returns what the query is answered with. */
  write(writing: Writing, store: (data: ObjectValue) => void): ObjectValue {
    store(writing.data);
    return writing.data;
  }

  /** What forbids to delete a document, if anything does. */
  refusalToDelete(_context: ModelContext, _ref: Ref, _position: Position | undefined): Failure | undefined {
    return undefined;
  }

  /** Deletes the document, by `remove`. */
  remove(_context: ModelContext, _ref: Ref, _version: StoredVersion, remove: () => void): void {
    remove();
  }

  /** Takes the document away from its place, by `remove`, while what it stands for goes on elsewhere. */
  clear(context: ModelContext, ref: Ref, version: StoredVersion, remove: () => void): void {
    this.remove(context, ref, version, remove);
  }
}
