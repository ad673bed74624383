import type { Decoding, StoredValue } from '../../storage/data.js';
import type { Lambda, ObjectValue, Ref } from '../../values/values.js';
import type { ModelContext } from './context.js';
import type { Index } from './index-definition.js';
import type { Keyspace } from './keyspace.js';
import type { DocumentKind } from './kind.js';
import type { CollectionSchema, DatabaseSchema, FunctionSchema } from './schema-objects.js';
import type { StoredVersion } from './stored-version.js';

/** Turns the stored expression of a lambda back into one that can be called, which is up to its language. */
export type LambdaReader = (literal: ObjectValue, scope: number) => Lambda;

/** The databases as one query sees them: what parts of the model know of each other. `view.ts` implements it. */
export interface Databases {
  readonly keys: Keyspace;
  readonly documents: Documents;
  readonly entries: Entries;
  readonly lambda: LambdaReader;
  /** The schema of a database, with this query's changes. */
  schema(scope: number): Schema;
  /**
   * The schema of a database as it was before this query. FaunaDB resolves names in it: a query can use what it has
   * just created by its ref, but not by its name.
   */
  committedSchema(scope: number): Schema;
  /**
   * Announces a change of a database's schema that concerns this document and these names, so that `committedSchema`
   * still has the old state.
   */
  changeSchema(scope: number, collection: number, id: bigint, names: readonly string[]): void;
  /**
   * Keeps a database's schema as it was at `time`, in µs, in effect: what is written of it from then on is staged. With
   * `undefined`, the schema as it is written comes into effect.
   */
  pinSchema(scope: number, time: bigint | undefined): void;
  /** The document of the database with this internal id; `undefined` for the root. */
  databaseOf(scope: number): Ref | undefined;
  /** How the documents of a collection are checked, written and rendered. */
  kindOf(collection: number): DocumentKind;
  /** Returns a new document id, larger than all earlier ones. */
  nextId(): bigint;
}

/** The stored versions of documents, without permission checks. */
export interface Versions {
  decoding(scope: number): Decoding;
  /** The latest version, which may be a deletion or expired. */
  latest(ref: Ref): StoredVersion | undefined;
  /** The version written at a time in µs, and the one before it; both may be deletions. */
  written(
    ref: Ref,
    time: bigint,
  ): { readonly before: StoredVersion | undefined; readonly version: StoredVersion | undefined };
  /** When a document was written from a time on, in µs, the latest first. */
  writesSince(ref: Ref, time: bigint): Iterable<bigint>;
  /** All stored versions, the earliest first. */
  stored(ref: Ref): StoredVersion[];
  /** The stored versions that are older than `before` (in µs), or all, the latest first. */
  newestFirst(ref: Ref, before?: bigint): Iterable<StoredVersion>;
  /** The refs of a collection's documents by id, with their latest versions, including deletions. */
  scan(scope: number, collection: number, range?: IdRange): Iterable<readonly [ref: Ref, version: StoredVersion]>;
  /** The ids of a collection's existing documents. */
  ids(scope: number, collection: number): Generator<bigint>;
}

/** Ids from `start` (inclusive) to `end` (exclusive). */
export interface IdRange {
  readonly start?: bigint;
  readonly end?: bigint;
  readonly reverse?: boolean;
}

/** Documents with the history that their collections keep, and their index entries. */
export interface Documents extends Versions {
  /**
   * Reads a document; at `time`, in µs, if given.
   *
   * @throws {Failure} if its collection's history does not reach back to this time
   */
  read(ref: Ref, time?: bigint): StoredVersion | undefined;
  /** All visible versions, the earliest first, including the one in effect when the history begins. */
  versions(ref: Ref): StoredVersion[];
  /** The earliest visible time of a collection, in µs. */
  minValidTime(of: Pick<Ref, 'scope' | 'collection'>): bigint;
  /** Makes `next`, written at the transaction's time, the latest version, and updates the index entries. */
  append(context: ModelContext, ref: Ref, next: StoredVersion): void;
  /**
   * Changes history: replaces all versions of a document by these, the earliest first, and updates the index entries.
   * Does not check uniqueness.
   */
  rewrite(context: ModelContext, ref: Ref, versions: readonly StoredVersion[]): void;
  /**
   * At most `limit` documents whose time to live has passed at `time`, in µs, with the keys of their notes; skips
   * notes that
   * `isPassedOver`.
   */
  expired(
    time: bigint,
    limit: number,
    isPassedOver: (note: Uint8Array) => boolean,
  ): { readonly note: Buffer; readonly ref: Ref }[];
  /**
   * Removes at most `limit` of a document's invisible versions, the earliest first. Streams do not report it.
   *
   * @returns whether more may be left
   */
  forget(context: ModelContext, ref: Ref, limit: number): boolean;
  /** The next document with earlier versions, starting at a version's key. */
  nextWithHistory(from: Buffer | undefined): { readonly ref: Ref; readonly next: Buffer } | undefined;
}

/** An index entry, as read by a set. */
export interface Entry {
  readonly ref: Ref;
  readonly values: readonly StoredValue[];
  /** Bytes that sort as the entry does among those with the same terms, and among those of other sets of its shape. */
  readonly order: Buffer;
  /** When the document entered, in µs. */
  readonly added: bigint;
  /** When it left, in µs; `undefined` if it has not. */
  readonly removed: bigint | undefined;
}

/** The part of the entries under some terms to read: from `start` (inclusive) to `end` (exclusive) in their order. */
export interface EntryRange {
  readonly start?: Buffer;
  readonly end?: Buffer;
  readonly reverse?: boolean;
}

/** The entries of indexes. */
export interface Entries {
  /**
   * Updates all indexes from a document's previous version to its next.
   *
   * @throws {NotUnique} if a unique index already has an entry like one of the next version's
   */
  replace(context: ModelContext, ref: Ref, previous: StoredVersion | undefined, next: StoredVersion): void;
  /** Replaces a document's entries, which followed from its old versions, by those of its new versions. */
  rewrite(context: ModelContext, ref: Ref, before: readonly StoredVersion[], now: readonly StoredVersion[]): void;
  /**
   * Adds the entries of one stored version to an index that is being filled, after those of all later versions.
   *
   * @param until when the next version replaced it; `undefined` for the latest
   * @throws {TooManyEntries} if the index cannot hold it
   */
  fill(context: ModelContext, index: Index, ref: Ref, version: StoredVersion, until: bigint | undefined): void;
  /**
   * Removes what only a document's earliest version has in indexes.
   *
   * @param until when the next version replaced it
   */
  forget(context: ModelContext, ref: Ref, version: StoredVersion, until: bigint): void;
  /** The entries of an index under some terms, in order; at `time`, in µs, if given. */
  read(index: Index, terms: readonly StoredValue[], time: bigint | undefined, range: EntryRange): Iterable<Entry>;
  /** All past entries of an index under some terms, and then all current ones, each in order. */
  history(index: Index, terms: readonly StoredValue[]): Iterable<Entry>;
}

/** The schema of one database: its names, and what reads and writes need to know. */
export interface Schema {
  readonly scope: number;
  /** The time of the schema in effect, in µs, while what has been written since then is staged. */
  readonly pinnedAt: bigint | undefined;
  /** The schema as it is written. The same, unless something is staged. */
  readonly written: Schema;
  /** The time of the last change, in µs. */
  readonly version: bigint;
  /** Caches derived from the schema, such as compiled roles, which are dropped when it changes. */
  readonly derived: Map<string, unknown>;
  /** The id of a named document: a collection, index, function, role, access provider or database. */
  idOf(collection: number, name: string): bigint | undefined;
  /** The name of such a document. A deleted document keeps its last name. */
  nameOf(collection: number, id: bigint): string | undefined;
  /** The document of a collection, function, role, access provider or schema file. */
  definition(collection: number, id: bigint): ObjectValue | undefined;
  /** A user's collection. */
  collection(id: number): CollectionSchema | undefined;
  hasCollection(id: number): boolean;
  function(id: bigint): FunctionSchema | undefined;
  index(id: bigint): Index | undefined;
  /** The indexes that cover documents of a collection. */
  indexesOf(collection: number): readonly Index[];
  /** The database itself; `undefined` for the root and for a deleted database. */
  readonly database: DatabaseSchema | undefined;
  /** Whether the database exists: it is the root, or it and all its ancestors have documents. */
  readonly exists: boolean;
  /** Whether schema changes that lose data are refused. */
  readonly isProtected: boolean;
  /** Whether queries in FQL v10 are type-checked. */
  readonly isTypechecked: boolean;
  /** Whether the database is `scope`, or a descendant of it. */
  isWithin(scope: number): boolean;
}
