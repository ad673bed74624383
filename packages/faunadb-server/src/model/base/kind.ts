import type { Failure, FieldFailure } from '../../values/failure.js';
import { omit, patch, pick } from '../../values/objects.js';
import type { Position } from '../../values/position.js';
import { ObjectValue, type Ref, type Value } from '../../values/values.js';
import type { ModelContext } from './context.js';
import { type FieldRule, failuresOf, map, optional } from './fields.js';
import type { StoredVersion } from './stored-version.js';

/** A write in progress: the previous state, what the query set, and the result. */
export interface Writing {
  readonly context: ModelContext;
  readonly ref: Ref;
  readonly position: Position | undefined;
  readonly isCreate: boolean;
  /** The document before; for a new one only the defaults, for `replace` only what it keeps. */
  readonly previous: ObjectValue;
  readonly data: ObjectValue;
}

/** A change that a query requests, before it is applied. */
export interface RequestedChange {
  readonly context: ModelContext;
  readonly ref: Ref;
  readonly previous: ObjectValue;
  readonly diff: ObjectValue;
  /** Whether it is inserted into the history. */
  readonly isInserted: boolean;
}

/** How the documents of a collection are checked, written and rendered. The defaults are those of users' documents. */
export class DocumentKind {
  /** The fields to keep; all others are dropped. */
  readonly fields: readonly FieldRule[] = [optional('data', map)];
  /** The defaults of a new document. */
  readonly defaults: ObjectValue = new ObjectValue(new Map());
  /** Fields that clients can neither see nor write. */
  readonly hidden: readonly string[] = [];
  /** Fields that can only be set on creation. */
  readonly final: readonly string[] = [];
  /** Fields that `replace` keeps if the query does not set them. */
  readonly keptByReplace: readonly string[] = [];
  /** Whether a container database may hold such documents. */
  readonly allowedInContainer: boolean = false;

  /** Returns the id for a new document. */
  nextId(context: ModelContext): bigint {
    return context.model.nextId();
  }

  shown(data: ObjectValue): ObjectValue {
    return omit(data, this.hidden);
  }

  /** The fields of a query that may be written. */
  writable(diff: ObjectValue, isCreate: boolean): ObjectValue {
    return omit(diff, isCreate ? this.hidden : [...this.hidden, ...this.final]);
  }

  /** The part of a document that `replace` starts from, in this order. */
  beforeReplace({ fields }: ObjectValue): ObjectValue {
    const names = [...this.keptByReplace, ...this.hidden, ...this.final].filter((name) => fields.has(name));
    return new ObjectValue(new Map(names.map((name) => [name, fields.get(name) as Value])));
  }

  /**
   * Applies a query's fields to a document, whether the result is valid or not. Drops fields that are empty objects.
   */
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

  /** Checks a change against the previous state. These failures come before those of the result. */
  checkChange(_change: RequestedChange): readonly FieldFailure[] {
    return [];
  }

  /** Checks a document's fields, in FaunaDB's order. */
  checkFields(data: ObjectValue): readonly FieldFailure[] {
    return failuresOf(this.fields, data);
  }

  /** Further checks that need more than the fields, which may themselves be invalid. */
  check(_writing: Writing): readonly FieldFailure[] {
    return [];
  }

  /** Refuses what FQL v4 cannot write although the fields are valid. @throws {Failure} */
  refuse(_writing: Writing): void {}

  /** Writes the document with `store`; returns the query's result. */
  write(writing: Writing, store: (data: ObjectValue) => void): ObjectValue {
    store(writing.data);
    return writing.data;
  }

  /** Returns the error that forbids deleting the document, if any. */
  refusalToDelete(_context: ModelContext, _ref: Ref, _position: Position | undefined): Failure | undefined {
    return undefined;
  }

  /** Deletes the document with `remove`. */
  remove(_context: ModelContext, _ref: Ref, _version: StoredVersion, remove: () => void): void {
    remove();
  }

  /** Removes the document from its place with `remove`, while what it represents moves elsewhere. */
  clear(context: ModelContext, ref: Ref, version: StoredVersion, remove: () => void): void {
    this.remove(context, ref, version, remove);
  }
}
