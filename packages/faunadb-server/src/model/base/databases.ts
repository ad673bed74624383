import type { Decoding, StoredValue } from '../../storage/data.js';
import type { Lambda, ObjectValue, Ref } from '../../values/values.js';
import type { ModelContext } from './context.js';
import type { Index } from './index-definition.js';
import type { Keyspace } from './keyspace.js';
import type { DocumentKind } from './kind.js';
import type { CollectionSchema, DatabaseSchema, FunctionSchema } from './schema-objects.js';
import type { StoredVersion } from './stored-version.js';

/** How a lambda that was stored as an expression becomes one that can be called: the language's business. */
export type LambdaReader = (literal: ObjectValue, scope: number) => Lambda;

/** The databases as one query sees them: what the parts of the model know of each other. `view.ts` puts them together. */
export interface Databases {
  readonly keys: Keyspace;
  readonly documents: Documents;
  readonly entries: Entries;
  readonly lambda: LambdaReader;
  /** The schema of a database with what this query has changed in it. */
  schema(scope: number): Schema;
  /**
   * The schema of a database as it was before this query. FaunaDB finds names in it: what a query has just made can be
   * used by its ref, but not by its name.
   */
  committedSchema(scope: number): Schema;
  /**
   * Says that the schema of a database is about to change in what concerns these names and this document, so that
   * `committedSchema` still knows them as they were.
   */
  changeSchema(scope: number, collection: number, id: bigint, names: readonly string[]): void;
  /** The document of the database whose contents have this internal id; `undefined` for the root. */
  databaseOf(scope: number): Ref | undefined;
  /** How the documents of a collection are checked, written and shown. */
  kindOf(collection: number): DocumentKind;
  /** A new document id: larger than every one before. */
  nextId(): bigint;
}

/** The versions of documents as the store holds them, whoever may see them. */
export interface Versions {
  decoding(scope: number): Decoding;
  /** The latest version, be it a deletion or expired. */
  latest(ref: Ref): StoredVersion | undefined;
  /** Every version that is stored, the earliest first. */
  stored(ref: Ref): StoredVersion[];
  /** The refs of a collection's documents in the order of their ids, with their latest versions, deletions among them. */
  scan(scope: number, collection: number, range?: IdRange): Iterable<readonly [ref: Ref, version: StoredVersion]>;
  /** The ids of a collection's documents that are there now. */
  ids(scope: number, collection: number): Generator<bigint>;
}

/** Ids from `start` (inclusive) to `end` (exclusive). */
export interface IdRange {
  readonly start?: bigint;
  readonly end?: bigint;
  readonly reverse?: boolean;
}

/** Documents with the history that their collections keep, and what indexes have of them. */
export interface Documents extends Versions {
  /**
   * The document as it is; as it was at `time`, in µs, where that is given.
   *
   * @throws {Failure} where its collection's history does not reach back to this time
   */
  read(ref: Ref, time?: bigint): StoredVersion | undefined;
  /** All versions that are still shown, the earliest first. The one that held when history begins is among them. */
  versions(ref: Ref): StoredVersion[];
  /** Before this time, in µs, nothing of a collection is shown. */
  minValidTime(of: Pick<Ref, 'scope' | 'collection'>): bigint;
  /** Makes `next`, written at the transaction's time, the latest version, and the entries of indexes follow. */
  append(context: ModelContext, ref: Ref, next: StoredVersion): void;
  /**
   * Changes what was: replaces all versions of a document by these, the earliest first, and what indexes have of them.
   * Uniqueness is not asked for.
   */
  rewrite(context: ModelContext, ref: Ref, versions: readonly StoredVersion[]): void;
  /**
   * Documents whose time to live was over at `time`, in µs, at most `limit` of them; with the keys of the notes, none of
   * which `isPassedOver`.
   */
  expired(
    time: bigint,
    limit: number,
    isPassedOver: (note: Uint8Array) => boolean,
  ): { readonly note: Buffer; readonly ref: Ref }[];
  /** Removes the versions of a document that nobody sees any more. Nobody who watches is told. */
  forget(context: ModelContext, ref: Ref): void;
  /** The next document that has earlier versions, from this key of one on. */
  nextWithHistory(from: Buffer | undefined): { readonly ref: Ref; readonly next: Buffer } | undefined;
}

/** An entry of an index, as a set reads it. */
export interface Entry {
  readonly ref: Ref;
  readonly values: readonly StoredValue[];
  /** Bytes that sort as the entry does among those of the same terms, and among those of other sets of its shape. */
  readonly order: Buffer;
  /** When the document entered, in µs. */
  readonly added: bigint;
  /** When it left, in µs; `undefined` while it is in. */
  readonly removed: bigint | undefined;
}

/** What part of the entries of some terms is read: from `start` (inclusive) to `end` (exclusive) in their order. */
export interface EntryRange {
  readonly start?: Buffer;
  readonly end?: Buffer;
  readonly reverse?: boolean;
}

/** The entries of indexes. */
export interface Entries {
  /**
   * Brings all indexes from a document's previous version to its next.
   *
   * @throws {NotUnique} where a unique index has an entry like one of the next version's already
   */
  replace(context: ModelContext, ref: Ref, previous: StoredVersion | undefined, next: StoredVersion): void;
  /** Makes the entries of a document what these versions of it say, when before they said what those did. */
  rewrite(
    context: ModelContext,
    ref: Ref,
    before: readonly StoredVersion[],
    now: readonly StoredVersion[],
    indexes?: readonly Index[],
  ): void;
  /** The entries of an index under some terms in their order, as they are now, or were at `time` (in µs). */
  read(index: Index, terms: readonly StoredValue[], time: bigint | undefined, range: EntryRange): Iterable<Entry>;
  /** All entries that an index has and had under some terms, in their order. */
  history(index: Index, terms: readonly StoredValue[]): Entry[];
}

/** The schema of one database: names, and what reads and writes need to know. */
export interface Schema {
  readonly scope: number;
  /** The time of its last change, in µs. */
  readonly version: bigint;
  /** What others derive from the schema and want to forget when it changes: compiled roles, for example. */
  readonly derived: Map<string, unknown>;
  /** The id of a named document: a collection, an index, a function, a role, an access provider, a database. */
  idOf(collection: number, name: string): bigint | undefined;
  /** The name of such a document. One that was deleted is still called what it was called last. */
  nameOf(collection: number, id: bigint): string | undefined;
  /** A collection that a user made. */
  collection(id: number): CollectionSchema | undefined;
  hasCollection(id: number): boolean;
  function(id: bigint): FunctionSchema | undefined;
  index(id: bigint): Index | undefined;
  /** The indexes that documents of a collection have entries in. */
  indexesOf(collection: number): readonly Index[];
  /** The database itself; `undefined` for the root, and for one that has been deleted. */
  readonly database: DatabaseSchema | undefined;
  /** Whether the database is there: it is the root, or has a document, as all have that it lies in. */
  readonly exists: boolean;
  /** Whether the schema must not be changed in ways that lose data. */
  readonly isProtected: boolean;
  /** Whether the types of queries in FQL v10 are checked. */
  readonly isTypechecked: boolean;
  /** Whether the database lies in that of `scope`, at any depth, or is it. */
  isWithin(scope: number): boolean;
}
