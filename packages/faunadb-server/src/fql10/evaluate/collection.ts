// What is known of a collection: how its documents are stored, shown and checked.

import type { StoredVersion } from '../../model/base/stored-version.js';
import type { StoredValue } from '../../storage/data.js';
import type { ObjectValue, Ref } from '../../values/values.js';
import type { Context } from './context.js';
import type { ConstraintFailure } from './failures.js';
import type { Shape } from './shape.js';
import type { Doc, Module, Value } from './values.js';

/** A field that a function computes. */
export interface ComputedField {
  evaluate(context: Context, document: Doc): Value;
}

/** A check that documents must pass. */
export interface CheckConstraint {
  readonly name: string;
  evaluate(context: Context, document: Doc): Value;
}

/** Thrown where a document would have what only another one may have. */
export class FieldsTaken extends Error {
  static override stackTraceLimit = 0;
  constructor(readonly fields: readonly string[]) {
    super();
  }
}

/** A write on its way. */
export interface Writing {
  readonly context: Context;
  readonly ref: Ref;
  /** What is stored, before. */
  readonly before: ObjectValue | undefined;
  /** What is to be stored. */
  readonly data: ObjectValue;
  /** The message over what is wrong with it. */
  readonly message: () => string;
}

/** A collection of documents: one that a user made, or one of those that every database has. */
export interface Collection {
  readonly id: number;
  readonly name: string;
  /** Whether its documents are known by name instead of id. */
  readonly isNamed: boolean;
  /** Whether a user made it; of its documents the fields are stored under `data`. */
  readonly isUser: boolean;
  readonly module: Module;
  readonly computed: ReadonlyMap<string, ComputedField>;
  readonly checks: readonly CheckConstraint[];
  /** What a document is, as it is stored. */
  readonly shape: Shape & { readonly kind: 'object' };
  /** A field of a stored document. */
  read(data: ObjectValue, name: string, context: Context): StoredValue | undefined;
  /** The fields of a stored document that are shown, in their order. */
  visible(data: ObjectValue, context: Context): Iterable<readonly [string, StoredValue]>;
  /** What a field is shown as. */
  show(name: string, value: Value): Value;
  nextId(context: Context): bigint;
  /** A stored document as it is shown. */
  decode(context: Context, data: ObjectValue): ObjectValue;
  /** Fills in what a new document has where nothing is given. */
  withDefaults(context: Context, data: ObjectValue): ObjectValue;
  /** What is wrong with a document beyond its shape. */
  check(writing: Writing): readonly ConstraintFailure[];
  /** Writes a document. @returns what this query shows of it, where that is more than is stored */
  write(writing: Writing): StoredVersion | undefined;
  /** Deletes a document. */
  remove(context: Context, ref: Ref, before: StoredVersion): void;
  /** What forbids to delete a document. */
  whyKept(context: Context, ref: Ref, before: ObjectValue): readonly ConstraintFailure[];
}

type Finder = (context: Context, id: number) => Collection | undefined;
let find: Finder = () => undefined;
let deleted: Module | undefined;

/** Says how collections are found, and what stands for those that are no more: these modules are loaded later. */
export function setCollections(finder: Finder, deletedModule: Module): void {
  find = finder;
  deleted = deletedModule;
}

/** The collection with an internal id, in the query's database. */
export const collectionOf: Finder = (context, id) => find(context, id);

/** Stands for a collection that is no more. */
export const deletedCollection = (): Module => deleted as Module;
