import type { Transaction } from '@supertokens-faunadb/store';
import { lookupKey, metaKey } from '../storage/keys.js';
import { NATIVE } from '../values/ids.js';
import { Ref } from '../values/values.js';
import type { ChangeLog } from './base/changes.js';
import { Usage } from './base/usage.js';
import { DocumentStore } from './documents/document-store.js';
import { EntryStore } from './indexes/entry-store.js';
import { type Model, timeEntry } from './model.js';
import { SchemaCache } from './schema/cache.js';
import { Schema } from './schema/schema.js';

/**
 * The databases as one query sees them: its transaction, the schema in two states (as committed before it, and with its
 * own changes), and the documents and index entries. The engine makes one for each query.
 */
export class ModelView {
  readonly documents: DocumentStore;
  readonly entries: EntryStore;
  readonly usage = new Usage();
  /** What this query changes, where anybody watches. */
  changes: ChangeLog | undefined;
  readonly #committed = new Map<number, Schema>();
  readonly #own = new Map<number, Schema>();
  #wrote = false;

  /**
   * @param time the transaction's time in µs, from `model.nextTime`
   */
  constructor(
    readonly model: Model,
    readonly transaction: Transaction,
    readonly time: bigint,
  ) {
    this.documents = new DocumentStore(this);
    this.entries = new EntryStore(this);
  }

  /** The schema of a database with what this query has changed in it. */
  schema(scope: number): Schema {
    return this.#own.get(scope) ?? this.committedSchema(scope);
  }

  /**
   * The schema of a database as it was before this query. FaunaDB finds names in it: what a query has just made can be
   * used by its ref, but not by its name.
   */
  committedSchema(scope: number): Schema {
    let schema = this.#committed.get(scope);
    if (!schema) {
      const stored = this.transaction.get(versionKey(scope));
      const version = stored ? Buffer.from(stored).readBigUInt64BE() : 0n;
      schema = new Schema(this, scope, this.model.schemaCache(scope, version));
      this.#committed.set(scope, schema);
    }
    return schema;
  }

  /**
   * Says that the schema of a database is about to change in what concerns these names and this document, so that
   * `committedSchema` still knows them as they were.
   */
  changeSchema(scope: number, collection: number, id: bigint, names: readonly string[]): void {
    const committed = this.committedSchema(scope);
    for (const name of names) committed.idOf(collection, name);
    committed.nameOf(collection, id);
    const version = Buffer.allocUnsafe(8);
    version.writeBigUInt64BE(this.time);
    this.put(versionKey(scope), version);
    // What its own state remembers may be wrong from now on.
    this.#own.set(scope, new Schema(this, scope, new SchemaCache(this.time)));
  }

  /** The document of the database whose contents have this internal id; `undefined` for the root. */
  databaseOf(scope: number): Ref | undefined {
    const database = this.schema(scope).database;
    return database && new Ref(database.parent, NATIVE.databases, database.id);
  }

  put(key: Buffer, value: Buffer): void {
    if (!this.#wrote) {
      this.#wrote = true;
      this.transaction.put(...timeEntry(this.time));
    }
    this.transaction.put(key, value);
  }

  remove(key: Uint8Array): void {
    this.transaction.remove(key);
  }

  /** The next of a row of numbers that belongs to `name`; the first is `first`. */
  count(name: string, first: number): number {
    const key = metaKey(name);
    const stored = this.transaction.get(key);
    const next = stored ? Buffer.from(stored).readUInt32BE() : first;
    const value = Buffer.allocUnsafe(4);
    value.writeUInt32BE(next + 1);
    this.put(key, value);
    return next;
  }

  /** What is found under some bytes other than an id: a hash of a secret, an internal id of a database. */
  lookup(kind: string, bytes: Uint8Array): Buffer | undefined {
    const value = this.transaction.get(lookupKey(kind, bytes));
    return value && Buffer.from(value);
  }

  setLookup(kind: string, bytes: Uint8Array, value: Buffer | undefined): void {
    if (value) this.put(lookupKey(kind, bytes), value);
    else this.remove(lookupKey(kind, bytes));
  }
}

const versionKey = (scope: number) => metaKey(`schema/${scope}`);
