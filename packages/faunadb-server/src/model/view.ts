import type { Transaction } from '@supertokens-faunadb/store';
import { metaKey } from '../storage/keys.js';
import { NATIVE } from '../values/ids.js';
import { Ref } from '../values/values.js';
import type { Databases, LambdaReader, Schema, Versions } from './base/databases.js';
import { Keyspace } from './base/keyspace.js';
import type { DocumentKind } from './base/kind.js';
import { DocumentStore } from './documents/document-store.js';
import { VersionStore } from './documents/version-store.js';
import { EntryStore } from './indexes/entry-store.js';
import { kindOf } from './kinds/kinds.js';
import type { Model } from './model.js';
import { type IndexCache, SchemaCache } from './schema/cache.js';
import { CachedSchema } from './schema/schema.js';

/**
 * The databases as one query sees them: its transaction, the schema in two states (before the query, and with its own
 * changes), documents and index entries. The engine makes one for each query.
 */
export class ModelView implements Databases {
  readonly keys: Keyspace;
  readonly documents: DocumentStore;
  readonly entries: EntryStore;
  readonly #model: Model;
  readonly #versions: Versions;
  readonly #committed = new Map<number, CachedSchema>();
  readonly #own = new Map<number, CachedSchema>();

  /**
   * @param time the transaction's time in µs, from `model.nextTime`
   * @param writeTime a placeholder for the time in writes, if the time is only known later
   */
  constructor(model: Model, transaction: Transaction, time: bigint, writeTime?: bigint) {
    this.#model = model;
    this.keys = new Keyspace(transaction, time, writeTime, model.recent);
    this.#versions = new VersionStore(this.keys, model.lambda);
    const schemaOf = (scope: number) => this.schema(scope);
    this.entries = new EntryStore(this.keys, this.#versions, schemaOf);
    this.documents = new DocumentStore(this.keys, model.lambda, schemaOf, this.entries);
  }

  get lambda(): LambdaReader {
    return this.#model.lambda;
  }

  schema(scope: number): Schema {
    return this.#own.get(scope) ?? this.committedSchema(scope);
  }

  committedSchema(scope: number): CachedSchema {
    let schema = this.#committed.get(scope);
    if (!schema) {
      const { version, pinnedAt } = this.#versionOf(scope);
      schema = this.#schemaIn(scope, this.#model.schemaCache(scope, version), pinnedAt);
      this.#committed.set(scope, schema);
    }
    return schema;
  }

  changeSchema(scope: number, collection: number, id: bigint, names: readonly string[]): void {
    const committed = this.committedSchema(scope);
    for (const schema of new Set([committed, committed.written])) schema.keep(collection, id, names);
    const indexes = collection === NATIVE.indexes ? undefined : this.#ownIndexes(scope);
    this.#renew(scope, this.schema(scope).pinnedAt, indexes);
  }

  /** The cached indexes with this query's changes, which other queries do not see. */
  #ownIndexes(scope: number): IndexCache | undefined {
    return this.#own.get(scope)?.cache.indexes ?? this.#committed.get(scope)?.cache.indexes.copy();
  }

  pinSchema(scope: number, time: bigint | undefined): void {
    this.#renew(scope, time, undefined);
  }

  #renew(scope: number, time: bigint | undefined, indexes: IndexCache | undefined): void {
    const { cache, pinnedAt } = this.#own.get(scope) ?? this.committedSchema(scope);
    const version = Buffer.alloc(time === undefined ? 8 : 16);
    version.writeBigUInt64BE(this.keys.writeTime);
    if (time !== undefined) version.writeBigUInt64BE(time, 8);
    this.keys.put(versionKey(scope), version);
    // The cache of the query's own state may be outdated from now on, but a schema of an earlier time does not change.
    const next = new SchemaCache(this.keys.writeTime, indexes);
    if (pinnedAt === time) next.pinnedIds = cache.pinnedIds;
    this.#own.set(scope, this.#schemaIn(scope, next, time));
  }

  /** The time of the last change of a schema, and the time of the one in effect if a later one is staged. */
  #versionOf(scope: number): { readonly version: bigint; readonly pinnedAt: bigint | undefined } {
    const stored = this.keys.transaction.get(versionKey(scope));
    if (!stored) return { version: 0n, pinnedAt: undefined };
    const bytes = Buffer.from(stored);
    return { version: bytes.readBigUInt64BE(), pinnedAt: bytes.length > 8 ? bytes.readBigUInt64BE(8) : undefined };
  }

  databaseOf(scope: number): Ref | undefined {
    const database = this.schema(scope).database;
    return database && new Ref(database.parent, NATIVE.databases, database.id);
  }

  kindOf(collection: number): DocumentKind {
    return kindOf(collection);
  }

  nextId(): bigint {
    return this.#model.nextId();
  }

  #schemaIn(scope: number, cache: SchemaCache, pinnedAt: bigint | undefined): CachedSchema {
    const databaseOf = (outer: number) => this.schema(outer).database;
    return new CachedSchema(scope, cache, this.keys, this.#versions, databaseOf, pinnedAt);
  }
}

const versionKey = (scope: number) => metaKey(`schema/${scope}`);
