// The interface of collections: how their documents are stored, shown and checked.

import type { StoredVersion } from '../../model/base/stored-version.js';
import type { StoredValue } from '../../storage/data.js';
import type { ObjectValue, Ref } from '../../values/values.js';
import type { Context } from './context.js';
import type { ConstraintFailure } from './failures.js';
import type { Shape } from './shape.js';
import type { Doc, Module, Value } from './values.js';

/** A computed field. */
export interface ComputedField {
  evaluate(context: Context, document: Doc): Value;
}

/** A check constraint. */
export interface CheckConstraint {
  readonly name: string;
  evaluate(context: Context, document: Doc): Value;
}

/** Thrown if a document would violate a unique constraint. */
export class FieldsTaken extends Error {
  static override stackTraceLimit = 0;
  constructor(readonly fields: readonly string[]) {
    super();
  }
}

/** A write in progress. */
export interface Writing {
  readonly context: Context;
  readonly ref: Ref;
  /** The stored data before the write. */
  readonly before: ObjectValue | undefined;
  /** The data to store. */
  readonly data: ObjectValue;
  /** The summary above its failures. */
  readonly message: () => string;
}

/** A collection of documents, user-defined or native. */
export interface Collection {
  readonly id: number;
  readonly name: string;
  /** Whether its documents are identified by name instead of id. */
  readonly isNamed: boolean;
  /** Whether it is user-defined; then the fields of its documents are stored under `data`. */
  readonly isUser: boolean;
  readonly module: Module;
  readonly computed: ReadonlyMap<string, ComputedField>;
  readonly checks: readonly CheckConstraint[];
  /** The shape of stored documents. */
  readonly shape: Shape & { readonly kind: 'object' };
  /** A field of a stored document. */
  read(data: ObjectValue, name: string, context: Context): StoredValue | undefined;
  /** The visible fields of a stored document, in order. */
  visible(data: ObjectValue, context: Context): Iterable<readonly [string, StoredValue]>;
  /** The value that is shown for a field. */
  show(name: string, value: Value): Value;
  nextId(context: Context): bigint;
  /** A stored document as it is shown. */
  decode(context: Context, data: ObjectValue): ObjectValue;
  /** Adds default values to a new document. */
  withDefaults(context: Context, data: ObjectValue): ObjectValue;
  /** Validates a field, together with its shape, by more than its value. */
  validate?(writing: Writing, field: string): readonly ConstraintFailure[];
  /** Validates a document beyond its shape. */
  check(writing: Writing): readonly ConstraintFailure[];
  /** Writes a document. @returns what this query shows of it, if that is more than what is stored */
  write(writing: Writing): StoredVersion | undefined;
  /** Deletes a document. */
  remove(context: Context, ref: Ref, before: StoredVersion): void;
  /** Why a document must not be deleted. */
  deletionFailures(context: Context, ref: Ref, before: ObjectValue): readonly ConstraintFailure[];
}

type Finder = (context: Context, id: number) => Collection | undefined;
let find: Finder = () => undefined;
let deleted: Module | undefined;

/** Sets how collections are found, and the placeholder of deleted ones: these modules are loaded later. */
export function setCollections(finder: Finder, deletedModule: Module): void {
  find = finder;
  deleted = deletedModule;
}

/** The collection with an internal id, in the query's database. */
export const collectionOf: Finder = (context, id) => find(context, id);

/** The placeholder of a deleted collection. */
export const deletedCollection = (): Module => deleted as Module;
